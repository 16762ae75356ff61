from django import forms

from listening_cell.models import CellSettings
from listening_cell.services.arrangements import FIELDS


class PublishForm(forms.Form):
    sure = forms.BooleanField(label="J’ai relu ces chiffres. Je sais qu’ils ne pourront être ni changés ni recomptés.")


class ArrangementsForm(forms.ModelForm):
    """How the cell receives. It never touches the key of the statistics, which the same row holds."""

    class Meta:
        model = CellSettings
        fields = FIELDS
        widgets = {"place": forms.Textarea(attrs={"rows": 3}), "phone_words": forms.Textarea(attrs={"rows": 3})}
        labels = {"notice_hours": "Délai avant un premier entretien, en heures"}
        help_texts = {
            "answer_days": "Le délai promis aux demandeurs, du lundi au vendredi. De 1 à 15.",
            "daily_cap": "Au-delà, on peut encore demander, sans choisir de créneau. Évite qu’une machine prenne tout.",
            "notice_hours": "Un créneau n’est plus proposé s’il commence plus tôt que cela. De 0 à 240.",
            "place": "Montré une fois le rendez-vous pris, jamais avant. Un lieu discret, et comment y entrer.",
            "phone_words": "Par exemple : qui appelle, depuis un numéro masqué ou non.",
        }
