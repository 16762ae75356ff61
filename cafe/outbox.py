"""The outbox: delivering. pending -> claimed -> started -> sent | failed | unknown.

A worker claims some rows under a token and a lease, in a short transaction; no transaction is open while SMTP talks.
`started_at` is committed just before DATA: a row whose worker died before that is sent by another one, and a row whose
worker died after is of unknown fate. Every write after the claim compares the token: who has lost the lease has no say.
"""

import logging
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from cafe.models import Delivery
from cafe.transport import Lost, Refused, Temporary, Unreachable, open_line

logger = logging.getLogger(__name__)
State = Delivery.State
BATCH = 50
LONGEST_WAIT = 3600
MAX_ATTEMPTS = 80  # about three days
_ways = {}


@dataclass(frozen=True)
class Way:
    """How a kind of delivery leaves that is not one message built for each row; handed over in AppConfig.ready().

    fit(rows): of claimed rows, those that may leave now; the fate of the others it writes itself, in constant
    statements. prepare(row, line): what the line is to carry.
    """

    fit: Callable
    prepare: Callable


def register(model, way):
    _ways[model] = way


def delivery_models():
    """Every kind of delivery, the portal's own mails before newsletters."""
    kinds = [model for model in apps.get_models() if issubclass(model, Delivery)]
    return sorted(kinds, key=lambda model: not model.repeats_unknown)


def deliver_due(limit=None, seconds=None):
    """Send what is due over one connection, at most `limit` mails, beginning no batch after so many seconds.

    Return how many were tried.
    """
    tried, end = 0, time.monotonic() + seconds if seconds else None
    with closing(open_line()) as line:
        for rows in batches(limit):
            tried += len(rows)
            if not deliver_all(rows, line) or (end and time.monotonic() >= end):
                break
    return tried


def batches(limit):
    """Claim what is due, a batch at a time: a confirmation passes before the rest of a newsletter."""
    left = limit
    while rows := next_batch(BATCH if left is None else min(BATCH, left)):
        left = None if left is None else left - len(rows)
        yield rows


def next_batch(size):
    """Claim up to `size` rows of the first kind of delivery that has any due."""
    for model in delivery_models():
        if rows := claim(model, size):
            return rows
    return []


def claim(model, size):
    """Take up to `size` due rows for ourselves. Two workers never take the same one."""
    now = timezone.now()
    due = model.objects.due(now)
    # Looked at without a lock first: a sweep that finds nothing takes SQLite's one write lock from nobody.
    if size < 1 or not due.exists():
        return []
    token, lease = uuid.uuid4(), now + timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True)[:size])
        # A try counts from the claim: a row that kills its worker each time must come to its end too.
        model.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=State.CLAIMED, claim_token=token, lease_until=lease, attempts=F("attempts") + 1
        )
    for row in rows:
        row.claim_token, row.attempts = token, row.attempts + 1
    return rows


def deliver_all(rows, line):
    """Deliver claimed rows one after the other; False where the server takes nothing now, the rest being given back.

    All are prepared first: one kind of work at a time keeps the processor's caches warm, which is worth a third.
    """
    rows = fit(rows)
    ready = [(row, letter) for row in rows if (letter := prepare(row, line))]
    for index, (row, letter) in enumerate(ready):
        try:
            deliver(row, letter, line)
        except Unreachable as error:
            logger.warning("The mail server takes nothing now: %s.", error)
            give_back([row for row, _ in ready[index + 1 :]])
            return False
    return True


def fit(rows):
    way = _ways.get(type(rows[0])) if rows else None
    return way.fit(rows) if way else rows


def prepare(row, line):
    """Return what is to be sent for a row, or None where it cannot be built: it failed, and the others go on."""
    try:
        way = _ways.get(type(row))
        return way.prepare(row, line) if way else line.prepare(row.message())
    except Exception as error:
        # Whatever is wrong with one row may not hold up the others; its words may quote the person.
        settle(row, state=State.FAILED, last_error=type(error).__name__)
        return None


def deliver(row, letter, line):
    """Send one claimed row and write what became of it. Raises Unreachable, the row being already put off."""
    try:
        hand_over(row, letter, line)
    except Refused as error:
        settle(row, state=State.FAILED, last_error=str(error))
    except Lost as error:
        settle(row, **after_unknown(row.repeats, row.repeats_unknown), last_error=str(error))
    except Temporary as error:
        settle(row, **later(row.attempts), last_error=str(error))
        if isinstance(error, Unreachable):
            raise


def hand_over(row, letter, line):
    """Address, commit that it begins, send; a row that is no longer ours goes no further."""
    line.address(letter)
    # Addressed before it begins: whatever the server refuses so far, nothing can have left.
    if not start(row):
        line.reset()
        return
    line.hand_over(letter)
    settle(row, state=State.SENT, **row.changes_once_sent())


def start(row):
    """Commit that DATA begins, if the row is still ours, for another lease."""
    now = timezone.now()
    lease = now + timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    return write(row, {"started_at": now, "lease_until": lease}, unexpired_at=now, only_if=row.starts_only_if)


def settle(row, **changes):
    """Write what became of a row, if it is still ours."""
    if changes["state"] != State.PENDING:
        changes["finished_at"] = timezone.now()
    else:
        # It begins anew: left standing, it would make of an expired lease a message that may have left.
        changes["started_at"] = None
    if not write(row, {"claim_token": None, "lease_until": None} | changes, may_be_lost=True):
        logger.warning("Mail %s of %s: the lease was lost before the end.", row.pk, row._meta.label)


def write(row, changes, unexpired_at=None, may_be_lost=False, only_if=""):
    """Update a row if it is still ours; tell whether it was.

    By hand, since it runs twice a mail: building the statement through the ORM costs several times what the database
    takes to do it. `may_be_lost`: PostgreSQL does not wait for its disk; should its machine crash at once, the fate of
    the last mails is unknown, which is what the state of that name is for.
    """
    where = {"id": row.pk, "state": State.CLAIMED, "claim_token": row.claim_token}
    prepared = [
        row._meta.get_field(name).get_db_prep_save(value, connection)
        for name, value in [*changes.items(), *where.items()]
    ]
    conditions = " AND ".join(f"{name} = %s" for name in where)
    if unexpired_at:
        conditions += " AND lease_until > %s"
        prepared.append(connection.ops.adapt_datetimefield_value(unexpired_at))
    if only_if:
        conditions += f" AND {only_if}"
    if may_be_lost and connection.vendor == "postgresql":
        conditions += " AND set_config('synchronous_commit', 'off', true) = 'off'"
    assignments = ", ".join(f'"{name}" = %s' for name in changes)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {row._meta.db_table} SET {assignments} WHERE {conditions}", prepared)  # noqa: S608
        return cursor.rowcount == 1


def give_back(rows):
    """Return rows that were claimed and not tried."""
    # One batch, one claim: the first row's kind and token are those of all.
    for row in rows[:1]:
        model, pks = type(row), [each.pk for each in rows]
        mine = model.objects.filter(pk__in=pks, state=State.CLAIMED, claim_token=row.claim_token)
        mine.update(state=State.PENDING, claim_token=None, lease_until=None, attempts=F("attempts") - 1)


def later(attempts):
    """Put off after `attempts` tries: 1, 2, 4… minutes, an hour at most; given up after about three days."""
    if attempts >= MAX_ATTEMPTS:
        return {"state": State.FAILED}
    wait = min(60 * 2 ** (attempts - 1), LONGEST_WAIT)
    return {"state": State.PENDING, "not_before": timezone.now() + timedelta(seconds=wait)}


def after_unknown(repeats, may_repeat):
    """What to do with a message that may have left: once more where its kind says so, else leave it there."""
    if may_repeat and not repeats:
        return {"state": State.PENDING, "repeats": 1}
    return {"state": State.UNKNOWN}


def sweep():
    """Take back what dead workers held; return whether anything is due."""
    due = [sweep_model(model) for model in delivery_models()]
    return any(due)


def sweep_model(model):
    now = timezone.now()
    expired = model.objects.expired(now)
    free = {"claim_token": None, "lease_until": None}
    # In this order: each statement takes only what those before it have left.
    expired.filter(started_at=None, attempts__gte=MAX_ATTEMPTS).update(state=State.FAILED, finished_at=now, **free)
    expired.filter(started_at=None).update(state=State.PENDING, **free)
    if model.repeats_unknown:
        expired.filter(repeats=0).update(state=State.PENDING, started_at=None, repeats=1, **free)
    expired.update(state=State.UNKNOWN, finished_at=now, **free)
    return model.objects.due(now).exists()
