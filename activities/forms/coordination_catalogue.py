from django import forms

from activities.models import Activity, Facilitator, Place


class ActivityForm(forms.ModelForm):
    class Meta:
        model = Activity
        fields = ["title", "kind", "summary", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 6})}


class PlaceForm(forms.ModelForm):
    class Meta:
        model = Place
        fields = ["name", "address", "commune", "private", "wheelchair", "parking", "transport"]
        widgets = {"wheelchair": forms.NullBooleanSelect()}


class FacilitatorForm(forms.ModelForm):
    class Meta:
        model = Facilitator
        fields = ["name", "title", "presentation", "email", "phone"]
        widgets = {"presentation": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "email": "Pour l’équipe : ni l’adresse ni le téléphone ne paraissent sur le portail.",
            "presentation": "Paraît sur la page de la séance.",
        }
