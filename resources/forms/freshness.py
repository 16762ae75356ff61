"""What a resource sends by its link."""

import json

from django import forms

from cafe.text import without_controls
from resources.models import Resource
from resources.services.verifying import CORRECTABLE

LINES = ("own_access", "referral_access")
WAYS = ("phone", "email", "website", "own_access")
LONGEST_WORD = 1500


def word_field(label, help_text=""):
    return forms.CharField(
        label=label, max_length=LONGEST_WORD, required=False, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class CorrectionForm(forms.ModelForm):
    """How to reach a resource and what a visit costs, by the resource itself.

    seen: what the page showed when it was opened, so that only what the person changed is sent on: the page may stay
    open for days, and the coordination write meanwhile.
    """

    website = forms.URLField(label="Site", max_length=300, required=False, assume_scheme="https")
    seen = forms.CharField(label="Ce que montrait la page", widget=forms.HiddenInput, required=False)
    word = word_field(
        "Un mot pour la coordination",
        "Le nom, la présentation ou les besoins auxquels vous répondez se changent avec elle : écrivez-le ici.",
    )

    class Meta:
        model = Resource
        fields = CORRECTABLE
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in LINES}
        labels = {"phone": "Téléphone", "email": "Adresse e-mail montrée sur la fiche"}
        help_texts = {"delay": "Par exemple : sous dix jours."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stored = {name: getattr(self.instance, name) for name in CORRECTABLE}
        self.initial["seen"] = json.dumps(self.stored)

    def clean(self):
        cleaned = super().clean()
        for name in CORRECTABLE:
            if isinstance(cleaned.get(name), str) and name not in LINES:
                cleaned[name] = without_controls(cleaned[name])
        if not any(cleaned.get(name) or name in self.errors for name in WAYS):
            self.add_error("phone", "Laissez au moins un moyen de vous joindre.")
        return cleaned

    def shown(self):
        """Return what the page showed; what cannot be read of it is taken for what is stored."""
        try:
            seen = json.loads(self.cleaned_data["seen"])
        except ValueError:
            seen = {}
        return self.stored | (seen if isinstance(seen, dict) else {})

    def values(self):
        """Return what the person changed on the page: {name of the field: value}."""
        shown = self.shown()
        return {name: new for name in CORRECTABLE if (new := self.cleaned_data[name]) != on_one_page(shown[name])}


def on_one_page(value):
    """Return a value as a browser would send it back: lines end in CR LF, and no space is around."""
    return "\r\n".join(value.strip().splitlines()) if isinstance(value, str) else value


class LeavingForm(forms.Form):
    word = word_field("Voulez-vous nous dire pourquoi ?")


LISTS = [
    ("", "Toutes les fiches à vérifier"),
    ("conseillee", "Vérification conseillée"),
    ("necessaire", "Vérification nécessaire"),
    ("bientot-suspendue", "Bientôt suspendues"),
    ("suspendues", "Suspendues par le portail"),
    ("corrigees", "Corrigées par la ressource"),
]


class StaleForm(forms.Form):
    """Which sheets the coordination looks at; a value that makes no sense shows them all."""

    etat = forms.ChoiceField(
        label="Montrer", choices=LISTS, required=False, widget=forms.Select(attrs={"class": "form-select"})
    )

    def chosen(self):
        return self.cleaned_data.get("etat", "") if self.is_valid() else ""
