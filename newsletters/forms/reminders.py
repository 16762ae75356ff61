from django import forms

from newsletters.models import LetterSettings

BOUNDS = "Choisissez entre 2 et 30 jours."


class RemindersForm(forms.ModelForm):
    class Meta:
        model = LetterSettings
        fields = ["remind", "remind_days"]
        labels = {
            "remind": "Rappeler les séances où il reste des places",
            "remind_days": "Combien de jours avant la séance",
        }
        help_texts = {"remind_days": "Entre 2 et 30. Chaque séance n’est rappelée qu’une fois."}
        error_messages = {"remind_days": dict.fromkeys(["required", "invalid", "min_value", "max_value"], BOUNDS)}
