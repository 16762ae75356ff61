from django import forms


class WaveForm(forms.Form):
    """Which earlier questionnaire to compare with; the version that this one was copied from, unless told."""

    avec = forms.TypedChoiceField(
        label="Comparer avec", coerce=int, empty_value=None, required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip

    def __init__(self, data, *, waves, first):
        super().__init__(data)
        self.first = first if first in dict(waves) else None
        self.fields["avec"].choices = [("", "Aucun"), *waves]
        self.fields["avec"].initial = self.first

    @property
    def chosen(self):
        """The key of the questionnaire to compare with, or None."""
        return self.cleaned_data["avec"] if self.is_bound else self.first
