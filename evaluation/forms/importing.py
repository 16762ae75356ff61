"""What the coordination chooses when it imports answers gathered elsewhere."""

from django import forms
from django.utils import timezone

from activities.enums import SessionState
from activities.models import Session
from activities.services.import_columns import FIRST_YEAR, plain
from cafe.forms import OneLineField, TableField
from cafe.templatetags.french import short_day
from evaluation.enums import SurveyKind
from evaluation.models import Survey
from evaluation.services.import_columns import Use

KINDS = [(kind.value, kind.label) for kind in SurveyKind if kind != SurveyKind.CELL]
TITLE_LENGTH = Survey._meta.get_field("title").max_length


class SessionField(forms.ModelChoiceField):
    def label_from_instance(self, session):
        return f"{session.activity.title}, {short_day(session.starts_at)}"


class ImportUploadForm(forms.Form):
    file = TableField(
        help_text="L’export de Google Forms ou d’un tableur, en .csv ou en .xlsx : 2 Mo et 2 000 réponses au plus."
    )


class ImportForm(forms.Form):
    """A kind for each column, then what the questionnaire is. columns: as services.importing reads them."""

    title = OneLineField(
        label="Titre du questionnaire", max_length=TITLE_LENGTH,
        error_messages={
            "required": "Donnez un titre.",
            "max_length": "C’est un peu long : %(limit_value)d caractères au plus.",
        },
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="Nature", choices=KINDS, initial=SurveyKind.OTHER,
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    session = SessionField(
        label="Après quelle séance", required=False, empty_label="Aucune, ou plusieurs", queryset=None,
        help_text="Si toutes ces réponses parlent d’une même séance.",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": "Choisissez une séance de la liste."},
    )  # fmt: skip
    day = forms.DateField(
        label="Date des réponses", required=False,
        help_text="Pour les lignes qui n’en ont pas.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Donnez une date, par exemple 05/03/2025."},
    )  # fmt: skip
    satisfaction = forms.TypedChoiceField(
        label="Note de satisfaction", coerce=int, empty_value=None, required=False,
        help_text="La note sur dix qui compte dans le classement des activités.",
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip

    def __init__(self, *args, columns, name="", **kwargs):
        super().__init__(*args, **kwargs)
        held = Session.objects.filter(state=SessionState.HELD, starts_at__lt=timezone.now())
        self.fields["session"].queryset = held.select_related("activity").order_by("-starts_at")
        self.fields["title"].initial = name.rpartition(".")[0][:TITLE_LENGTH] or name[:TITLE_LENGTH]
        marks = [column for column in columns if column.use == Use.SCALE]
        self.fields["satisfaction"].choices = [("", "Aucune"), *((one.index, one.title) for one in marks)]
        self.fields["satisfaction"].initial = next((one.index for one in marks if "satisf" in plain(one.title)), None)
        for column in columns:
            self.fields[f"use_{column.index}"] = forms.ChoiceField(
                label=f"Ce que devient « {column.title} »", choices=Use.choices, required=False, initial=column.use,
                widget=forms.Select(attrs={"class": "form-select"}),
                error_messages={"invalid_choice": "Choisissez dans la liste."},
            )  # fmt: skip
        if self.fields["satisfaction"].initial is not None:
            self.fields["kind"].initial = SurveyKind.SESSION
        self.columns = columns

    @property
    def use_fields(self):
        """Each column with the field that says what it becomes."""
        return [(column, self[f"use_{column.index}"]) for column in self.columns]

    @property
    def own_fields(self):
        return [field for field in self if not field.name.startswith("use_")]

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("Cette date n’est pas encore venue.")
        if day and day.year < FIRST_YEAR:
            raise forms.ValidationError("Vérifiez l’année.")
        return day

    def uses(self):
        """Return what each column becomes: what was chosen, otherwise what it was already."""
        chosen = {name: use for name, use in self.cleaned_data.items() if name in self.data}
        return [chosen.get(f"use_{column.index}", column.use) for column in self.columns]

    def options(self):
        """Return what services.importing.import_answers takes."""
        given = self.cleaned_data
        values = {"title": given["title"], "kind": given["kind"]}
        return {"values": values} | {name: given[name] for name in ("session", "day", "satisfaction")}
