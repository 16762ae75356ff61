"""The coordination's form of a sheet, and its list's filters."""

import django_filters
from django import forms

from cafe.lists import ListFilter
from cafe.text import without_controls
from members.enums import Profession
from resources.enums import ResourceKind, ResourceState, Visibility
from resources.models import Resource
from resources.needs import THEMES, need_choices
from resources.services.words import plain

FIELDS = [
    *("name", "kind", "summary", "offers", "offers_not", "professions", "own_access", "referral_access"),
    *("phone", "email", "website", "contact_agreed_on", "hours", "delay", "priority_access"),
    *("cost", "cost_words", "vouchers", "languages", "accessibility", "on_site", "remote"),
    *("address", "postcode", "commune", "latitude", "longitude", "area_kind", "area", "area_communes"),
    *("charter_signed_on", "diu_trained", "verification_email", "alert_note", "internal_note", "visibility"),
    *("source", "source_date"),
]
DATES = ("contact_agreed_on", "charter_signed_on", "source_date")
LONG = {"offers": 4, "offers_not": 2, "own_access": 2, "referral_access": 2, "internal_note": 3}
YES_NO = [("", "Ne sait pas"), ("true", "Oui"), ("false", "Non")]


class LinesField(forms.CharField):
    """A list of short texts, typed one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return list(dict.fromkeys(line.strip() for line in super().to_python(value).splitlines() if line.strip()))

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data or "")


class ResourceForm(forms.ModelForm):
    """Everything the coordination says of a sheet; its state moves by buttons, not here."""

    needs = forms.MultipleChoiceField(
        label="À quels besoins répond-elle ?", choices=need_choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    professions = forms.MultipleChoiceField(
        label="Pour quelles professions ?", choices=Profession.choices, widget=forms.CheckboxSelectMultiple,
        required=False, help_text="Aucune cochée : toutes.",
    )  # fmt: skip
    website = forms.URLField(label="Site", max_length=300, required=False, assume_scheme="https")
    area_communes = LinesField(label="Communes couvertes", required=False, help_text="Une par ligne.")
    vouchers = forms.TypedChoiceField(
        label="Accepte les bons de la CPTS", choices=YES_NO, required=False, empty_value=None,
        coerce=lambda value: value == "true",
    )  # fmt: skip

    class Meta:
        model = Resource
        fields = FIELDS
        localized_fields = ["latitude", "longitude"]
        widgets = {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in DATES} | {
            name: forms.Textarea(attrs={"rows": rows}) for name, rows in LONG.items()
        }
        help_texts = {
            "summary": "Ce que lit une personne pressée, dans la liste.",
            "offers_not": "Par exemple : ni ordonnance, ni urgence.",
            "referral_access": "Ce que peut faire quelqu’un qui s’inquiète pour un collègue.",
            "verification_email": "Jamais montrée : la demande de vérification y est envoyée.",
            "alert_note": "Montré en tête de fiche. Par exemple : fermé en août.",
            "internal_note": "Jamais montrée hors de la coordination.",
            "area": "Par exemple : Seine-Maritime. Inutile pour la France entière.",
            "source": "D’où viennent ces informations.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["needs"] = [row.need for row in self.instance.needs.all()]
            self.initial["vouchers"] = {True: "true", False: "false"}.get(self.instance.vouchers, "")

    def _get_validation_exclusions(self):
        """The rule of what is published reads the state too, which no field shows."""
        return super()._get_validation_exclusions() - {"state"}

    def clean(self):
        cleaned = super().clean()
        for name in ("name", "summary", "commune", "area", "phone"):
            if cleaned.get(name):
                cleaned[name] = without_controls(cleaned[name])
        return cleaned

    def values(self):
        """Return what the services take: the sheet's fields."""
        return {name: self.cleaned_data[name] for name in FIELDS}

    def needs_chosen(self):
        return self.cleaned_data["needs"]


ORDERS = [
    ("name", "nom"),
    ("verified_on", "vérification, la plus ancienne d’abord"),
    ("-updated_at", "modification, la plus récente d’abord"),
]


class ResourceFilter(ListFilter):
    """Search, filters and order of the coordination's list of sheets, all in the address of the page."""

    q = django_filters.CharFilter(label="Chercher", method="search", max_length=200)
    etat = django_filters.ChoiceFilter(
        label="État", field_name="state", choices=ResourceState.choices, empty_label="Tous"
    )
    nature = django_filters.ChoiceFilter(
        label="Nature", field_name="kind", choices=ResourceKind.choices, empty_label="Toutes"
    )
    theme = django_filters.ChoiceFilter(
        label="Thème", method="in_theme", choices=[(one.slug, one.label) for one in THEMES], empty_label="Tous"
    )
    visible = django_filters.ChoiceFilter(
        label="Visible par", field_name="visibility", choices=Visibility.choices, empty_label="Peu importe"
    )
    tri = django_filters.ChoiceFilter(label="Trier par", method="in_order", choices=ORDERS, empty_label=None)

    class Meta:
        model = Resource
        fields = []

    def search(self, queryset, name, value):
        """Every word is looked for as it stands in the sheet's normalised text."""
        for word in plain(value).split():
            queryset = queryset.filter(search_text__contains=word)
        return queryset

    def in_theme(self, queryset, name, value):
        return queryset.filter(needs__need__startswith=f"{value}--").distinct()

    def in_order(self, queryset, name, value):
        return queryset.order_by(value, "name", "pk")
