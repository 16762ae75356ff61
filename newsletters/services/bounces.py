"""Addresses that are refused: a score as Mailman's (https://docs.mailman3.org, bounce processing), and its end.

A refusal for good counts 1.0, a passing one 0.5, once a day at most. At 5.0 the address is suspended: it receives
nothing until the person subscribes again. A complaint is a departure, at once.

Mailman forgets a score after 7 days without refusal; its lists write every day. Ours may write once a month, so that
here it is forgotten when a letter of more than 7 days ago, sent after the last refusal, was not refused.
"""

import hashlib
import hmac
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from cafe.models import DeliveryState
from newsletters.enums import BounceKind, SubscriberState
from newsletters.models import Bounce, LetterDelivery, Subscriber
from newsletters.services.leaving import leave
from newsletters.services.press import message_id
from newsletters.services.reports import OUR_ID, kind_of

WEIGHTS = {BounceKind.HARD: Decimal("1.0"), BounceKind.SOFT: Decimal("0.5")}
SUSPENDED_AT = Decimal("5.0")
FORGOTTEN_AFTER = timedelta(days=7)
LATE = timedelta(days=14)  # how long after a letter a report without our Message-ID is believed
LOOK_BACK = timedelta(days=2)
FEW = 10
UNTRIED = (DeliveryState.PENDING, DeliveryState.CLAIMED)


@transaction.atomic
def record(report):
    """Write what a report says, once; return whether it was about one of our letters, and new."""
    delivery, proved = delivery_of(report)
    if delivery is None or (report.kind == BounceKind.COMPLAINT and not proved):
        return False
    return write(report.key, delivery, report.kind, report.status)


def delivery_of(report):
    """Return (the delivery that a report is about, whether our own Message-ID proves it), or (None, False).

    Without it the address must have been sent a letter lately: a forged report can cost it a point a day, no more.
    """
    if report.delivery_pk:
        row = LetterDelivery.objects.filter(pk=report.delivery_pk).first()
        proved = row and hmac.compare_digest(OUR_ID.match(message_id(row))[2], report.proof)
        return (row, True) if proved else (None, False)
    lately = Q(finished_at__gte=timezone.now() - LATE, state__in=[DeliveryState.SENT, DeliveryState.UNKNOWN])
    rows = LetterDelivery.objects.filter(lately, subscriber__email=report.recipient) if report.recipient else None
    return (rows.order_by("-finished_at").first() if rows is not None else None), False


def write(key, delivery, kind, status):
    """Write a bounce and what follows from it; False where it was written before."""
    leaves = kind == BounceKind.COMPLAINT
    known = {"kind": kind, "status": status[:12], "on": timezone.localdate(), "newsletter_id": delivery.newsletter_id}
    # What names a subscriber goes with her: a complaint is still counted.
    known["subscriber_id"] = None if leaves else delivery.subscriber_id
    _, new = Bounce.objects.get_or_create(message_key=key, defaults=known)
    if not new:
        return False
    subscriber = Subscriber.objects.select_for_update(of=("self",)).filter(pk=delivery.subscriber_id).first()
    if subscriber and leaves:
        leave(pk=subscriber.pk, newsletter_pk=delivery.newsletter_id)
    elif subscriber:
        count(subscriber, kind, delivery)
    return True


def count(subscriber, kind, delivery):
    """Add a refusal to a locked subscriber's score, one a day at most; suspend where it is full."""
    today = timezone.localdate()
    if subscriber.bounced_on == today:
        return
    if is_forgotten(subscriber, delivery):
        subscriber.bounce_score = 0
    subscriber.bounce_score += WEIGHTS[kind]
    subscriber.bounced_on = today
    if subscriber.bounce_score >= SUSPENDED_AT and subscriber.state == SubscriberState.ACTIVE:
        subscriber.state = SubscriberState.SUSPENDED
    subscriber.save(update_fields=["bounce_score", "bounced_on", "state"])


def is_forgotten(subscriber, delivery):
    """Tell whether a letter, sent after the last refusal and more than 7 days ago, was taken."""
    if subscriber.bounced_on is None:
        return True
    taken = LetterDelivery.objects.filter(subscriber=subscriber, state=DeliveryState.SENT).exclude(pk=delivery.pk)
    refused = Bounce.objects.filter(subscriber=subscriber).values("newsletter")
    taken = taken.exclude(newsletter__in=refused)
    return taken.filter(
        finished_at__date__gt=subscriber.bounced_on, finished_at__lt=timezone.now() - FORGOTTEN_AFTER
    ).exists()


# --- Refused by our own server, while sending -----------------------------------------------------


def record_refused():
    """Count what the mail server refused for good in the last days, each delivery once; return how many."""
    refused = LetterDelivery.objects.filter(
        state=DeliveryState.FAILED, last_error__startswith="5", finished_at__gte=timezone.now() - LOOK_BACK
    )
    rows = {key_of(row): row for row in refused.exclude(subscriber=None).order_by("pk")}
    keys = [*rows]
    known = set()
    for start in range(0, len(keys), 500):
        known |= set(Bounce.objects.filter(pk__in=keys[start : start + 500]).values_list("pk", flat=True))
    ours = {pk for pk in {row.newsletter_id for row in rows.values()} if is_refused_as_a_whole(pk)}
    new = [(key, row) for key, row in rows.items() if key not in known and row.newsletter_id not in ours]
    return sum(refused_once(key, row) for key, row in new)


def is_refused_as_a_whole(newsletter):
    """Tell whether more than a quarter of a newsletter was refused: it is us whom the server refuses, not addresses."""
    counts = LetterDelivery.objects.filter(newsletter=newsletter).aggregate(
        refused=Count("pk", filter=Q(last_error__startswith="5")), tried=Count("pk", filter=~Q(state__in=UNTRIED))
    )
    return counts["refused"] >= FEW and counts["refused"] * 4 > counts["tried"]


@transaction.atomic
def refused_once(key, row):
    """« 550 5.1.1 »: the enhanced status says whether the address is at fault; alone, 55x does."""
    code, _, status = row.last_error.partition(" ")
    kind = kind_of(status or f"{code[0]}.0.0")
    return write(key, row, kind, status or code)


def key_of(row):
    return hashlib.sha256(f"delivery-{row.pk}".encode()).hexdigest()
