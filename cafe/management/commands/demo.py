from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cafe.demo import cell
from cafe.demo.load import is_loaded, load_demo, real_people
from cafe.demo.people import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    help = "Remplit le portail d’une CPTS fictive, pour le découvrir. Relancée, la commande ne change rien."

    def add_arguments(self, parser):
        parser.add_argument(
            "--force", action="store_true", help="Remplir même si de vraies personnes ont un compte sur ce portail."
        )

    def handle(self, *, force, verbosity, **options):
        if real_people() and not force:
            self.decline()
            return
        loaded = load_demo()
        # The cell keeps files as its transactions end: it comes after, and never within another.
        transaction.on_commit(cell.load_cell)
        if verbosity:
            self.tell(loaded)
            self.show_accounts()

    def decline(self):
        """A portal in use receives no account with a known password; one already filled is simply left as it is."""
        if not is_loaded():
            raise CommandError(
                "Ce portail compte déjà de vraies personnes : la démonstration n’a rien écrit. "
                "Chargez-la sur une base vide, ou ajoutez --force si vous savez ce que vous faites."
            )
        self.stdout.write("La démonstration est déjà là, et des personnes s’y sont inscrites : rien n’a changé.")

    def tell(self, loaded):
        if loaded.sessions or loaded.accounts:
            self.stdout.write(
                f"Démonstration chargée : {loaded.accounts} comptes, {loaded.sessions} séances, "
                f"{loaded.registrations} inscriptions."
            )
        else:
            self.stdout.write("La démonstration est déjà là : rien n’a changé.")

    def show_accounts(self):
        self.stdout.write(f"Comptes, tous avec le mot de passe {PASSWORD} :")
        for account in ACCOUNTS:
            if account.label:
                self.stdout.write(f"  {account.email:<28} {account.label}")
        for line in cell.told():
            self.stdout.write(line)
