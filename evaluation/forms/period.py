"""Which months a page is about: « du » and « au » in its address, whole months, written YYYY-MM."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from activities.enums import SessionState
from activities.models import Session
from activities.seasons import parse_month
from evaluation.figures import Period, next_month

MONTHS_AT_FIRST = 12
WRONG_MONTH = "Choisissez un mois de la liste."
WRONG_ORDER = "Le premier mois vient après le dernier. Échangez-les."
MOST_MONTHS = 240
TOO_LONG = "Cette période est trop longue. Choisissez vingt ans au plus."
NOT_BEGUN = "Cette période n’a pas encore commencé. Choisissez un premier mois passé, ou le mois en cours."


def latest_months(today, count=MONTHS_AT_FIRST):
    """Return the Period of the last months, the one of today included."""
    rank = today.year * 12 + today.month - count
    return Period(today.replace(year=rank // 12, month=rank % 12 + 1, day=1), today.replace(day=1))


def known_months(today):
    """Return the first days of all months from the first held session to this month, the latest first."""
    held = Session.objects.filter(state=SessionState.HELD).order_by("starts_at")
    first = held.values_list("starts_at", flat=True).first()
    month = timezone.localtime(first).date().replace(day=1) if first else today.replace(day=1)
    months = [month]
    while months[-1] < today.replace(day=1):
        months.append(next_month(months[-1]))
    return months[::-1]


class MonthField(forms.CharField):
    widget = forms.Select(attrs={"class": "form-select"})

    def to_python(self, value):
        month = parse_month(super().to_python(value) or "")
        if month is None:
            raise ValidationError(WRONG_MONTH)
        return month


class PeriodForm(forms.Form):
    """Two months, chosen from those since the first session; any other one may be written in the address.

    A period that begins after this month has nothing to show, and one of more than twenty years nothing to compare.
    """

    du = MonthField(label="Du mois de", error_messages={"required": WRONG_MONTH})
    au = MonthField(label="au mois de", error_messages={"required": WRONG_MONTH})

    def __init__(self, given):
        today = timezone.localdate()
        self.usual = latest_months(today)
        written = {"du": f"{self.usual.first:%Y-%m}", "au": f"{self.usual.last:%Y-%m}"}
        super().__init__(written | {name: given[name] for name in written if name in given})
        months = {*known_months(today), self.usual.first, self.usual.last}
        months |= {month for month in map(parse_month, self.data.values()) if month}
        choices = [(f"{month:%Y-%m}", date_format(month, "F Y")) for month in sorted(months, reverse=True)]
        for field in self.fields.values():
            field.widget.choices = choices

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        first, last = cleaned["du"], cleaned["au"]
        if first > last:
            raise ValidationError(WRONG_ORDER)
        if first > self.usual.last:
            raise ValidationError(NOT_BEGUN)
        if (last.year - first.year) * 12 + last.month - first.month >= MOST_MONTHS:
            raise ValidationError(TOO_LONG)
        return cleaned

    @property
    def period(self):
        """The months that were asked for; the last twelve where that makes no sense."""
        return Period(self.cleaned_data["du"], self.cleaned_data["au"]) if self.is_valid() else self.usual
