"""What waits for the coordination: a newsletter that was to leave and did not, one that was paused and forgotten."""

from django.urls import reverse

from cafe.templatetags.french import clock, day
from cafe.todo import Line
from newsletters.enums import NewsletterState
from newsletters.models import Newsletter

NBSP = "\u00a0"


def lines():
    """Say what was held when it was to leave, then what is paused. One statement."""
    held = Newsletter.objects.filter(state=NewsletterState.DRAFT, scheduled_for__isnull=False)
    paused = Newsletter.objects.filter(state=NewsletterState.PAUSED)
    letters = (held | paused).only("subject", "state", "scheduled_for").order_by("state", "pk")
    return [line_of(one) for one in letters]


def line_of(newsletter):
    named = f"La lettre «{NBSP}{newsletter.subject}{NBSP}»"
    if newsletter.state == NewsletterState.PAUSED:
        return Line(f"{named} est suspendue.", reverse("letter_sending", args=[newsletter.pk]), "Reprendre ou arrêter")
    moment = f"{day(newsletter.scheduled_for)} à {clock(newsletter.scheduled_for)}"
    sentence = f"{named} devait partir {moment} et n’est pas partie{NBSP}: il y manque quelque chose."
    return Line(sentence, reverse("letter_edit", args=[newsletter.pk]), "La corriger")
