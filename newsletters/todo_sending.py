"""What waits for the coordination about newsletters: one that was to leave and did not, one that was paused and
forgotten, a reminder that leaves tomorrow by itself.
"""

from django.urls import reverse

from cafe.templatetags.french import clock, day
from cafe.todo import Line
from newsletters.enums import NewsletterState
from newsletters.models import Newsletter
from newsletters.services.reminders import KEY

NBSP = "\u00a0"
ORDER = [NewsletterState.DRAFT, NewsletterState.PAUSED, NewsletterState.SCHEDULED]


def lines():
    """Say what was held when it was to leave, what is paused, then what leaves by itself and when. One statement."""
    held = Newsletter.objects.filter(state=NewsletterState.DRAFT, scheduled_for__isnull=False)
    paused = Newsletter.objects.filter(state=NewsletterState.PAUSED)
    reminders = Newsletter.objects.filter(state=NewsletterState.SCHEDULED, model_key=KEY)
    letters = (held | paused | reminders).only("subject", "state", "scheduled_for").order_by("scheduled_for", "pk")
    return [line_of(one) for one in sorted(letters, key=lambda one: ORDER.index(one.state))]


def line_of(newsletter):
    named = f"La lettre «{NBSP}{newsletter.subject}{NBSP}»"
    if newsletter.state == NewsletterState.PAUSED:
        return Line(f"{named} est suspendue.", reverse("letter_sending", args=[newsletter.pk]), "Reprendre ou arrêter")
    moment = f"{day(newsletter.scheduled_for)} à {clock(newsletter.scheduled_for)}"
    if newsletter.state == NewsletterState.SCHEDULED:
        sentence = f"Un rappel part {moment}{NBSP}: «{NBSP}{newsletter.subject}{NBSP}»."
        return Line(sentence, reverse("letter_reminders"), "Le voir")
    sentence = f"{named} devait partir {moment} et n’est pas partie{NBSP}: il y manque quelque chose."
    return Line(sentence, reverse("letter_edit", args=[newsletter.pk]), "La corriger")
