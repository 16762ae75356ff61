from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from activities.forms.coordination_fields import ErrorsAtFieldsMixin, LocalDateTimeField
from activities.models import Proposal
from activities.services.diplomas import vetted_diploma
from cafe.errors import Refusal
from cafe.forms import HoneypotMixin, OneLineField
from cafe.text import normalise_email

DATES = [f"date_{number}" for number in range(1, 7)]
FARTHEST = timedelta(days=550)
AGAIN = "Joignez à nouveau votre fichier : il n’a pas pu être gardé pendant que vous corrigez le reste."
# Name of the box: the sentence one commits to, and what an error calls it.
COMMITMENTS = {
    "stance": ("J’accueille chaque personne avec respect et bienveillance.", "l’accueil"),
    "neutrality": (
        "Je reste neutre et mesuré quand je parle de ma pratique : ni promesse, ni recrutement.",
        "la neutralité",
    ),
    "beliefs": ("Je respecte les croyances et les convictions de chacun.", "les croyances"),
    "confidentiality": ("Ce que je vois et entends pendant la séance reste confidentiel.", "la confidentialité"),
    "collects": ("J’encaisse moi-même la participation, sur place, si j’en demande une.", "la participation"),
    "warns": ("Si je dois annuler, je préviens l’équipe au plus tôt.", "les annulations"),
    "another_date": ("Si j’annule, je propose une autre date dès que je le peux.", "les autres dates"),
    "evaluation": ("Je remets aux participants le questionnaire d’évaluation.", "l’évaluation"),
}
PLACES = [("True", "Je cherche un lieu"), ("False", "J’apporte un lieu")]


def commitment(sentence, subject):
    return forms.BooleanField(
        label=sentence, error_messages={"required": f"Cochez l’engagement sur {subject} : il est nécessaire."}
    )


class ProposalForm(HoneypotMixin, ErrorsAtFieldsMixin, forms.ModelForm):
    """The terms of reference as a form. `upload_refusal` says why the request's file was left out before reading."""

    name = OneLineField(label="Prénom et nom", max_length=120)
    title = OneLineField(
        label="Profession ou qualité", max_length=120, help_text="Par exemple : masseur-kinésithérapeute."
    )
    phone = OneLineField(label="Téléphone", max_length=30, required=False)
    practice = OneLineField(
        label="Pratique proposée", max_length=120, help_text="Par exemple : sophrologie, marche, Pilates."
    )
    place_needed = forms.TypedChoiceField(
        label="Le lieu",
        choices=PLACES,
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        error_messages={"required": "Dites si vous cherchez un lieu, ou si vous en apportez un."},
    )
    place = OneLineField(
        label="Nom et adresse de ce lieu", max_length=300, required=False, help_text="Si vous en apportez un."
    )
    equipment = OneLineField(label="Matériel nécessaire", max_length=300, required=False)
    clothing = OneLineField(label="Tenue conseillée", max_length=300, required=False)
    certificate = forms.FileField(
        label="Diplôme ou certificat de cette pratique",
        help_text="PDF, JPG ou PNG, 5 Mo au plus. Seul le groupe de travail le lit. "
        "Il est effacé douze mois après la décision, deux mois si la proposition n’est pas retenue.",
        error_messages={"required": "Joignez votre diplôme ou votre certificat."},
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}),
    )

    constraint_fields = {
        "proposal_fee_free_or_5_to_10": "fee",
        "proposal_names_its_place": "place",
        "proposal_plausible": "capacity",
    }

    class Meta:
        model = Proposal
        fields = [
            *("name", "title", "email", "phone", "practice", "description", "place_needed", "place"),
            *("activity_minutes", "capacity", "equipment", "clothing", "fee"),
        ]
        labels = {
            "description": "Comment se passe la séance",
            "activity_minutes": "Durée de l’activité, en minutes",
            "fee": "Participation demandée à chaque personne, en euros",
        }
        help_texts = {
            "email": "Nous y envoyons le suivi de votre proposition.",
            "description": "Ce que vous faites faire, à qui cela convient, à qui cela ne convient pas.",
            "activity_minutes": "45 minutes d’habitude. Un moment convivial d’environ 45 minutes suit.",
            "fee": "De 5 à 10 €, payés sur place ; 0 si c’est gratuit.",
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args, upload_refusal="", **kwargs):
        super().__init__(*args, **kwargs)
        self.certificate_type = ""
        self.upload_refusal = upload_refusal
        for number, name in enumerate(DATES, start=1):
            label = "Première date possible" if number == 1 else f"Date possible n° {number}"
            self.fields[name] = LocalDateTimeField(label=label, required=number == 1)
        for name, (sentence, subject) in COMMITMENTS.items():
            self.fields[name] = commitment(sentence, subject)
        for name, hint in {"name": "name", "email": "email", "phone": "tel"}.items():
            self.fields[name].widget.attrs["autocomplete"] = hint
        self.fields["phone"].widget.input_type = "tel"
        if upload_refusal:
            self.fields["certificate"].error_messages["required"] = upload_refusal

    def date_fields(self):
        return [self[name] for name in DATES]

    def commitment_fields(self):
        return [self[name] for name in COMMITMENTS]

    @property
    def more_dates(self):
        return any(self.errors.get(name) or self.data.get(f"{name}_0") for name in DATES[1:])

    def clean_email(self):
        return normalise_email(self.cleaned_data["email"])

    def clean_certificate(self):
        if self.upload_refusal:
            raise ValidationError(self.upload_refusal)
        try:
            kept, self.certificate_type = vetted_diploma(self.cleaned_data["certificate"])
        except Refusal as refusal:
            raise ValidationError(refusal.sentence) from refusal
        return kept

    def clean(self):
        cleaned = super().clean()
        for name in DATES:
            self._check_date(name, cleaned.get(name))
        return cleaned

    def _check_date(self, name, moment):
        if moment is None:
            return
        earlier = [self.cleaned_data.get(other) for other in DATES[: DATES.index(name)]]
        if not timezone.now() < moment < timezone.now() + FARTHEST:
            self.add_error(name, "Indiquez une date à venir, dans les dix-huit mois.")
        elif moment in earlier:
            self.add_error(name, "Cette date est déjà indiquée plus haut.")

    def _post_clean(self):
        """Once everything has been judged: a browser forgets the file when the page comes back with errors."""
        super()._post_clean()
        if self.errors and self.cleaned_data.get("certificate"):
            self.add_error("certificate", AGAIN)

    def values(self):
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def dates(self):
        return sorted(self.cleaned_data[name] for name in DATES if self.cleaned_data[name])


class AnswerForm(forms.Form):
    text = forms.CharField(label="Votre réponse", max_length=3000, widget=forms.Textarea(attrs={"rows": 6}))
