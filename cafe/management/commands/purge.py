from django.core.management.base import BaseCommand
from django.utils import timezone

from cafe import mail, pdf
from members import personal_data


class Command(BaseCommand):
    help = "Efface ce qui a été gardé assez longtemps : comptes, inscriptions, courriels."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait fait, sans rien changer")

    def handle(self, *, dry_run, **options):
        now = timezone.now()
        if dry_run:
            self.stdout.write("Rien n’est changé : voici ce qui serait fait.")
        for sentence in [*personal_data.purge_all(now, dry_run), *mail.purge(now, dry_run), *pdf.purge(now, dry_run)]:
            self.stdout.write(sentence)
