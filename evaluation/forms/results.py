"""What the results are filtered by, whole seasons and whole sessions alone, and the conclusion drawn from them."""

from django import forms
from django.utils import timezone

from activities.seasons import Season
from cafe.templatetags.french import short_day
from evaluation.models import Survey
from evaluation.services.results import TOTAL, season_place, session_place


class ScopeForm(forms.Form):
    """Which part of a questionnaire to look at. A session, where one is chosen, says its season by itself."""

    saison = forms.ChoiceField(label="Saison", required=False, widget=forms.Select(attrs={"class": "form-select"}))
    seance = forms.ChoiceField(label="Séance", required=False, widget=forms.Select(attrs={"class": "form-select"}))

    def __init__(self, data, results):
        super().__init__(data)
        self.results = results
        self.fields["saison"].choices = season_choices(results.seasons)
        sessions = [(str(pk), session_label(results.sessions[pk])) for pk in reversed(results.listed)]
        self.fields["seance"].choices = [("", "Toutes"), *sessions]

    @property
    def place(self):
        """The place that is chosen; read it once the form is valid."""
        chosen = self.cleaned_data
        if chosen["seance"]:
            return session_place(int(chosen["seance"]))
        return season_place(Season(int(chosen["saison"]))) if chosen["saison"] else TOTAL

    @property
    def title(self):
        """What is looked at, in words; empty for everything."""
        chosen = self.cleaned_data
        if chosen["seance"]:
            return session_label(self.results.sessions[int(chosen["seance"])])
        return f"Saison {Season(int(chosen['saison'])).label}" if chosen["saison"] else ""


class SeasonForm(forms.Form):
    saison = forms.ChoiceField(label="Saison", required=False, widget=forms.Select(attrs={"class": "form-select"}))

    def __init__(self, data, seasons):
        super().__init__(data)
        self.fields["saison"].choices = season_choices(seasons)


class ConclusionForm(forms.ModelForm):
    class Meta:
        model = Survey
        fields = ["conclusion"]
        widgets = {"conclusion": forms.Textarea(attrs={"rows": 8})}
        labels = {"conclusion": "Ce que nous en retenons"}
        help_texts = {"conclusion": "Quelques phrases, qui ouvriront le rapport."}


def season_choices(seasons):
    return [("", "Toutes"), *((season.slug, season.label) for season in seasons)]


def session_label(session):
    return f"{session.activity.title}, {short_day(timezone.localtime(session.starts_at))}"
