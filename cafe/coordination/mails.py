"""How the portal's mails fare, in numbers only: the coordination never sees to whom, nor about what."""

from datetime import timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from cafe.models import DeliveryState, Outgoing
from cafe.todo import Line

SLOW = timedelta(minutes=15)
PERIODS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


def mail_counts(*, now=None):
    """Return for each state its label and how many mails of the last day, week and month are in it. One statement."""
    now = now or timezone.now()
    counts = {name: Count("pk", filter=Q(created_at__gt=now - span)) for name, span in PERIODS.items()}
    found = {row["state"]: row for row in Outgoing.objects.order_by().values("state").annotate(**counts)}
    empty = dict.fromkeys(PERIODS, 0)
    return [
        {"label": state.label, "state": state.value} | {name: found.get(state, empty)[name] for name in PERIODS}
        for state in DeliveryState
    ]


def week_counts(now):
    """Return how many mails of the week were refused, how many may not have arrived, and when the oldest due was due.

    One statement, that reads none of the mails that have left.
    """
    lately = Q(created_at__gt=now - PERIODS["week"])
    due = Q(state=DeliveryState.PENDING, not_before__lte=now)
    waiting = [DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.PENDING]
    return Outgoing.objects.filter(state__in=waiting).aggregate(
        refused=Count("pk", filter=lately & Q(state=DeliveryState.FAILED)),
        unknown=Count("pk", filter=lately & Q(state=DeliveryState.UNKNOWN)),
        oldest=Min("not_before", filter=due),
    )


def lines():
    """Say how many mails of the week were refused, or may not have arrived, and that mails are late."""
    now, url, found = timezone.now(), reverse("coordination_mails"), []
    week = week_counts(now)
    if week["refused"]:
        found.append(Line(f"Courriels refusés depuis une semaine : {week['refused']}.", url, "Que faire"))
    if week["unknown"]:
        sentence = f"Courriels peut-être non arrivés depuis une semaine : {week['unknown']}."
        found.append(Line(sentence, url, "Que faire"))
    late = now - (week["oldest"] or now)
    if late >= SLOW:
        sentence = f"Des courriels attendent de partir depuis {waited(late.total_seconds())}."
        found.append(Line(sentence, url, "Que faire"))
    return found


def waited(seconds):
    """Return « 3 jours », « 2 heures », « 5 minutes » or « moins d’une minute », rounded down."""
    for size, one in ((86400, "jour"), (3600, "heure"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {one}{'s' if count > 1 else ''}"
    return "moins d’une minute"
