"""The chain of what was done to keys and cases. Asking, returning and reading leave no trace here."""

from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from listening_cell import vault
from listening_cell.models import CellAudit, CellSettings
from listening_cell.services import files


def pepper():
    """Return the 32 bytes mixed into every key that comes from a passphrase, and into every look-up."""
    return bytes.fromhex(settings.CELL_PEPPER)


def monday_of(day):
    """Return the Monday of a day's ISO week."""
    return day - timezone.timedelta(days=day.weekday())


def this_week():
    return monday_of(timezone.localdate())


def lock_cell():
    """Hold the cell's settings until the transaction ends: what is counted or chained goes one at a time."""
    CellSettings.objects.get_or_create(pk=1)
    return CellSettings.objects.select_for_update(no_key=True).get(pk=1)


def mac_of(before, line):
    """Return the keyed digest of a line and of the mac before it."""
    parts = (line.seq, line.week.isoformat(), line.actor, line.action, line.case_tag)
    return vault.digest(pepper(), "cell audit", bytes(before), *parts)


def tag_of(reference):
    """Return by what the chain names a case: derived from its SHRED key, it means nothing once that is destroyed."""
    return vault.digest(files.shred_of(reference), "cell case tag", reference, size=16).hex()


@transaction.atomic
def record(action, *, actor="", case=None):
    """Add a link to the chain; actor is a key holder's id, case a Case that is not yet destroyed."""
    lock_cell()
    last = CellAudit.objects.order_by("-seq").first()
    line = CellAudit(
        seq=last.seq + 1 if last else 1,
        week=this_week(),
        actor=actor,
        action=action,
        case_tag=tag_of(case.reference) if case else "",
    )
    line.mac = mac_of(last.mac if last else b"", line)
    line.save(force_insert=True)
    transaction.on_commit(partial(keep_head, line))
    return line


def keep_head(line):
    """Keep the newest link in a file, but where the link that the file knows is not in the chain any more.

    A table that was rolled back goes on growing: the file would otherwise follow it and forget what it had seen.
    """
    head = files.head()
    known = CellAudit.objects.filter(seq=head["seq"]).first()
    if not head["seq"] or (known and bytes(known.mac).hex() == head["mac"]):
        files.keep_head(line.seq, line.mac)


def broken_link():
    """Return the seq of the first link that does not hold, or None.

    A truncated or rolled-back table is seen by the head kept in a file: the link it names is missing, or another.
    """
    head, before, expected = files.head(), b"", 1
    for line in CellAudit.objects.order_by("seq").iterator():
        wrong_head = line.seq == head["seq"] and bytes(line.mac).hex() != head["mac"]
        if line.seq != expected or bytes(line.mac) != mac_of(before, line) or wrong_head:
            return line.seq
        before, expected = line.mac, expected + 1
    return expected if head["seq"] >= expected else None
