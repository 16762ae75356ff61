from django import forms

from cafe.text import without_controls


class OneLineField(forms.CharField):
    """A name, a commune, a number: control and direction-changing characters are dropped on the way in."""

    def to_python(self, value):
        text = super().to_python(value)
        return text if "\x00" in text else without_controls(text)
