"""The interview log: the guide as a form. What is typed stays through a search of the directory, and an error."""

from itertools import chain

from django import forms
from django.utils import timezone

from listening_cell import guide
from listening_cell.forms.cases import PLAIN, HourField

AGREED, NARRATIVE = 3000, 12000
MOST_SHEETS = 12
RADIOS, BOXES = forms.RadioSelect, forms.CheckboxSelectMultiple


def themes_field(chapter):
    return forms.MultipleChoiceField(label=chapter.label, choices=chapter.choices, required=False, widget=BOXES)


def long_field(label, longest, **options):
    rows = 10 if longest == NARRATIVE else 4
    widget = forms.Textarea(attrs={"rows": rows, **PLAIN})
    return forms.CharField(label=label, max_length=longest, required=False, widget=widget, **options)


class InterviewForm(forms.Form):
    """content() is what is sealed of a talk, initial_of() its way back.

    sheets: {slug: name} of those that may be ticked now. hours: when the pair is free. again: this is a version of a
    talk already written, which sets no other hour.
    """

    day = forms.DateField(
        label="Date de l’entretien",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Donnez la date.", "invalid": "Donnez une date, comme 31/12/2026."},
    )
    held = forms.ChoiceField(
        label="L’entretien",
        choices=guide.HELD,
        widget=RADIOS,
        error_messages={"required": "Dites si l’entretien a eu lieu."},
    )
    work, team, life = map(themes_field, guide.CHAPTERS)
    addictions = forms.MultipleChoiceField(label="Addictions", choices=guide.ADDICTIONS, required=False, widget=BOXES)
    alert = forms.ChoiceField(
        label="Niveau d’alerte",
        choices=[(level.key, level.label) for level in guide.LEVELS],
        widget=RADIOS,
        error_messages={"required": "Choisissez un niveau d’alerte, même s’il n’y a rien d’inquiétant."},
    )
    agreed = long_field("Ce qui a été convenu", AGREED)
    narrative = long_field(
        "Récit libre", NARRATIVE, help_text="Ce qui aidera votre binôme. Ne nommez ni patient, ni collègue."
    )
    resources = forms.MultipleChoiceField(label="Fiches remises", required=False, widget=BOXES)
    look_for = forms.CharField(
        label="Chercher une fiche de l’annuaire",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", **PLAIN}),
        help_text="L’annuaire n’en garde rien : ni la recherche, ni la remise.",
    )
    next_talk = HourField(label="Prochain entretien", required=False)

    def __init__(self, *args, sheets, hours=(), again=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.again = again
        self.fields["resources"].choices = list(sheets.items())
        self.fields["next_talk"].show(hours, first="Pas maintenant")
        self.fields["day"].widget.attrs["max"] = timezone.localdate().isoformat()
        if again:
            del self.fields["next_talk"]

    @property
    def chapters(self):
        """Return the bound fields of the guide's themes."""
        return [self[chapter.key] for chapter in guide.CHAPTERS]

    def levels(self):
        """Return (level, whether it is the one chosen) for the choice of the alert, each with its protocol."""
        chosen = self["alert"].value()
        return [(level, level.key == chosen) for level in guide.LEVELS]

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError("Cette date n’est pas encore passée.")
        return day

    def clean_resources(self):
        slugs = self.cleaned_data["resources"]
        if len(slugs) > MOST_SHEETS:
            raise forms.ValidationError(f"{MOST_SHEETS} fiches au plus.")
        return slugs

    def content(self):
        """Return what is sealed, plain values."""
        given = self.cleaned_data
        hour = given.get("next_talk")
        return {
            "day": given["day"].isoformat(),
            "held": given["held"],
            "themes": list(chain.from_iterable(given[chapter.key] for chapter in guide.CHAPTERS)),
            "addictions": given["addictions"],
            "alert": given["alert"],
            "agreed": given["agreed"],
            "narrative": given["narrative"],
            "resources": given["resources"],
            "next": hour.isoformat() if hour else "",
        }


def initial_of(content):
    """Return what the form shows of a version already written."""
    themes = set(content["themes"])
    chapters = {chapter.key: [key for key, _ in chapter.choices if key in themes] for chapter in guide.CHAPTERS}
    same = ("day", "held", "addictions", "alert", "agreed", "narrative", "resources")
    return chapters | {name: content[name] for name in same}


def typed(data):
    """Return what was typed as first values of a form that says nothing of errors: a search is no sending."""
    fields = InterviewForm.base_fields
    return {name: field.widget.value_from_datadict(data, {}, name) for name, field in fields.items()}
