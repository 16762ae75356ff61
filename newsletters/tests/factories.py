"""Subscribers and newsletters for tests; each argument says only what differs from the ordinary one."""

import secrets
from datetime import timedelta
from itertools import count

from django.utils import timezone

from newsletters.enums import NewsletterState, SubscriberState
from newsletters.models import Block, Newsletter, Subscriber

# Several processes may make things in one database.
numbers = count(secrets.randbelow(10**9))


def make_subscriber(**fields):
    """Return somebody who confirmed, and reads everything."""
    now = timezone.now()
    defaults = {
        "email": f"lectrice{next(numbers)}@cafe.example",
        "state": SubscriberState.ACTIVE,
        "asked_at": now,
        "confirmed_at": None if fields.get("state") == SubscriberState.PENDING else now,
        "last_sign_on": timezone.localdate(),
        "accepted": "Je souhaite recevoir les lettres d’information.",
    }
    return Subscriber.objects.create(**defaults | fields)


def make_newsletter(*, blocks=(), **fields):
    """Return a draft; blocks: (kind, content) in their order."""
    number = next(numbers)
    newsletter = Newsletter.objects.create(
        **{"slug": f"lettre-{number}", "subject": f"Les séances du mois {number}"} | fields
    )
    Block.objects.bulk_create(
        Block(newsletter=newsletter, position=position, kind=kind, content=content)
        for position, (kind, content) in enumerate(blocks, start=1)
    )
    return newsletter


def make_sent(*, days_ago=1, **fields):
    """Return a newsletter that has left, as it was rendered."""
    left = timezone.now() - timedelta(days=days_ago)
    times = {"scheduled_for": left, "started_at": left, "finished_at": left}
    words = {"state": NewsletterState.SENT, "text": "Bonjour, voici les séances."}
    return make_newsletter(**times | words | fields)
