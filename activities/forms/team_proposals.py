"""The working group's forms on the page of a proposal, and the filters of the list."""

import django_filters
from django import forms
from django.utils import timezone

from activities.enums import ActivityKind, ProposalState
from activities.models import Proposal, Vote
from cafe.forms import OneLineField
from cafe.lists import ListFilter, WordsFilter
from cafe.templatetags.french import clock, day

WAITING, MINE = "a-examiner", "mon-avis"
STATES = [(WAITING, "En cours d’examen"), (MINE, "Mon avis manque"), *ProposalState.choices]
REFUSAL = """Bonjour {name},

Merci d’avoir pensé à nous et d’avoir pris le temps de présenter votre pratique.

Après en avoir parlé ensemble, nous ne retenons pas cette proposition pour le programme. Ce choix ne juge ni votre \
travail, ni vous : nous n’organisons qu’une activité par mois.

Nous vous souhaitons une belle suite."""


class ProposalFilter(ListFilter):
    q = WordsFilter("practice", "name", "title", label="Chercher")
    etat = django_filters.ChoiceFilter(label="État", method="in_state", choices=STATES, empty_label="Toutes")

    class Meta:
        model = Proposal
        fields = []

    def in_state(self, queryset, name, value):
        if value in ProposalState.values:
            return queryset.filter(state=value)
        queryset = queryset.filter(state__in=ProposalState.open)
        mine = Vote.objects.filter(user=self.request.user).values("proposal")
        return queryset.exclude(pk__in=mine) if value == MINE else queryset


class TeamForm(forms.Form):
    """Every form of the page is made for one proposal."""

    def __init__(self, *args, proposal, **kwargs):
        self.proposal = proposal
        super().__init__(*args, auto_id=f"id_{self.prefix_of_ids}_%s", **kwargs)


class AskForm(TeamForm):
    prefix_of_ids = "ask"
    text = forms.CharField(
        label="Votre question",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Elle part par courriel à l’intervenant, qui répond par un lien.",
    )


class VoteForm(TeamForm):
    prefix_of_ids = "vote"
    favourable = forms.TypedChoiceField(
        label="Votre avis",
        choices=[("True", "Favorable"), ("False", "Défavorable")],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un avis."},
    )
    comment = forms.CharField(
        label="Pourquoi", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class NoteForm(TeamForm):
    prefix_of_ids = "note"
    text = forms.CharField(
        label="Votre mot au groupe de travail",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L’intervenant ne le voit pas.",
    )


class ConcludeForm(TeamForm):
    prefix_of_ids = "conclude"
    text = forms.CharField(label="Ce que le groupe conclut", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class RefuseForm(TeamForm):
    prefix_of_ids = "refuse"
    text = forms.CharField(
        label="Le courriel à l’intervenant", max_length=2000, widget=forms.Textarea(attrs={"rows": 10})
    )

    def __init__(self, *args, proposal, **kwargs):
        super().__init__(*args, proposal=proposal, **kwargs)
        self.initial.setdefault("text", REFUSAL.format(name=proposal.name))


class DatesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, one):
        return f"{day(one.starts_at)} à {clock(one.starts_at)}"


class AcceptForm(TeamForm):
    """What becomes of the proposal; everything stays a draft that the coordination completes and publishes."""

    prefix_of_ids = "accept"
    dates = DatesField(
        label="Dates retenues",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins une date."},
    )
    title = OneLineField(
        label="Titre de l’activité",
        max_length=120,
        help_text="Si une activité porte déjà ce titre, les séances s’y ajoutent.",
    )
    kind = forms.ChoiceField(label="Nature", choices=ActivityKind.choices)
    place_name = OneLineField(
        label="Nom du lieu", max_length=120, required=False, help_text="Vide : la coordination le choisira."
    )
    place_address = OneLineField(label="Adresse du lieu", max_length=200, required=False)
    place_commune = OneLineField(label="Commune", max_length=80, required=False)
    text = forms.CharField(
        label="Un mot pour l’intervenant", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, proposal, **kwargs):
        super().__init__(*args, proposal=proposal, **kwargs)
        field = self.fields["dates"]
        field.queryset = proposal.dates.filter(starts_at__gt=timezone.now())
        name, _, address = ("" if proposal.place_needed else proposal.place).partition(",")
        guessed = {"title": proposal.practice, "place_name": name[:120], "place_address": address.strip()[:200]}
        self.initial = guessed | self.initial

    def details(self):
        cleaned = self.cleaned_data
        place = {name: cleaned[f"place_{name}"] for name in ("name", "address", "commune")}
        return {"place": place} | {name: cleaned[name] for name in ("dates", "title", "kind", "text")}
