"""The list of a session's registrations: how it is filtered, where people are moved, what they are written."""

import django_filters
from django import forms

from activities.enums import RegistrationState
from activities.models import Registration, Session
from cafe.forms import OneLineField
from cafe.lists import ListFilter, WordsFilter
from cafe.templatetags.french import clock, day
from members.enums import Profession

MEMBER = {"oui": True, "non": False, "inconnu": None}
MEMBERS = [("oui", "Oui"), ("non", "Non"), ("inconnu", "Ne sait pas")]
AWAITED, CONFIRMED = "attendue", "confirmee"
RECONFIRMED = [(AWAITED, "Sans réponse"), (CONFIRMED, "Vient toujours")]
ORDERS = [
    ("number", "ordre d’arrivée"),
    ("-number", "dernières arrivées d’abord"),
    ("last_name", "nom"),
    ("profession", "profession"),
    ("state", "état"),
]


class RegistrationFilter(ListFilter):
    """Search, filters and order of one session's registrations, all in the address of the page."""

    folded = ("profession", "adherent", "reconfirme", "tri")

    q = WordsFilter("first_name", "last_name", "email", label="Nom ou adresse e-mail")
    etat = django_filters.ChoiceFilter(
        label="État", field_name="state", choices=RegistrationState.choices, empty_label="Tous"
    )
    profession = django_filters.ChoiceFilter(label="Profession", choices=Profession.choices, empty_label="Toutes")
    adherent = django_filters.ChoiceFilter(label="Adhérent", method="of_members", choices=MEMBERS, empty_label="Tous")
    reconfirme = django_filters.ChoiceFilter(
        label="Après un report", method="reconfirmed", choices=RECONFIRMED, empty_label="Tous"
    )
    tri = django_filters.ChoiceFilter(label="Trier par", method="in_order", choices=ORDERS, empty_label=None)

    class Meta:
        model = Registration
        fields = []

    def of_members(self, queryset, name, value):
        return queryset.filter(cpts_member=MEMBER[value])

    def reconfirmed(self, queryset, name, value):
        asked = queryset.filter(state=RegistrationState.CONFIRMED, reconfirm_asked_at__isnull=False)
        return asked.filter(to_reconfirm=value == AWAITED)

    def in_order(self, queryset, name, value):
        return queryset.order_by(value, "number")


def places_of(session):
    left = session.places_left
    if not left:
        return "liste d’attente"
    return f"{left} place{'s' if left > 1 else ''}"


class TargetField(forms.ModelChoiceField):
    def label_from_instance(self, session):
        where = f"{day(session.starts_at)}, {clock(session.starts_at)}"
        return f"{session.activity.title}, {where} ({places_of(session)})"


class MoveForm(forms.Form):
    target = TargetField(
        label="Nouvelle séance",
        queryset=Session.objects.none(),
        empty_label="Choisissez",
        help_text="Entre parenthèses, ce qui attend une personne qui arrive maintenant.",
    )

    def __init__(self, *args, session, **kwargs):
        super().__init__(*args, **kwargs)
        others = Session.objects.upcoming().filter(head=None).exclude(pk=session.pk)
        self.fields["target"].queryset = others.for_display()


class WordForm(forms.Form):
    subject = OneLineField(label="Objet", max_length=150)
    text = forms.CharField(
        label="Message",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="« Bonjour » et le prénom sont ajoutés avant, le nom de la séance et le lien personnel après.",
    )
