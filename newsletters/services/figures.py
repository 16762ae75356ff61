"""What is known of a newsletter once it has left, without looking at anybody: no pixel, no link that counts.

Its deliveries, with their addresses, are deleted after 90 days; the counts stay.
"""

from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from activities.models import Registration
from cafe.models import DeliveryState
from newsletters.enums import NewsletterState, SubscriberState
from newsletters.models import Departure, LetterDelivery, Newsletter, Subscriber

State = DeliveryState
KEEP_DELIVERIES = timedelta(days=90)
AFTER = timedelta(days=7)
NOT_TRIED = (LetterDelivery.LEFT, LetterDelivery.STOPPED)
COUNTED = {
    "total": Q(),
    "waiting": Q(state=State.PENDING),
    "leaving": Q(state=State.CLAIMED),
    "sent": Q(state=State.SENT),
    "refused": Q(state=State.FAILED) & ~Q(last_error__in=NOT_TRIED),
    "unknown": Q(state=State.UNKNOWN),
    "left": Q(state=State.FAILED, last_error=LetterDelivery.LEFT),
    "stopped": Q(state=State.FAILED, last_error=LetterDelivery.STOPPED),
}


def counts_of(newsletter):
    """Return {name: how many deliveries} and "done", the share that waits no more, in percent; in one statement.

    left: who had gone, or was suspended, before it was her turn; stopped: not sent since the sending was stopped.
    """
    counts = newsletter.counts or newsletter.deliveries.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in COUNTED.items()}
    )
    ahead = counts["waiting"] + counts["leaving"]
    total = counts["total"]
    return counts | {"done": 100 * (total - ahead) // total if total else 100}


def effects_of(newsletter):
    """Return {"departures", "bounces", "complaints", "registrations"} of a newsletter that has left.

    registrations: to any session, in the seven days after it began; by time alone, whoever registered.
    """
    bounces = newsletter.bounces.aggregate(
        bounces=Count("pk", filter=~Q(kind="complaint")), complaints=Count("pk", filter=Q(kind="complaint"))
    )
    began = newsletter.started_at
    return bounces | {
        "departures": newsletter.departures.count(),
        "registrations": Registration.objects.filter(created_at__range=(began, began + AFTER)).count(),
    }


def totals_between(start, end):
    """Return the counts of the newsletters that began to leave from one moment until another, not included.

    {"letters", "sent", "refused", "unknown", "departures"} of those days, whatever led to a departure; "active" and
    "suspended": subscribers as they are now. Four statements, however many newsletters.
    """
    letters = Newsletter.objects.filter(
        state__in=NewsletterState.archived, started_at__gte=start, started_at__lt=end
    ).order_by()
    kept = list(letters.values_list("counts", flat=True))
    names = ("sent", "refused", "unknown")
    # Whose counts are kept has no delivery left.
    live = LetterDelivery.objects.filter(newsletter__in=letters.filter(counts={})).aggregate(
        **{name: Count("pk", filter=COUNTED[name]) for name in names}
    )
    first, after = (timezone.localtime(moment).date() for moment in (start, end))
    subscribers = Subscriber.objects.aggregate(
        active=Count("pk", filter=Q(state=SubscriberState.ACTIVE)),
        suspended=Count("pk", filter=Q(state=SubscriberState.SUSPENDED)),
    )
    return {
        "letters": len(kept),
        **{name: live[name] + sum(counts.get(name, 0) for counts in kept) for name in names},
        "departures": Departure.objects.filter(left_on__gte=first, left_on__lt=after).count(),
        **subscribers,
    }


def purge(now, dry_run):
    """Delete the deliveries of a newsletter that ended 90 days ago, and keep its counts; say so in French."""
    ended = Newsletter.objects.filter(
        state__in=[NewsletterState.SENT, NewsletterState.STOPPED], finished_at__lt=now - KEEP_DELIVERIES
    )
    old = list(ended.filter(counts={}))
    if not dry_run:
        for newsletter in old:
            counts = counts_of(newsletter)
            counts.pop("done")
            newsletter.counts = counts
            newsletter.save(update_fields=["counts"])
            newsletter.deliveries.all().delete()
    return [f"Lettres dont les envois sont effacés après 90 jours, leurs comptes gardés : {len(old)}."]
