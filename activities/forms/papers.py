from crispy_forms.helper import FormHelper
from django import forms

from activities.services.posters import PAPERS, seasons_to_come


class PosterForm(forms.Form):
    paper = forms.ChoiceField(
        label="Format",
        choices=[(name, paper.label) for name, paper in PAPERS.items()],
        initial="affiche-a4",
        help_text="Un dépliant s’imprime recto verso, en retournant la feuille sur le bord court.",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class SeasonPosterForm(PosterForm):
    season = forms.TypedChoiceField(label="Saison", coerce=int)
    field_order = ["season", "paper"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["season"].choices = [(season.slug, season.label) for season in seasons_to_come()]


class CertificateCheckForm(forms.Form):
    code = forms.CharField(
        label="Code de l’attestation",
        max_length=40,
        help_text="Douze lettres et chiffres, au bas de l’attestation. Les espaces ne comptent pas.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
