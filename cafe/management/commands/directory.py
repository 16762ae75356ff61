from django.core.management.base import BaseCommand

from resources.services.seeding import load_seed


class Command(BaseCommand):
    help = "Charge dans l’annuaire les lignes d’écoute et organismes publics qui manquent. Relancée, ne change rien."

    def handle(self, *, verbosity, **options):
        sheets, groups = load_seed()
        if not verbosity:
            return
        if sheets or groups:
            self.stdout.write(f"Annuaire : {sheets} fiches et {groups} groupes de synonymes ajoutés.")
        else:
            self.stdout.write("L’annuaire est déjà chargé : rien n’a changé.")
