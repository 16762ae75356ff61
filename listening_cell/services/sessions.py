"""Opened spaces: a peer's, a referent's, or a requester's who came back with a receipt.

The cookie alone carries the key. The row, found by a digest of it, holds a blob that says whose space it is and the
private key or the receipt that opens it: who reads the table learns neither.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from listening_cell import vault
from listening_cell.models import CellSession

IDLE, LONGEST = timedelta(minutes=15), timedelta(hours=2)
COOKIE_BYTES = 32


@dataclass(frozen=True)
class Space:
    """Whose space is open: kind "peer", "referent" or "receipt"; owner: the holder's id; secret: key or receipt."""

    kind: str
    owner: str
    secret: bytes = field(repr=False)


def session_id(cookie):
    return vault.digest(cookie, "cell session id")


def session_place(identity):
    return vault.Place("session", "cellsession", identity.hex())


@transaction.atomic
def open_space(space, longest=LONGEST):
    """Keep an unlocked space and return the value of its cookie, in hexadecimal."""
    cookie, now = vault.new_key(), timezone.now()
    identity = session_id(cookie)
    content = json.dumps({"kind": space.kind, "owner": space.owner, "secret": space.secret.hex()}).encode()
    blob = vault.lock(content, key=vault.digest(cookie, "cell session key"), place=session_place(identity))
    CellSession.objects.create(id=identity, blob=blob, idle_until=now + IDLE, ends_at=now + longest)
    return cookie.hex()


def cookie_bytes(value):
    try:
        cookie = bytes.fromhex(value or "")
    except ValueError:
        return b""
    return cookie if len(cookie) == COOKIE_BYTES else b""


def row_of(identity):
    """Return the row of this digest, or None. In SQL as it is: every page of a space reads it."""
    found = CellSession.objects.raw("SELECT * FROM listening_cell_cellsession WHERE id = %s", [identity])
    return next(iter(found), None)


def opened_space(value):
    """Return the Space that a cookie's value opens, and put off its end; None where there is none any more.

    The end is put off a minute at a time, so that reading a page does not write a row each time.
    """
    cookie, now = cookie_bytes(value), timezone.now()
    if not cookie:
        return None
    identity = session_id(cookie)
    row = row_of(identity)
    if row is None or min(row.idle_until, row.ends_at) <= now:
        return None
    try:
        content = vault.unlock(row.blob, key=vault.digest(cookie, "cell session key"), place=session_place(identity))
    except vault.Unreadable:
        return None
    if row.idle_until < now + IDLE - timedelta(minutes=1):
        CellSession.objects.filter(id=identity).update(idle_until=now + IDLE)
    found = json.loads(content)
    return Space(found["kind"], found["owner"], bytes.fromhex(found["secret"]))


def close_space(value):
    """End an opened space: its key is in no row any more."""
    cookie = cookie_bytes(value)
    if cookie:
        CellSession.objects.filter(id=session_id(cookie)).delete()


def forget_closed(now):
    """Delete the rows of spaces whose time has passed."""
    CellSession.objects.filter(ends_at__lt=now).delete()
    CellSession.objects.filter(idle_until__lt=now).delete()
