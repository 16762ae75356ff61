from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cafe.errors import Refusal
from cafe.forms import OneLineField
from cafe.templatetags.french import day
from evaluation.services.lists import text_of
from evaluation.services.sending import closing_day, next_morning

LATEST = timedelta(days=365)
NEITHER = "Collez des adresses, ou choisissez un fichier."
BOTH = "Collez les adresses ou choisissez un fichier, pas les deux."


class DayField(forms.DateField):
    """A day, in the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ClosingForm(forms.Form):
    """The last day on which an open questionnaire may be answered."""

    closes_on = DayField(
        label="Dernier jour pour répondre",
        required=False,
        help_text="Vide : jusqu’à ce que vous le closiez.",
    )

    def clean_closes_on(self):
        closes_on, today = self.cleaned_data["closes_on"], timezone.localdate()
        if closes_on and closes_on < today:
            raise ValidationError("Cette date est passée. Pour arrêter dès maintenant, closez ce questionnaire.")
        if closes_on and closes_on > today + LATEST:
            raise ValidationError("Choisissez un jour d’ici un an.")
        return closes_on


class ListForm(forms.Form):
    """To whom, when, and the addresses: pasted, or from a sheet, which then takes the place of what is pasted."""

    label = OneLineField(
        label="À qui",
        max_length=80,
        help_text="Pour vous y retrouver. Les personnes ne le lisent pas. Par exemple : médecins du DIU 2026.",
    )
    addresses = forms.CharField(
        label="Adresses e-mail",
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
        help_text="Une par ligne, ou séparées par des virgules ou des points-virgules.",
        error_messages={"required": NEITHER},
    )
    file = forms.FileField(
        label="Ou un fichier",
        required=False,
        help_text="Un tableau en .csv ou en .xlsx, 1 Mo au plus. Seules les adresses e-mail y sont lues.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"empty": "Ce fichier est vide."},
    )
    starts_on = DayField(label="Premier envoi le", help_text="Les courriels partent à 10 heures.")
    closes_on = DayField(
        label="Se clôt le",
        help_text="Dernier jour pour répondre. Les adresses sont ensuite effacées ; les réponses restent.",
    )

    def __init__(self, *args, survey, **kwargs):
        super().__init__(*args, **kwargs)
        self.survey = survey
        self.fields["addresses"].required = "file" not in self.files
        first = timezone.localdate() + timedelta(days=1)
        self.fields["starts_on"].initial = first
        self.fields["closes_on"].initial = closing_day(survey, first)

    def clean_starts_on(self):
        starts_on, first = self.cleaned_data["starts_on"], next_morning()
        if starts_on < first:
            raise ValidationError(f"Le prochain départ est le {day(first)} à 10 heures.")
        if starts_on > first + LATEST:
            raise ValidationError("Choisissez un jour d’ici un an.")
        if self.survey.closes_on and starts_on > self.survey.closes_on:
            raise ValidationError(f"Ce questionnaire se clôt le {day(self.survey.closes_on)}.")
        return starts_on

    def clean(self):
        cleaned = super().clean()
        starts_on, closes_on = cleaned.get("starts_on"), cleaned.get("closes_on")
        if starts_on and closes_on and not starts_on < closes_on <= starts_on + LATEST:
            self.add_error("closes_on", "La clôture vient après le premier envoi, un an au plus.")
        if upload := cleaned.get("file"):
            self.read(upload, cleaned)
        elif "addresses" in cleaned and not cleaned["addresses"].strip():
            self.add_error("addresses", NEITHER)
        return cleaned

    def read(self, upload, cleaned):
        if cleaned.get("addresses", "").strip():
            return self.add_error("addresses", BOTH)
        try:
            cleaned["addresses"] = text_of(upload)
        except Refusal as refusal:
            self.add_error("file", refusal.sentence)
