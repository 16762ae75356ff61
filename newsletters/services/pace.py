"""How many letters leave to one domain in one minute: a provider that is flooded refuses, or files under spam.

Counted in the database (see cafe.limits), so that it holds with several workers. A minute is one of the clock.
"""

from collections import Counter

from django.db import connection
from django.db.models import F
from django.utils import timezone

from cafe.limits import window_of
from cafe.models import DeliveryState, Hit
from newsletters.models import LetterDelivery

SCOPE = "letters"
MINUTE = 60


def within_pace(rows, per_minute):
    """Return those of these claimed rows of one newsletter that may leave in this minute; put off the others.

    With them all that waits for the same domains is put off to the next minute: nobody claims it before.
    """
    room = take(Counter(row.domain for row in rows), per_minute)
    fit, late, window_end = [], [], room.pop("", None)
    for row in rows:
        (fit if room[row.domain] > 0 else late).append(row)
        room[row.domain] -= 1
    if late:
        put_off(late, window_end)
    return fit


def take(wanted, per_minute):
    """Count {domain: how many} against this minute; return {domain: how many may leave}, and its end under ""."""
    keys = {domain: window_of(SCOPE, domain, MINUTE) for domain in wanted}
    # In one order for all: two workers may not wait for each other's lines.
    lines = sorted((key, wanted[domain], end) for domain, (key, end) in keys.items())
    end = lines[0][2]
    table = connection.ops.quote_name(Hit._meta.db_table)
    places = ", ".join(["(%s, %s, %s)"] * len(lines))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, count, expires_at) VALUES {places} "  # noqa: S608
            f"ON CONFLICT (key) DO UPDATE SET count = {table}.count + EXCLUDED.count RETURNING key, count",
            [value for line in lines for value in line],
        )
        counts = dict(cursor.fetchall())
    room = {
        domain: max(0, min(wanted[domain], per_minute - (counts[key] - wanted[domain])))
        for domain, (key, _) in keys.items()
    }
    return room | {"": end}


def put_off(late, until):
    """Give back claimed rows until then, and with them what is due to the same domains."""
    domains = {row.domain for row in late}
    mine = LetterDelivery.objects.filter(
        pk__in=[row.pk for row in late], state=DeliveryState.CLAIMED, claim_token=late[0].claim_token
    )
    mine.update(
        state=DeliveryState.PENDING, claim_token=None, lease_until=None, attempts=F("attempts") - 1, not_before=until
    )
    waiting = LetterDelivery.objects.filter(newsletter=late[0].newsletter_id, domain__in=domains)
    waiting.filter(state=DeliveryState.PENDING, not_before__lte=timezone.now()).update(not_before=until)
