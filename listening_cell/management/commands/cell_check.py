from django.core.management.base import BaseCommand, CommandError

from listening_cell.services import checking


class Command(BaseCommand):
    help = (
        "Vérifie la cellule d’écoute sans rien en lire : signatures, chaîne de traces, fichiers d’oubli, durées de "
        "conservation. Sort en erreur si quelque chose ne va pas."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--repair",
            action="store_true",
            help="efface les fichiers qui ne sont d’aucun suivi et les lignes des suivis déjà oubliés",
        )
        parser.add_argument(
            "--apres-restauration",
            action="store_true",
            dest="restored",
            help="après une sauvegarde restaurée : dit ce qui est perdu, et prend la base restaurée pour la vraie",
        )

    def handle(self, *, repair, restored, **options):
        done = [*(checking.accept_restore() if restored else []), *(checking.repair() if repair else [])]
        findings = checking.check()
        for finding in [*done, *findings]:
            self.stdout.write(f"{'À VOIR' if finding.wrong else 'ok'} : {finding.sentence}")
        faults = sum(finding.wrong for finding in findings)
        if faults:
            raise CommandError(f"Points à voir : {faults}. Voir docs/cellule-ceremonie.md.", returncode=1)
