from django import forms

from activities.services.import_columns import FIELDS
from activities.services.import_rows import Purpose
from cafe.forms import TableField


class ImportUploadForm(forms.Form):
    file = TableField(help_text="L’export de Google Forms ou de Google Sheets, en .csv ou en .xlsx, 2 Mo au plus.")
    purpose = forms.ChoiceField(label="Que dit ce fichier ?", widget=forms.RadioSelect)

    def __init__(self, *args, purposes, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["purpose"]
        field.choices = [(one.value, one.label) for one in purposes]
        field.initial = purposes[0]
        if len(purposes) == 1:
            field.widget, field.required = forms.HiddenInput(), False

    def clean_purpose(self):
        return self.cleaned_data["purpose"] or Purpose.REGISTRATIONS


class ColumnsForm(forms.Form):
    """For each thing that is known of a person, the column of the sheet that says it."""

    def __init__(self, *args, headers, columns, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "Aucune colonne")]
        choices += [(index, header or f"Colonne {index + 1}, sans titre") for index, header in enumerate(headers)]
        for name, label in FIELDS.items():
            self.fields[name] = forms.TypedChoiceField(
                label=label, choices=choices, coerce=int, empty_value=None, required=False, initial=columns.get(name)
            )
            self.fields[name].widget.attrs["class"] = "form-select"

    def clean(self):
        cleaned = super().clean()
        taken = {}
        for name, index in list(cleaned.items()):
            if index is None:
                continue
            if index in taken:
                self.add_error(name, f"Cette colonne est déjà celle de « {FIELDS[taken[index]]} ».")
            taken[index] = name
        return cleaned

    def columns(self):
        return {name: index for name, index in self.cleaned_data.items() if index is not None}


class ImportForm(forms.Form):
    """The last word before importing. Whether to mail is a question for a session to come only."""

    mail_people = forms.ChoiceField(
        label="Prévenir les personnes ?",
        choices=[
            ("oui", "Oui : un courriel et un lien personnel, pour annuler"),
            ("non", "Non, n’envoyer aucun courriel"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez si un courriel part."},
    )
    skip_errors = forms.BooleanField(label="Ignorer les lignes en erreur", required=False)

    def __init__(self, *args, to_come, errors, **kwargs):
        super().__init__(*args, **kwargs)
        if not to_come:
            del self.fields["mail_people"]
        if not errors:
            del self.fields["skip_errors"]

    def options(self):
        """Return what the service takes: nothing is skipped nor mailed unless somebody asked for it."""
        return {
            "skip_errors": self.cleaned_data.get("skip_errors", False),
            "mail_people": self.cleaned_data.get("mail_people") == "oui",
        }
