"""Subscribing, choosing what one receives, saying why one leaves."""

from django import forms

from cafe.forms import HoneypotMixin, OneLineField
from cafe.text import normalise_email
from members.enums import Profession
from newsletters.models import Subscriber
from newsletters.services.subscribing import PREFERENCES

REASONS = [
    "Trop de courriels",
    "Les sujets ne me concernent pas",
    "Je n’exerce plus ici",
    "Je n’ai rien demandé",
    "Autre raison",
]


class SubscribeForm(HoneypotMixin):
    email = forms.EmailField(
        label="Adresse e-mail",
        max_length=254,
        help_text="Un courriel vous demandera de confirmer.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Indiquez votre adresse.",
            "invalid": "Vérifiez cette adresse : il y manque quelque chose.",
        },
    )

    def clean_email(self):
        return normalise_email(self.cleaned_data["email"])


class PreferencesForm(forms.ModelForm):
    """What one wishes to read, how often, and what helps to send only what concerns one."""

    first_name = OneLineField(
        label="Prénom", max_length=80, required=False, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    profession = forms.ChoiceField(
        label="Profession ou fonction", choices=[("", "Je préfère ne pas le dire"), *Profession.choices], required=False
    )
    commune = OneLineField(
        label="Commune d’exercice", max_length=80, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )  # fmt: skip
    cpts_member = forms.NullBooleanField(
        label="Adhérez-vous à la CPTS ?",
        required=False,
        widget=forms.RadioSelect(choices=[("true", "Oui"), ("false", "Non"), ("unknown", "Je ne sais pas")]),
    )

    class Meta:
        model = Subscriber
        fields = PREFERENCES
        labels = {
            "agenda": "Les prochaines séances",
            "prevention": "Prendre soin de soi",
            "life": "La vie du programme",
            "frequency": "Combien de lettres",
            "newly_installed": "Je suis installé ici depuis moins d’un an",
        }
        widgets = {"frequency": forms.RadioSelect}

    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.get(topic) for topic in ("agenda", "prevention", "life")):
            self.add_error("agenda", "Cochez au moins un sujet. Pour ne plus rien recevoir, désabonnez-vous.")
        return cleaned


class WhyForm(forms.Form):
    reason = forms.ChoiceField(
        label="Nous diriez-vous pourquoi ?",
        choices=[(reason, reason) for reason in REASONS],
        widget=forms.RadioSelect,
    )
