from django import forms

from activities.enums import TimeSlot
from activities.forms.questions import AnswersMixin
from activities.models import Registration
from cafe.forms import HoneypotMixin, OneLineField
from cafe.text import normalise_email
from members.enums import Gender, Profession

OPTIONAL = ("phone", "commune", "gender", "remarks")


class PersonForm(forms.ModelForm):
    """What one says of oneself to come to a session; all fields but four are optional."""

    first_name = OneLineField(label="Prénom", max_length=80)
    last_name = OneLineField(label="Nom", max_length=80)
    profession = forms.ChoiceField(label="Profession ou fonction", choices=[("", "Choisissez"), *Profession.choices])
    cpts_member = forms.NullBooleanField(
        label="Adhérez-vous à la CPTS ?",
        required=False,
        widget=forms.RadioSelect(choices=[("true", "Oui"), ("false", "Non"), ("unknown", "Je ne sais pas")]),
        help_text="Les activités sont ouvertes à tous, adhérents ou non.",
    )
    phone = OneLineField(
        label="Téléphone",
        max_length=30,
        required=False,
        help_text="Pour vous prévenir d’un changement de dernière minute.",
    )
    commune = OneLineField(label="Commune d’exercice", max_length=80, required=False)
    gender = forms.ChoiceField(
        label="Genre",
        choices=[("", "Je préfère ne pas le dire"), *Gender.choices],
        required=False,
        help_text="Pour savoir, en nombres seulement, si les activités parlent à tous.",
    )

    class Meta:
        model = Registration
        fields = ["first_name", "last_name", "profession", "cpts_member", *OPTIONAL]
        widgets = {"remarks": forms.Textarea(attrs={"rows": 3})}
        labels = {"remarks": "Une précision à nous donner ?"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        hints = {
            "first_name": "given-name",
            "last_name": "family-name",
            "phone": "tel",
            "commune": "address-level2",
        }
        for name, hint in hints.items():
            self.fields[name].widget.attrs["autocomplete"] = hint
        self.fields["phone"].widget.input_type = "tel"

    def _post_clean(self):
        """Nothing is saved from here, so no model is validated: the service and the database judge, under the lock."""

    @property
    def optional_has_errors(self):
        return any(name in self.errors for name in OPTIONAL)


class RegistrationForm(AnswersMixin, HoneypotMixin, PersonForm):
    email = forms.EmailField(
        label="Adresse e-mail",
        max_length=254,
        help_text="Nous y envoyons la confirmation, et un lien pour annuler ou changer.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    commitment = forms.BooleanField(
        label="Mon inscription a valeur d’engagement : si je ne peux plus venir, j’annule pour laisser ma place.",
        error_messages={"required": "Cochez cette case pour vous inscrire : une place prise en prive un collègue."},
    )

    newsletter = forms.BooleanField(
        label="Je souhaite recevoir par courriel les lettres d’information du programme.",
        required=False,
        help_text="Un courriel vous demandera de confirmer. Chaque lettre permet de les arrêter en un clic.",
    )

    field_order = ["first_name", "last_name", "email", "profession", "cpts_member", "commitment"]

    def clean_email(self):
        return normalise_email(self.cleaned_data["email"])

    def details(self):
        """Return what the register service takes beside the session."""
        return {name: self.cleaned_data[name] for name in [*PersonForm.Meta.fields, "email"]}

    def subscription(self):
        """Return what cafe.subscriptions.ask takes, or None where the box was left alone."""
        if not self.cleaned_data["newsletter"]:
            return None
        known = ("email", "first_name", "profession", "commune", "cpts_member")
        return {"accepted": self.fields["newsletter"].label} | {name: self.cleaned_data[name] for name in known}


class RegistrationEditForm(AnswersMixin, PersonForm):
    """What one may change by one's link, the answers to the session's questions included."""

    def details(self):
        return {name: self.cleaned_data[name] for name in PersonForm.Meta.fields}


class EmailChangeForm(forms.Form):
    email = forms.EmailField(
        label="Nouvelle adresse e-mail",
        max_length=254,
        help_text="Nous y envoyons un lien : le changement prend effet quand vous l’ouvrez.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self):
        return normalise_email(self.cleaned_data["email"])


class TimeWishForm(HoneypotMixin):
    slots = forms.MultipleChoiceField(
        label="Quels moments vous iraient mieux ?",
        choices=TimeSlot.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins un moment."},
    )
