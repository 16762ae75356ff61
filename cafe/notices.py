"""Telling people, twice a day and all alike, that something waits for them.

What waits for a listening peer must not show in a mail, nor in who gets one at what time. So every app hands over who
has something waiting, and all of them get the same mail at the same fixed hours: what it is about is kept nowhere.
"""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cafe import mail
from cafe.models import Hit

_sources = []


def register(source):
    """Add a function: source(at) -> keys of the accounts for which something waits.

    It is called once a round, in the round's transaction, and may count rounds itself. at: when the round was due; what
    is new since `round_before(at)` was in no earlier one.
    """
    _sources.append(source)


def round_due(now):
    """Return the latest of the fixed hours (setting NOTICE_HOURS, on the portal's clock) that has come."""
    zone, today = timezone.get_current_timezone(), timezone.localdate(now)
    days = (today - timedelta(days=1), today)
    return max(
        at for day in days for hour in settings.NOTICE_HOURS if (at := datetime.combine(day, time(hour), zone)) <= now
    )


def round_before(at):
    """Return when the round before this one was due."""
    return round_due(at - timedelta(minutes=1))


@transaction.atomic
def send_round(now=None):
    """Mail everybody for whom something waits; return how many mails are written. A round is made once.

    A worker that comes late, or twice, makes the round that was due: what counts rounds counts half-days.
    """
    at = round_due(now or timezone.now())
    passed = {"count": 1, "expires_at": at + timedelta(days=3)}
    _, first = Hit.objects.get_or_create(key=f"notices {at:%Y%m%d%H}", defaults=passed)
    if not first:
        return 0
    return write_to(set().union(*(source(at) for source in _sources)), at)


def tell(users, now=None):
    """Mail these accounts (keys) at once, because of what somebody just did: the same mail, once an hour at most."""
    return write_to(users, now or timezone.now())


def write_to(users, hour):
    """Write the mail to the accounts among these that are active. Its key is the person and the hour, nothing else."""
    people = get_user_model().objects.filter(pk__in=users, is_active=True).order_by("pk")
    local = timezone.localtime(hour)
    return mail.send_many(
        {
            "event": "cafe/notice",
            "to": person.email,
            "dedupe_key": f"notice:{person.pk}:{local:%Y%m%d%H}",
            "context": {"url": mail.absolute(reverse("home"))},
        }
        for person in people
    )
