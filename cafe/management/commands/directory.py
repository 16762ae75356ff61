from django.core.management.base import BaseCommand

from resources.services.seeding import load_seed
from resources.services.seeding_prevention import load_prevention


class Command(BaseCommand):
    help = "Charge les lignes d’écoute, organismes et pages de prévention qui manquent. Relancée, ne change rien."

    def handle(self, *, verbosity, **options):
        sheets, groups = load_seed()
        pages, sentences = load_prevention()
        if not verbosity:
            return
        if sheets or groups:
            self.stdout.write(f"Annuaire : {sheets} fiches et {groups} groupes de synonymes ajoutés.")
        if pages or sentences:
            self.stdout.write(f"Prévention : {pages} pages et {sentences} messages ajoutés.")
        if not (sheets or groups or pages or sentences):
            self.stdout.write("L’annuaire est déjà chargé : rien n’a changé.")
