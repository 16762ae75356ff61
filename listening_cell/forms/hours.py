"""What a peer says of her hours: weekly hours, one more hour, absences, pause and limit; and the debriefings."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cafe.text import without_controls
from listening_cell.enums import Weekday
from listening_cell.models import Absence, Debriefing, Peer
from listening_cell.services.availability import at_hour
from listening_cell.services.debriefings import SAME_DAY

HOURS = range(7, 22)
LONGEST_ABSENCE = timedelta(days=366)
UNKNOWN = "Cette case n’existe pas. Rechargez la page."


class DayInput(forms.DateInput):
    def __init__(self):
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class WeeklyHoursForm(forms.Form):
    """A box for each hour of the week, named "weekday-hour"."""

    CHOICES = [(f"{day.value}-{hour}", f"{day.label} {hour}\u00a0h") for hour in HOURS for day in Weekday]
    hours = forms.MultipleChoiceField(
        label="Mes heures", choices=CHOICES, required=False, error_messages={"invalid_choice": UNKNOWN}
    )

    def days(self):
        """Return [(name, name in three letters)] from Monday to Sunday."""
        return [(day.label, f"{day.label[:3]}.") for day in Weekday]

    def rows(self):
        """Return [(hour, [(value, label, whether ticked)] from Monday to Sunday)], as typed or as kept."""
        ticked = set(self["hours"].value() or ())
        boxes = [(value, label, value in ticked) for value, label in self.CHOICES]
        return [(hour, boxes[len(Weekday) * rank : len(Weekday) * (rank + 1)]) for rank, hour in enumerate(HOURS)]

    def chosen(self):
        """Return {(weekday, hour)}."""
        return {tuple(map(int, value.split("-"))) for value in self.cleaned_data["hours"]}


class OpenHourForm(forms.Form):
    day = forms.DateField(label="Jour", widget=DayInput())
    hour = forms.TypedChoiceField(
        label="Heure", choices=[(hour, f"{hour}\u00a0h") for hour in HOURS], coerce=int, initial=18
    )

    def clean_day(self):
        day = self.cleaned_data["day"]
        if abs(day - timezone.localdate()) > LONGEST_ABSENCE:
            raise ValidationError("Choisissez un jour des huit semaines qui viennent.")
        return day

    def starts_at(self):
        return at_hour(self.cleaned_data["day"], self.cleaned_data["hour"])


class AbsenceForm(forms.ModelForm):
    class Meta:
        model = Absence
        fields = ["first_day", "last_day"]
        widgets = {"first_day": DayInput(), "last_day": DayInput()}
        labels = {"first_day": "Du", "last_day": "Au"}

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if last and last < timezone.localdate():
            self.add_error("last_day", "Cette absence est déjà passée.")
        elif first and last and max(last - first, first - timezone.localdate()) > LONGEST_ABSENCE:
            self.add_error("last_day", "Un an au plus. Pour plus longtemps, mettez-vous en pause.")
        return cleaned


class LoadForm(forms.ModelForm):
    class Meta:
        model = Peer
        fields = ["paused", "monthly_limit"]
        labels = {
            "paused": "Je suis en pause : aucune nouvelle demande ne m’est confiée",
            "monthly_limit": "Entretiens par mois, au plus",
        }
        help_texts = {"monthly_limit": "Nouveaux ou de suivi. Au-delà, vos heures ne sont plus proposées ce mois-là."}


class DebriefingForm(forms.ModelForm):
    minutes = forms.IntegerField(label="Durée en minutes", min_value=15, max_value=720, initial=120)

    class Meta:
        model = Debriefing
        fields = ["day", "minutes", "place"]
        widgets = {"day": DayInput()}
        error_messages = {"day": {"unique": SAME_DAY}}

    def clean_day(self):
        day = self.cleaned_data["day"]
        if abs(day - timezone.localdate()) > LONGEST_ABSENCE:
            raise ValidationError("Une date à un an près.")
        return day

    def clean_place(self):
        return without_controls(" ".join(self.cleaned_data["place"].split()))
