"""Pieces of the coordination's forms: a local date and time, and constraints that speak at the right field."""

from datetime import UTC, datetime

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone

YEARS = range(2000, 2100)
MISSING_HOUR = "Cette nuit-là, on avance d’une heure : %(hour)s n’existe pas. Choisissez une autre heure."
DOUBLE_HOUR = "Cette nuit-là, on recule d’une heure : %(hour)s a lieu deux fois. Choisissez une autre heure."


def local_moment(naive):
    """Return a wall-clock time of the portal as a moment; raise ValidationError where the clock skips or repeats it."""
    zone = timezone.get_current_timezone()
    first, second = naive.replace(tzinfo=zone, fold=0), naive.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == naive
    hour = f"{naive.hour}\u00a0h\u00a0{naive:%M}"
    raise ValidationError(DOUBLE_HOUR if exists else MISSING_HOUR, params={"hour": hour})


class LocalDateTimeWidget(forms.SplitDateTimeWidget):
    def __init__(self):
        super().__init__(
            date_attrs={"type": "date", "aria-label": "Date", "class": "field-date"},
            time_attrs={"type": "time", "aria-label": "Heure", "class": "field-time"},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        )


class LocalDateTimeField(forms.SplitDateTimeField):
    """A date input and a time input, read in the portal's time zone."""

    widget = LocalDateTimeWidget
    default_error_messages = {
        "required": "Indiquez la date et l’heure.",
        "invalid_date": "Indiquez la date, par exemple 14/10/2025.",
        "invalid_time": "Indiquez l’heure, par exemple 19:30.",
    }

    def __init__(self, **options):
        super().__init__(widget=LocalDateTimeWidget(), require_all_fields=True, **options)

    def compress(self, data_list):
        if all(value in self.empty_values for value in data_list):
            return None
        for value, missing in zip(data_list, ("invalid_date", "invalid_time"), strict=True):
            if value in self.empty_values:
                raise ValidationError(self.error_messages[missing], code=missing)
        if data_list[0].year not in YEARS:
            raise ValidationError(self.error_messages["invalid_date"], code="invalid_date")
        return local_moment(datetime.combine(*data_list))


class ErrorsAtFieldsMixin:
    """For model forms: the sentence of a constraint shows at the field named in `constraint_fields`."""

    constraint_fields = {}

    def _field_of_sentence(self, sentence):
        for constraint in self._meta.model._meta.constraints:
            if constraint.violation_error_message == sentence:
                return self.constraint_fields.get(constraint.name)
        return None

    def _update_errors(self, errors):
        if not hasattr(errors, "error_dict"):
            return super()._update_errors(errors)
        placed = {field: list(found) for field, found in errors.error_dict.items() if field != NON_FIELD_ERRORS}
        for error in errors.error_dict.get(NON_FIELD_ERRORS, []):
            field = self._field_of_sentence(error.message) or NON_FIELD_ERRORS
            placed.setdefault(field, []).append(error)
        return super()._update_errors(ValidationError(placed))
