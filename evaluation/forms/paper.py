from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from activities.models import Session
from cafe.templatetags.french import short_day

OLDEST = timedelta(days=366)
WRONG_DAY = "Donnez un jour de l’année écoulée, aujourd’hui au plus tard."


class AttendedField(forms.ModelChoiceField):
    def label_from_instance(self, session):
        return f"{short_day(session.starts_at)}, {session.activity.title}"


class SheetForm(forms.Form):
    """What a sheet does not say by itself: its day, and after which session it was filled in."""

    day = forms.DateField(
        label="Jour où la feuille a été remplie",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": WRONG_DAY, "invalid": WRONG_DAY},
    )
    session = AttendedField(
        queryset=Session.objects.none(),
        label="Après quelle séance ?",
        required=False,
        empty_label="Aucune, ou on ne sait pas",
    )

    def __init__(self, survey, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked = Session.objects.filter(pk__in=survey.sendings.values("session")).select_related("activity")
        self.fields["session"].queryset = asked.order_by("-starts_at")
        if not asked:
            del self.fields["session"]

    def clean_day(self):
        day, today = self.cleaned_data["day"], timezone.localdate()
        if not today - OLDEST <= day <= today:
            raise ValidationError(WRONG_DAY)
        return day
