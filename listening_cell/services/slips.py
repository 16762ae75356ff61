"""Slips: what a closed case counts for, sealed to STAT, with a mark that only the portal can make.

Whoever writes in the database can seal to STAT, whose public half is there: without the mark, ten slips of one's own
beside a real one would have it published. The mark is keyed from PEPPER and bound to the row's key: a slip that was
made elsewhere, or copied, does not count.
"""

import hmac

from django.db import transaction

from listening_cell import counting, vault
from listening_cell.models import Slip
from listening_cell.models.counts import new_slip_key
from listening_cell.services import audit, keys
from listening_cell.services.audit import pepper

PLACE = vault.Place("slip", "slip", "")


def mark_of(key, packed):
    return vault.digest(pepper(), "cell slip", key, packed)


@transaction.atomic
def keep(slip):
    """Seal a counting.Slip to STAT and keep it, without date nor reference. Raises Unreadable where STAT is not signed.

    The caller's transaction is that of the closing: a case is counted once, or not at all. The cell is held: a STAT
    that is being renewed finds this slip, or is the one it is sealed to.
    """
    audit.lock_cell()
    public = keys.stat_public()
    if public is None:
        raise vault.Unreadable
    key, packed = new_slip_key(), counting.pack(slip)
    return Slip.objects.create(key=key, blob=vault.seal(packed + mark_of(key, packed), public=public, place=PLACE))


def seal_anew(before, after):
    """Seal the slips that one private statistics key opens to another, each with its own mark; the others stay."""
    for row in Slip.objects.all():
        try:
            content = vault.unseal(row.blob, private=before, place=PLACE)
        except vault.Unreadable:
            continue
        row.blob = vault.seal(content, public=vault.public_of(after), place=PLACE)
        row.save(update_fields=["blob"])


def opened(row, stat):
    """Return the counting.Slip of a row, by the private statistics key. Raises Unreadable."""
    content = vault.unseal(row.blob, private=stat, place=PLACE)
    packed, mark = content[: counting.PACKED_BYTES], content[counting.PACKED_BYTES :]
    if not hmac.compare_digest(mark, mark_of(row.key, packed)):
        raise vault.Unreadable
    try:
        return counting.unpack(packed)
    except ValueError as error:
        raise vault.Unreadable from error
