"""The waiting list: a freed place is offered at once to the first in line, with a deadline."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from activities.enums import CancelReason, SessionState
from activities.models import Registration, Session
from activities.notifications import registrations as notifications
from activities.services.locking import lock_session

State = Registration.State
SHORTEST_OFFER = timedelta(hours=1)


def offer_deadline(*, now, starts_at, longest=None):
    """Return when an offer made now ends.

    OFFER_HOURS (48 h), but no more than a third of the time left before the session, so that it can be passed on
    twice; one hour at least, and never after the session starts.
    """
    longest = longest or timedelta(hours=settings.OFFER_HOURS)
    share = max((starts_at - now) / 3, SHORTEST_OFFER)
    return min(now + min(longest, share), starts_at)


def offer_places(*, session, now=None):
    """Offer each free place of a locked session to the first in line; return the registrations offered one.

    Nothing is offered once the session has begun or is not published. The caller holds the session's lock.
    """
    now = now or timezone.now()
    if session.state != SessionState.PUBLISHED or session.starts_at <= now:
        return []
    free = session.places - session.registrations.occupying().count()
    chosen = list(session.registrations.waiting()[: max(0, free)])
    for registration in chosen:
        registration.state = State.OFFERED
        registration.offer_ends_at = offer_deadline(now=now, starts_at=session.starts_at)
        registration.save(update_fields=["state", "offer_ends_at"])
        notifications.offered(registration, session)
    return chosen


def end_offer(registration, *, reason, now):
    registration.state = State.CANCELLED
    registration.cancel_reason = reason
    registration.cancelled_at = now
    registration.save(update_fields=["state", "cancel_reason", "cancelled_at"])


@transaction.atomic
def _expire_offers_of(session_pk, *, now):
    session = lock_session(pk=session_pk)
    # Read again under the lock: since they were listed, one may have been accepted or given up.
    expired = list(session.registrations.filter(state=State.OFFERED, offer_ends_at__lte=now).order_by("number"))
    for registration in expired:
        end_offer(registration, reason=CancelReason.EXPIRED, now=now)
        notifications.offer_expired(registration, session)
    offer_places(session=session, now=now)
    return len(expired)


def expire_offers(*, now=None):
    """End every offer whose deadline has passed and pass its place on, one session a transaction; return how many.

    Also offers the places that are free while somebody waits, should an earlier pass have been cut short.
    """
    now = now or timezone.now()
    stale = Registration.objects.filter(state=State.OFFERED, offer_ends_at__lte=now)
    waited = Session.objects.upcoming().filter(head=None).with_places().filter(waiting__gt=0)
    short = [session.pk for session in waited if session.occupied < session.places]
    sessions = sorted({*stale.values_list("session_id", flat=True), *short})
    return sum(_expire_offers_of(pk, now=now) for pk in sessions)
