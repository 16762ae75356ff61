"""The coordination's form of what it writes in the board's report."""

from django import forms

from cafe.board.models import ReportText, Section
from cafe.board.writing import WRITTEN


class MarkdownField(forms.CharField):
    """Several lines: a browser sends each end of line as two characters, of which the limit counts one."""

    def __init__(self, rows, **options):
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


def markdown_field(name, rows, help_text):
    field = ReportText._meta.get_field(name)
    label = field.verbose_name[0].upper() + field.verbose_name[1:]
    return MarkdownField(rows, label=label, max_length=field.max_length, help_text=help_text)


class ReportTextForm(forms.Form):
    """seen: which saving of the text was read before writing, so that nobody's words are lost."""

    opening = markdown_field("opening", 6, "Quelques phrases, en tête du rapport, au-dessus des chiffres.")
    learnt = markdown_field("learnt", 8, "Après les chiffres\u00a0: ce qui a marché, ce qu’il faut changer.")
    next_season = markdown_field("next_season", 8, "À la fin, avant la liste des prochaines séances.")
    sections = forms.MultipleChoiceField(
        label="Parties du rapport",
        choices=Section.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="L’essentiel, vos textes et les définitions y sont toujours.",
    )
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def typed(self):
        """Return what was typed, even where it cannot be saved."""
        found = {name: self[name].value() or "" for name in WRITTEN}
        return found | {"sections": list(self["sections"].value() or [])}

    def written(self):
        return {name: self.cleaned_data[name] for name in WRITTEN}
