"""Who holds which role: what the coordination may know of it, and the form of an invitation.

The roles of the listening cell appear nowhere here, not even through what they entail: a second factor is told only of
those whose role shown here demands one, since a peer of the working group has one for another reason.
"""

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.models import Group
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q

from members.enums import GRANTABLE_ROLES, SECOND_FACTOR_ROLES
from members.models import RoleInvitation, User
from members.services import FACTORS

INVITATIONS_SHOWN = 10
ROLES = [(role.value, role.label) for role in GRANTABLE_ROLES]
WHAT_IT_OPENS = "La coordination voit des noms et des adresses ; le conseil d’administration, aucun."


def holders(query="", role=""):
    """Return who holds a role, with `shown_roles`, `owes_factor` and `has_factor`. Two statements, with the roles'."""
    names = [role] if role else [value for value, _ in ROLES]
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    owing = Group.objects.filter(user=OuterRef("pk"), name__in=SECOND_FACTOR_ROLES & set(GRANTABLE_ROLES))
    people = User.objects.filter(Exists(Group.objects.filter(user=OuterRef("pk"), name__in=names)))
    for word in query.split():
        people = people.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word))
    shown = Group.objects.filter(name__in=[value for value, _ in ROLES]).order_by("name")
    return (
        people.annotate(has_factor=Exists(factor), owes_factor=Exists(owing))
        .prefetch_related(Prefetch("groups", queryset=shown, to_attr="shown_groups"))
        .order_by("last_name", "first_name", "pk")
    )


def with_roles(people):
    """Give each person `shown_roles`, [(value, label)]."""
    labels = dict(ROLES)
    for person in people:
        person.shown_roles = [(group.name, labels[group.name]) for group in person.shown_groups]
    return people


def invitation_page(number):
    """Return one page of the invitations that wait; a number that means nothing leads to the nearest page."""
    return Paginator(waiting(), INVITATIONS_SHOWN).get_page(number)


def waiting():
    """Return the invitations that nobody has accepted yet, the latest first."""
    return RoleInvitation.objects.open().select_related("invited_by")


HEADER = ["Prénom", "Nom", "Adresse e-mail", "Rôles", "Compte", "Dernière connexion", "Seconde vérification"]


def table(people):
    """Return the rows of the people's export, under HEADER: what the page shows of them, and no more."""
    return [
        [
            *(person.first_name, person.last_name, person.email),
            ", ".join(label for _, label in person.shown_roles),
            "ouvert" if person.is_active else "fermé",
            person.last_login,
            factor_word(person),
        ]
        for person in with_roles(list(people))
    ]


def factor_word(person):
    if not person.owes_factor:
        return "non demandée"
    return "oui" if person.has_factor else "pas encore"


class HolderFilter(forms.Form):
    q = forms.CharField(label="Nom ou adresse e-mail", max_length=200, required=False)
    role = forms.ChoiceField(label="Rôle", choices=[("", "Tous"), *ROLES], required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs["class"] = "form-control"
        self.fields["role"].widget.attrs["class"] = "form-select"

    def found(self):
        """Return who is found; what cannot be understood filters nothing."""
        self.is_valid()
        return holders(self.cleaned_data.get("q", ""), self.cleaned_data.get("role", ""))


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="Adresse e-mail",
        max_length=254,
        help_text="La personne acceptera avec un compte qui porte cette adresse.",
        error_messages={"invalid": "Vérifiez cette adresse e-mail : il y manque quelque chose."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label="Rôle", choices=ROLES, widget=forms.RadioSelect, help_text=WHAT_IT_OPENS)
