from django import forms

from cafe.text import without_controls
from resources.models import Commune, Synonyms
from resources.services.words import plain


class SynonymsForm(forms.ModelForm):
    class Meta:
        model = Synonyms
        fields = ["words"]
        widgets = {"words": forms.Textarea(attrs={"rows": 12})}
        help_texts = {
            "words": "Un mot ou une expression par ligne. Qui tape l’un trouve les fiches qui contiennent les autres. "
            "Commencez par « ? » ce que les gens disent mais que les fiches n’ont pas à contenir : « ? je craque »."
        }


class CommuneForm(forms.ModelForm):
    class Meta:
        model = Commune
        fields = ["name", "latitude", "longitude"]
        localized_fields = ["latitude", "longitude"]
        help_texts = {"latitude": "En degrés, par exemple 49,494.", "longitude": "En degrés, par exemple 0,107."}

    def clean_name(self):
        name = without_controls(self.cleaned_data["name"])
        others = Commune.objects.exclude(pk=self.instance.pk)
        if not plain(name) or others.filter(key=plain(name)).exists():
            raise forms.ValidationError("Cette commune est déjà dans la liste." if plain(name) else "Donnez un nom.")
        return name
