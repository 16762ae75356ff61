from django import forms

from cafe.forms import OneLineField
from evaluation.models import Heading, Reading
from evaluation.services.verbatims import NOTHING

LABEL = Heading._meta.get_field("label")
WORDS = Reading._meta.get_field("words")
NOTHING_KEY = "0"


class VerbatimForm(forms.Form):
    """One written answer: its headings for this coder, and the words in which it may be shown.

    headings: those of its question. chosen: keys of those that this coder gave it; proposal: the text, names taken out.
    """

    headings = forms.MultipleChoiceField(label="Rubriques", required=False, widget=forms.CheckboxSelectMultiple)
    new = OneLineField(label="Une autre rubrique, à créer", max_length=LABEL.max_length, required=False)
    words = forms.CharField(
        label="Tel qu’il sera montré",
        max_length=WORDS.max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Remplacez ce qui désigne quelqu’un : un nom, un lieu, un métier rare, une date.",
    )
    cleared = forms.BooleanField(label="Aucun nom ni lieu qui désigne quelqu’un", required=False)
    quoted = forms.BooleanField(label="À citer dans le rapport", required=False)

    def __init__(self, *args, headings, proposal, reading=None, chosen=(), **kwargs):
        nothing = next((str(one.pk) for one in headings if one.label == NOTHING), NOTHING_KEY)
        self.nothing, self.proposal, self.reading = nothing, proposal, reading
        initial = {"headings": [str(pk) for pk in chosen], "words": proposal}
        if reading:
            initial |= {"cleared": reading.cleared, "quoted": reading.quoted}
            initial["words"] = reading.words or proposal
        super().__init__(*args, initial=initial, **kwargs)
        choices = [(str(one.pk), one.label) for one in headings if str(one.pk) != nothing]
        self.fields["headings"].choices = [*choices, (nothing, NOTHING)]

    def clean(self):
        cleaned = super().clean()
        chosen = cleaned.get("headings", [])
        if self.nothing in chosen and (len(chosen) > 1 or cleaned.get("new")):
            self.add_error("headings", f"« {NOTHING} » ne va pas avec une autre rubrique.")
        if cleaned.get("quoted") and not cleaned.get("cleared"):
            self.add_error("cleared", "Avant de citer, vérifiez qu’aucun nom ni lieu ne désigne quelqu’un.")
        if cleaned.get("cleared") and not cleaned.get("words") and "words" not in self.errors:
            self.add_error("words", "Écrivez les mots qui pourront être montrés.")
        return cleaned

    def coding(self):
        """Return what code_answer takes: keys of headings, and the label of a new one."""
        chosen = [key for key in self.cleaned_data["headings"] if key != NOTHING_KEY]
        is_nothing = NOTHING_KEY in self.cleaned_data["headings"]
        return {"headings": chosen, "new": NOTHING if is_nothing else self.cleaned_data["new"]}

    def decision(self):
        """Return what decide takes. Words that nobody changed nor cleared are not kept: the answer is there already."""
        decision = {name: self.cleaned_data[name] for name in ("words", "cleared", "quoted")}
        if not decision["cleared"] and decision["words"].split() == self.proposal.split():
            decision["words"] = ""
        return decision


class HeadingForm(forms.Form):
    label = OneLineField(label="Nom de la rubrique", max_length=LABEL.max_length)


class MergeForm(forms.Form):
    """others: headings with which this one may be merged."""

    target = forms.ModelChoiceField(
        label="Avec quelle rubrique", queryset=Heading.objects.none(), empty_label="Choisissez"
    )

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset = others


class ReadingFilter(forms.Form):
    """Which answers of a corpus are listed; anything unknown is no filter."""

    rubrique = forms.ChoiceField(label="Montrer", required=False)

    TO_DO, QUOTED = "a-classer", "a-citer"

    def __init__(self, *args, headings, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [
            ("", "Toutes les réponses"),
            (self.TO_DO, "Celles à classer"),
            (self.QUOTED, "À citer"),
        ]
        self.fields["rubrique"].choices = [*choices, *((str(one.pk), one.label) for one in headings)]

    @property
    def value(self):
        return self.cleaned_data["rubrique"] if self.is_valid() else ""
