from django import forms

from activities.enums import NoticeKind
from activities.models import FacilitatorNotice


class FacilitatorNoticeForm(forms.ModelForm):
    kind = forms.ChoiceField(
        label="Que vous faut-il faire ?",
        choices=[(NoticeKind.CANCEL, "Annuler la séance"), (NoticeKind.POSTPONE, "La reporter à une autre date")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez : annuler, ou reporter."},
    )

    class Meta:
        model = FacilitatorNotice
        fields = ["kind", "message", "dates"]
        labels = {"message": "Un mot à la coordination", "dates": "D’autres dates qui vous iraient"}
        help_texts = {"dates": "Par exemple : mardi 12 ou jeudi 14, à la même heure."}
        widgets = {"message": forms.Textarea(attrs={"rows": 4}), "dates": forms.Textarea(attrs={"rows": 3})}
