from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError

from cafe.text import normalise_email
from members.enums import Role
from members.models import User


class Command(BaseCommand):
    help = (
        "Nomme un référent de la cellule d’écoute, ou lui retire ce rôle (--retirer). Ni la coordination ni /gestion/."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", help="Adresse d’un compte existant.")
        parser.add_argument("--retirer", action="store_true", help="Retirer le rôle.")

    def handle(self, *, email, retirer, **options):
        user = User.objects.filter(email=normalise_email(email), is_active=True).first()
        if user is None:
            raise CommandError("Aucun compte actif n’a cette adresse. La personne doit d’abord créer le sien.")
        group, _ = Group.objects.get_or_create(name=Role.CELL_REFERENT)
        if retirer:
            user.groups.remove(group)
            self.stdout.write("Cette personne n’est plus référente de la cellule d’écoute.")
            return
        user.groups.add(group)
        self.stdout.write(
            "Cette personne est référente de la cellule d’écoute. À sa prochaine connexion, le portail lui demande un "
            "second facteur ; elle règle ensuite le contact confidentiel sur /contact/confidentiel/."
        )
