"""The coordination's list of subscribers: how it is filtered, and what an import must prove."""

import django_filters
from django import forms
from django.utils import timezone

from cafe.forms import TableField
from cafe.lists import ListFilter, WordsFilter
from members.enums import Profession
from newsletters.enums import Origin, SubscriberState, Topic
from newsletters.models import Subscriber
from newsletters.services.subscriber_lists import CONSENT_LASTS

ORDERS = [
    ("email", "adresse"),
    ("-asked_at", "derniers arrivés d’abord"),
    ("last_sign_on", "sans signe de vie depuis longtemps"),
]


class SubscriberFilter(ListFilter):
    """Search, filters and order, all in the address of the page."""

    folded = ("sujet", "profession", "origine", "tri")

    q = WordsFilter("email", "first_name", "commune", label="Adresse, prénom ou commune")
    etat = django_filters.ChoiceFilter(
        label="État", field_name="state", choices=SubscriberState.choices, empty_label="Tous"
    )
    sujet = django_filters.ChoiceFilter(label="Sujet", method="of_topic", choices=Topic.choices, empty_label="Tous")
    profession = django_filters.ChoiceFilter(label="Profession", choices=Profession.choices, empty_label="Toutes")
    origine = django_filters.ChoiceFilter(
        label="Venu par", field_name="origin", choices=Origin.choices, empty_label="Tous"
    )
    tri = django_filters.ChoiceFilter(label="Trier par", method="in_order", choices=ORDERS, empty_label=None)

    class Meta:
        model = Subscriber
        fields = []

    def of_topic(self, queryset, name, value):
        return queryset.filter(**{value: True})

    def in_order(self, queryset, name, value):
        return queryset.order_by(value, "pk")


class ImportUploadForm(forms.Form):
    file = TableField(help_text="En .xlsx ou en .csv, 5 Mo et 10 000 lignes au plus.")


class ConsentForm(forms.Form):
    """Without the words and the day, nobody could show that these people agreed: both are compulsory."""

    accepted = forms.CharField(
        label="Ce que ces personnes ont accepté, mot pour mot",
        max_length=300,
        help_text="Par exemple la phrase qui figurait près de la case, et où elle se trouvait.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Sans ces mots, rien ne prouverait leur accord.",
            "max_length": "C’est un peu long : %(limit_value)d caractères au plus.",
        },
    )
    agreed_on = forms.DateField(
        label="Quand",
        help_text="Le jour de leur accord ; s’il y en a plusieurs, le plus ancien.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Donnez la date de leur accord.",
            "invalid": "Donnez une date, par exemple 05/03/2025.",
        },
    )

    def clean_agreed_on(self):
        day, today = self.cleaned_data["agreed_on"], timezone.localdate()
        if day > today:
            raise forms.ValidationError("Cette date n’est pas encore venue.")
        if day <= today - CONSENT_LASTS:
            raise forms.ValidationError("Un accord de plus de trois ans ne vaut plus : redemandez-le.")
        return day
