from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction

from cafe.logos import cleaned_logo
from cafe.models import Portal
from cafe.text import normalise_email, without_controls

LOGO_HELP = "PNG ou JPEG, 1 Mo au plus."


class OneLineField(forms.CharField):
    """A name, a commune, a number: control and direction-changing characters are dropped on the way in."""

    def to_python(self, value):
        text = super().to_python(value)
        return text if "\x00" in text else without_controls(text)


class TableField(forms.FileField):
    """A spreadsheet to import. help_text says its kinds, and how large it may be."""

    def __init__(self, *, help_text):
        super().__init__(
            label="Fichier",
            help_text=help_text,
            widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
            error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
        )


class HoneypotMixin(forms.Form):
    """A field that people never see. Filled, a machine wrote: the view answers as usual and keeps nothing."""

    fax_reference = forms.CharField(required=False, label="Laissez ce champ vide", max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fax_reference"].widget.attrs.update({"autocomplete": "off", "tabindex": "-1"})

    @property
    def is_machine(self):
        return bool(self.data.get("fax_reference"))


class IdentityForm(forms.ModelForm):
    """What the coordination may say of the portal: everything but the confidential contact, never read nor written."""

    remove_logo = forms.BooleanField(label="Retirer le logo du programme", required=False)
    remove_cpts_logo = forms.BooleanField(label="Retirer le logo de la CPTS", required=False)

    class Meta:
        model = Portal
        fields = [
            "name", "cpts", "logo", "cpts_logo", "contact_email", "contact_phone",
            "address", "publisher", "host_provider", "communes", "school_zone",
        ]  # fmt: skip
        widgets = {
            "logo": forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
            "cpts_logo": forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
            "address": forms.Textarea(attrs={"rows": 3}),
            "host_provider": forms.Textarea(attrs={"rows": 3}),
            "communes": forms.Textarea(attrs={"rows": 8}),
        }
        help_texts = {
            "logo": LOGO_HELP,
            "cpts_logo": LOGO_HELP,
            "contact_email": "Affichée sur la page de contact ; les réponses aux courriels du portail y arrivent.",
            "address": "Siège de l’association, pour les mentions légales.",
            "publisher": "Nom et qualité, pour les mentions légales. Souvent la présidence de la CPTS.",
            "host_provider": "Nom, adresse et téléphone de qui héberge le portail, pour les mentions légales.",
            "school_zone": "Les vacances de cette zone sont signalées quand vous choisissez la date d’une séance.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.logos_before = {field: getattr(self.instance, field).name for field in ("logo", "cpts_logo")}
        for field, name in self.logos_before.items():
            if not name:
                del self.fields[f"remove_{field}"]
        self.helper = FormHelper()
        self.helper.layout = self.layout()
        self.helper.add_input(Submit("save", "Enregistrer"))

    def layout(self):
        logos = [name for name in ("logo", "remove_logo", "cpts_logo", "remove_cpts_logo") if name in self.fields]
        return Layout(
            Fieldset("Noms et logos", "name", "cpts", *logos),
            Fieldset("Contact général", "contact_email", "contact_phone"),
            Fieldset("Mentions légales", "address", "publisher", "host_provider"),
            Fieldset("Territoire", "communes", "school_zone"),
        )

    def clean_name(self):
        return without_controls(self.cleaned_data["name"])

    def clean_cpts(self):
        return without_controls(self.cleaned_data["cpts"])

    def clean_logo(self):
        return self.chosen_logo("logo")

    def clean_cpts_logo(self):
        return self.chosen_logo("cpts_logo")

    def chosen_logo(self, field):
        upload = self.cleaned_data[field]
        return cleaned_logo(upload) if field in self.files else upload

    def clean(self):
        """Removing a logo and sending another at once keeps the new one."""
        cleaned = super().clean()
        for field in self.logos_before:
            if cleaned.get(f"remove_{field}") and field not in self.files:
                cleaned[field] = False
        return cleaned

    @transaction.atomic
    def save(self, commit=True):
        """Write these fields alone: a whole save would write back the confidential contact as it was read."""
        Portal.objects.get_or_create(pk=1)
        self.instance.save(update_fields=self.Meta.fields)
        for field, name in self.logos_before.items():
            if name and name != getattr(self.instance, field).name:
                transaction.on_commit(lambda name=name: default_storage.delete(name))
        return self.instance


class ConfidentialContactForm(forms.Form):
    confidential_contact = forms.CharField(
        label="Contact confidentiel",
        max_length=200,
        required=False,
        help_text="Une adresse e-mail ou un numéro que seuls les pairs écoutants lisent. "
        "Vide, la page de contact dit comment faire en attendant.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Enregistrer"))

    def clean_confidential_contact(self):
        contact = without_controls(self.cleaned_data["confidential_contact"])
        if contact and normalise_email(contact) == normalise_email(Portal.load().contact_email):
            raise ValidationError("C’est l’adresse du contact général, que la coordination lit. Donnez-en une autre.")
        return contact

    def save(self):
        contact = self.cleaned_data["confidential_contact"]
        Portal.objects.update_or_create(pk=1, defaults={"confidential_contact": contact})
