"""How the portal's mails fare, in numbers only: the coordination never sees to whom, nor about what."""

from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from cafe.models import DeliveryState, Outgoing
from cafe.todo import Line

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


def lines():
    """Say how many mails of the week were refused, or may not have arrived."""
    week = {row["state"]: row["week"] for row in mail_counts()}
    url = reverse("coordination_mails")
    refused, unknown = week[DeliveryState.FAILED], week[DeliveryState.UNKNOWN]
    found = []
    if refused:
        found.append(Line(f"Courriels refusés depuis une semaine : {refused}.", url, "Que faire"))
    if unknown:
        found.append(Line(f"Courriels peut-être non arrivés depuis une semaine : {unknown}.", url, "Que faire"))
    return found
