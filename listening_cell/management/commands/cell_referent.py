from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from cafe.errors import Refusal
from listening_cell.models import Referent
from listening_cell.services import enrolling, keys
from members.enums import Role

CEREMONY = """{who} est maintenant référent de la cellule d’écoute. Reste la cérémonie de la clé racine.
1. La personne se connecte au portail ; il lui demande un second facteur.
2. Au calme, avec une imprimante et deux enveloppes, elle ouvre {url}
3. Elle suit la page : phrase, code de secours sur papier, clé de vérification.
4. Elle vous remet la clé de vérification : mettez-la dans CELL_ROOT_VERIFY_KEY, hors de la base. Relancez le portail.
Tout est expliqué dans docs/cellule-ceremonie.md."""
INVITED = """{who} est invité comme référent de la cellule d’écoute.
1. La personne se connecte au portail ; il lui demande un second facteur.
2. Elle crée sa clé à {url}
3. Un référent en place la signe, à {signing}
Sans cette signature, elle ne peut rien."""
LOST = """La clé racine est oubliée. Clés à signer de nouveau : {count}.
Retirez aussi sa clé de vérification de tout papier et de toute machine qui la garderait."""


class Command(BaseCommand):
    help = (
        "Nomme un référent de la cellule d’écoute et dit comment tenir la cérémonie de la clé racine, ou retire ce "
        "rôle (--retirer). Ni la coordination ni /gestion/ ne le peuvent."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", help="adresse d’un compte existant")
        parser.add_argument("--retirer", action="store_true", help="révoque la clé du référent et lui retire son rôle")
        parser.add_argument(
            "--nouvelle-racine",
            action="store_true",
            dest="new_root",
            help="quand tous les référents ont perdu phrase et code : oublie la clé racine, pour en créer une autre",
        )

    def handle(self, *, email, retirer, new_root, **options):
        try:
            if retirer:
                self.take_back(enrolling.account_of(email))
            else:
                self.appoint(enrolling.candidate_of(email), new_root=new_root)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal

    @transaction.atomic
    def take_back(self, user):
        referent = Referent.objects.filter(user=user).first()
        if referent:
            keys.revoke(holder=referent, actor="")
        user.groups.remove(*Group.objects.filter(name=Role.CELL_REFERENT))
        self.stdout.write("Cette personne n’est plus référente de la cellule d’écoute ; sa clé est révoquée.")

    @transaction.atomic
    def appoint(self, user, *, new_root):
        if new_root:
            self.stdout.write(LOST.format(count=keys.forget_root()))
        names = {
            "who": user.get_full_name() or user.email,
            "url": f"{settings.SITE_URL}{reverse('cell_key', args=['referent'])}",
            "signing": f"{settings.SITE_URL}{reverse('cell_holders')}",
        }
        if not new_root and keys.verify_key():
            keys.invite(model=Referent, user=user, actor="")
            self.stdout.write(INVITED.format(**names))
            return
        user.groups.add(Group.objects.get_or_create(name=Role.CELL_REFERENT)[0])
        self.stdout.write(CEREMONY.format(**names))
