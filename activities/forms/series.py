from datetime import date

from django import forms
from django.utils import timezone

from activities.services.recurrence import LONGEST, SHORTEST, Rhythm, in_words
from cafe.templatetags.french import NBSP

APART, CYCLE = "separees", "cycle"
THIS_ONE, THIS_AND_FOLLOWING = "seule", "suivantes"
YEARS = range(2000, 2100)


class RepeatForm(forms.Form):
    """How a session comes back; in the address of the page, so that its preview can be looked at again."""

    forme = forms.ChoiceField(
        label="Comment s’y inscrit-on ?",
        choices=[
            (APART, "À chaque séance, séparément"),
            (CYCLE, "Une seule fois, pour tout le cycle"),
        ],
        widget=forms.RadioSelect,
        initial=APART,
    )
    rythme = forms.ChoiceField(label="Rythme")
    nombre = forms.IntegerField(
        label="Nombre de dates en tout",
        min_value=SHORTEST,
        max_value=LONGEST,
        initial=10,
        help_text=f"Celle-ci comprise{NBSP}: de {SHORTEST} à {LONGEST}.",
    )

    def __init__(self, *args, session, **kwargs):
        super().__init__(*args, **kwargs)
        weekday = timezone.localtime(session.starts_at).weekday()
        self.fields["rythme"].choices = [(one.value, in_words(one, weekday).capitalize()) for one in Rhythm]
        if session.followers.exists():
            self.fields["forme"].choices = [(CYCLE, "Une seule fois, pour tout le cycle")]
            self.fields["forme"].initial = CYCLE

    @property
    def as_cycle(self):
        return self.cleaned_data["forme"] == CYCLE

    @property
    def rhythm(self):
        return Rhythm(self.cleaned_data["rythme"])


def read_days(texts):
    """Return the dates among what was ticked or typed, each once, in order; the rest is left out."""
    days = set()
    for text in texts[:LONGEST]:
        try:
            days.add(date.fromisoformat(text))
        except ValueError:
            continue
    return sorted(day for day in days if day.year in YEARS)


def scope_field(others):
    """Return the question « cette séance, ou celle-ci et les suivantes ? », where there are others."""
    many = f"Celle-ci et les {others} suivantes" if others > 1 else "Celle-ci et la suivante"
    return forms.ChoiceField(
        label="Ce qui change vaut pour",
        choices=[(THIS_ONE, "Cette séance seule"), (THIS_AND_FOLLOWING, many)],
        widget=forms.RadioSelect,
        initial=THIS_ONE,
        required=False,
        help_text="Une date déplacée déplace les suivantes d’autant de jours. "
        "Les référents et les places supplémentaires ne changent que pour cette séance.",
    )
