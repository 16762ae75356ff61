"""What waits for the coordination about reminders: the one that leaves tomorrow by itself."""

from django.urls import reverse

from cafe.templatetags.french import clock, day
from cafe.todo import Line
from newsletters.enums import NewsletterState
from newsletters.models import Newsletter
from newsletters.services.reminders import KEY


def lines():
    """Say what leaves and when, so that it can still be read or held back. One statement."""
    letters = Newsletter.objects.filter(model_key=KEY, state=NewsletterState.SCHEDULED).only("subject", "scheduled_for")
    return [
        Line(
            f"Un rappel part {day(one.scheduled_for)} à {clock(one.scheduled_for)}\u00a0: «\u00a0{one.subject}\u00a0».",
            reverse("letter_reminders"),
            "Le voir",
        )
        for one in letters.order_by("scheduled_for")
    ]
