from django import forms

from activities.forms.questions import AnswersMixin
from activities.forms.registration import PersonForm
from cafe.text import normalise_email

# The public form speaks to the person; this one speaks of her.
WORDS = {
    "cpts_member": ("Adhérent de la CPTS", ""),
    "phone": ("Téléphone", "Pour prévenir la personne d’un changement de dernière minute."),
    "remarks": ("Remarques", ""),
}


class SessionCancelForm(forms.Form):
    message = forms.CharField(
        label="Un mot aux personnes inscrites",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Il paraît dans le courriel et sur la page de la séance.",
    )


class ManualRegistrationForm(AnswersMixin, PersonForm):
    """Somebody who phoned or asked in person: the coordination types what the person would have typed."""

    email = forms.EmailField(
        label="Adresse e-mail",
        max_length=254,
        help_text="La confirmation et le lien personnel y sont envoyés.",
    )
    extra_place = forms.BooleanField(
        label="S’il ne reste pas de place, en ajouter une pour cette personne",
        required=False,
        help_text="Sinon, elle rejoint la liste d’attente, à son tour.",
    )

    answers_required = False
    field_order = ["first_name", "last_name", "email", "profession", "phone", "cpts_member"]

    def __init__(self, *args, session, **kwargs):
        super().__init__(*args, questions=session.questions.all(), **kwargs)
        self.session = session
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        del self.fields["gender"]
        for name, (label, help_text) in WORDS.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text

    def clean_email(self):
        email = normalise_email(self.cleaned_data["email"])
        if self.session.registrations.live().filter(email=email).exists():
            raise forms.ValidationError("Cette adresse est déjà inscrite à cette séance.")
        return email

    def details(self):
        """Return what the register service takes beside the session."""
        asked = {self.name_of(question) for question in self.questions}
        details = {name: value for name, value in self.cleaned_data.items() if name not in asked}
        return details | {"answers": self.answers()}
