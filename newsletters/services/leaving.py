"""Leaving: at once, whole, and easily undone for an hour. Nothing that names the person stays."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from cafe.models import DeliveryState
from cafe.seal import seal, unseal
from newsletters.enums import SubscriberState
from newsletters.models import Departure, LetterDelivery, Newsletter, Subscriber
from newsletters.services.departures import email_hash
from newsletters.services.subscribing import sign_of_life

PURPOSE = "letters-left"
UNDO_SECONDS = 3600
NOWHERE = "@efface.invalid"
# What comes back when somebody thinks better of it.
KEPT = [
    *("email", "state", "first_name", "profession", "commune", "cpts_member", "newly_installed"),
    *("agenda", "prevention", "life", "frequency", "origin", "accepted", "asked_at", "confirmed_at", "bounce_score"),
]


@transaction.atomic
def leave(*, pk, newsletter_pk=None):
    """Delete a subscriber and stop what was on its way to her; return what undo() takes, or None where she had left.

    newsletter_pk: of the newsletter whose link was followed, if any. What is kept sealed is nowhere but in the page
    that answers.
    """
    subscriber = Subscriber.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if subscriber is None:
        return None
    memento = json.dumps({name: getattr(subscriber, name) for name in KEPT}, cls=DjangoJSONEncoder)
    newsletter = Newsletter.objects.filter(pk=newsletter_pk).first()
    departure = {"left_on": timezone.localdate(), "newsletter": newsletter, "reason": ""}
    Departure.objects.update_or_create(email_hash=email_hash(subscriber.email), defaults=departure)
    forget(subscriber)
    return seal(PURPOSE, memento)


def forget(subscriber):
    """Delete a locked subscriber: what waited for her does not leave, what left no longer says to whom."""
    deliveries = LetterDelivery.objects.filter(subscriber=subscriber)
    stopped = {"state": DeliveryState.FAILED, "last_error": LetterDelivery.LEFT, "finished_at": timezone.now()}
    deliveries.filter(state=DeliveryState.PENDING).update(**stopped)
    wipe_addresses(deliveries)
    subscriber.delete()


def wipe_addresses(deliveries):
    """Take the address out of finished deliveries; each keeps one that nobody has, since a newsletter's all differ."""
    nobody = Concat(Value("envoi-"), Cast(F("pk"), CharField()), Value(NOWHERE))
    return deliveries.finished().exclude(to__endswith=NOWHERE).update(to=nobody)


def opened(sealed):
    """Return {field: value} of the person who left within the hour, or None."""
    text = unseal(PURPOSE, sealed, max_age=UNDO_SECONDS)
    return json.loads(text) if text else None


def say_why(*, sealed, reason):
    """Keep why somebody left, without a name. Return whether there was still somebody to say it of."""
    memento = opened(sealed)
    if memento is None:
        return False
    return bool(Departure.objects.filter(pk=email_hash(memento["email"])).update(reason=reason))


@transaction.atomic
def undo(*, sealed):
    """Take back a departure of less than an hour ago, choices and proof of consent included.

    Return the Subscriber, who may have come back by herself meanwhile; None where it is too late.
    """
    memento = opened(sealed)
    if memento is None:
        return None
    values = memento | sign_of_life()
    # She may have subscribed again: her row stays, and takes the old proof where it still awaits one.
    Subscriber.objects.bulk_create([Subscriber(**values)], ignore_conflicts=True)
    mine = Subscriber.objects.filter(email=memento["email"])
    mine.filter(state=SubscriberState.PENDING).update(**values)
    Departure.objects.filter(pk=email_hash(memento["email"])).delete()
    return mine.get()
