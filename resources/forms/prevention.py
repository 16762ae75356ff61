"""The coordination's forms of prevention: a page in Markdown, a short message."""

import re

from django import forms

from cafe.text import without_controls
from resources.models import PreventionMessage, PreventionPage

TAGS_MAX, TAG_LENGTH = 10, 40


class PreventionPageForm(forms.ModelForm):
    class Meta:
        model = PreventionPage
        fields = ["part", "title", "summary", "body"]
        widgets = {"part": forms.RadioSelect, "body": forms.Textarea(attrs={"rows": 18})}
        help_texts = {
            "summary": "Ce que lit une personne pressée, sous le titre.",
            "body": "Une ligne vide sépare deux paragraphes.",
        }

    def clean_title(self):
        return one_line(self.cleaned_data["title"], "Donnez un titre.")

    def clean_summary(self):
        return without_controls(self.cleaned_data["summary"]).strip()


class TagsField(forms.CharField):
    """Words typed in one line, parted by commas; a list of texts."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        words = (without_controls(word).strip().lower() for word in super().to_python(value).split(","))
        return list(dict.fromkeys(word for word in words if word))

    def validate(self, value):
        super().validate(value)
        if len(value) > TAGS_MAX or any(len(word) > TAG_LENGTH for word in value):
            raise forms.ValidationError(f"Dix mots-clés au plus, de {TAG_LENGTH} caractères chacun.")

    def run_validators(self, value):
        super().run_validators(",".join(value))

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data or "")


class PreventionMessageForm(forms.ModelForm):
    tags = TagsField(label="Mots-clés", required=False, max_length=500, help_text="Séparés par des virgules.")

    class Meta:
        model = PreventionMessage
        fields = ["text", "tags", "published"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "text": "Une phrase ou deux, 280 caractères au plus.",
            "published": "Décochez pour le garder sans qu’il soit proposé.",
        }
        error_messages = {"text": {"unique": "Ce message est déjà dans la liste."}}

    def clean_text(self):
        text = one_line(self.cleaned_data["text"], "Écrivez une phrase.")
        if " " not in text:
            raise forms.ValidationError("Écrivez une phrase entière.")
        return text


def one_line(value, otherwise):
    """Return a text without controls, its line ends made spaces. Raises ValidationError where nothing is left."""
    text = without_controls(re.sub(r"[\r\n\t]+", " ", value)).strip()
    if not text:
        raise forms.ValidationError(otherwise)
    return text
