"""What a visitor fills in to report an error or propose a resource, and what the coordination answers."""

import django_filters
from django import forms

from cafe.forms import HoneypotMixin, OneLineField
from cafe.lists import ListFilter
from resources.enums import Acquaintance, Fault, ReportKind, ReportState, ResourceKind
from resources.models import ResourceReport
from resources.needs import need_choices

KEPT = "Effacée douze mois après notre réponse."


class SenderForm(HoneypotMixin, forms.Form):
    """What both forms end with: an address, for who would like an answer."""

    email = forms.EmailField(
        label="Votre adresse e-mail",
        required=False,
        max_length=254,
        help_text=f"Pour vous remercier et vous dire la suite. {KEPT}",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ErrorForm(SenderForm):
    wrong = forms.ChoiceField(
        label="Qu’est-ce qui ne va pas ?",
        choices=Fault.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une réponse."},
    )
    message = forms.CharField(
        label="Dites-nous en plus",
        max_length=2000,
        help_text="Ce que vous avez constaté, ou ce qui est juste. Rien sur votre santé ni sur celle d’une autre "
        "personne.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites-nous en une phrase ce que vous avez constaté."},
    )

    field_order = ["wrong", "message", "email"]


class ResourceProposalForm(SenderForm):
    name = OneLineField(label="Son nom", max_length=160)
    kind = forms.ChoiceField(
        label="Qu’est-ce que c’est ?",
        choices=[("", "Choisissez"), *ResourceKind.choices],
        help_text="Pour un professionnel, rien n’est publié sans son accord : nous le lui demandons.",
    )
    needs = forms.MultipleChoiceField(
        label="À quels besoins répond-elle ?",
        choices=need_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Cochez ce que vous savez ; nous compléterons.",
    )
    message = forms.CharField(
        label="Pourquoi la proposer ?",
        max_length=2000,
        help_text="Ce qu’elle apporte, à qui. Rien sur votre santé ni sur celle d’une autre personne.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites-nous en une phrase ce qu’elle apporte."},
    )
    known = forms.ChoiceField(
        label="Comment la connaissez-vous ?",
        choices=Acquaintance.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Dites-nous comment vous la connaissez."},
    )
    phone = OneLineField(
        label="Son téléphone",
        max_length=30,
        required=False,
        help_text="Celui du travail. Ne donnez jamais un numéro privé.",
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    contact = forms.EmailField(label="Son adresse e-mail", required=False, max_length=254)
    website = forms.URLField(label="Son site", max_length=300, required=False, assume_scheme="https")
    commune = OneLineField(label="Sa commune", max_length=80, required=False)

    field_order = ["name", "kind", "message", "known", "needs", "phone", "contact", "website", "commune", "email"]

    def values(self):
        """Return what the service keeps: what was filled, under the names of the sheet's fields."""
        names = ("name", "kind", "phone", "website", "commune", "needs", "known")
        values = {name: self.cleaned_data[name] for name in names} | {"email": self.cleaned_data["contact"]}
        return {name: value for name, value in values.items() if value}


class RefuseForm(forms.Form):
    """The answer is optional; the mail leaves by default where there is an address."""

    answer = forms.CharField(
        label="Votre réponse",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Par exemple : nous avons vérifié, ce numéro répond.",
    )
    tell = forms.BooleanField(
        label="Envoyer le courriel de remerciement, avec cette réponse",
        required=False,
        initial=True,
        help_text="Décochez pour un envoi malveillant ou automatique.",
    )

    def __init__(self, *args, report, **kwargs):
        super().__init__(*args, **kwargs)
        if not report.email:
            del self.fields["tell"]
            self.fields["answer"].label = "Note"
            self.fields["answer"].help_text = "Pour vous : personne n’a laissé d’adresse."


class ReportFilter(ListFilter):
    etat = django_filters.ChoiceFilter(
        label="État", field_name="state", choices=ReportState.choices, empty_label="Tous"
    )
    nature = django_filters.ChoiceFilter(
        label="Nature", field_name="kind", choices=ReportKind.choices, empty_label="Toutes"
    )

    class Meta:
        model = ResourceReport
        fields = []
