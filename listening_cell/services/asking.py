"""Asking for a talk: one transaction that makes the case, chooses its pair and holds its slot. It tells nobody.

No mail, no session, no log line, no account: only rows of the cell are written. The receipt comes from the form's
nonce, so that a form sent twice shows the same page.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell import matching, vault
from listening_cell.models import AskedOn, CellSettings, new_reference
from listening_cell.services import booking, casework, files
from listening_cell.services.audit import pepper

# Without a slot one may still ask once the daily cap is reached, but no machine may fill the cell without end.
WITHOUT_SLOT_PER_CAP = 5
NO_PEER = "Aucun binôme n’est disponible en ce moment. Les lignes d’écoute ci-dessous vous répondent tout de suite."
NO_SLOT = "Beaucoup de demandes sont arrivées aujourd’hui : envoyez la vôtre sans créneau, une date vous sera proposée."
FULL = "La cellule a reçu beaucoup de demandes aujourd’hui. Revenez demain, ou appelez l’une des lignes ci-dessous."


@dataclass(frozen=True)
class Asked:
    """What the receipt page shows."""

    receipt: str
    opened: casework.Opened
    starts_at: object
    peers: list


@dataclass(frozen=True)
class Offer:
    """What the form shows today. peers: whom one may leave out; slots: soonest first; capped: none is given any more.

    possible: whether a pair can be made at all.
    """

    peers: list
    slots: list
    capped: bool
    possible: bool


class NoPair(Refusal):
    """No pair can be made at all: nothing was stored, telephone numbers are all there is."""


def slots_left_today(now=None):
    """Tell whether first requests may still take a slot today."""
    day = timezone.localdate(now)
    asked = AskedOn.objects.filter(day=day).values_list("count", flat=True).first() or 0
    return asked < CellSettings.load().daily_cap


def offer(*, profession="", excluded=(), wanted=None, now=None):
    """Return the Offer of today to somebody of this profession, who leaves out these peers (ids).

    wanted: a slot that was shown to this person before; it stays, as long as a pair can be made for it.
    """
    board, capped = booking.read_board(now), not slots_left_today(now)
    wishes = {"profession": profession, "excluded": excluded}
    slots = [] if capped else board.offered(**wishes)
    if wanted and not capped and wanted not in slots and board.pair(**wishes, starts_at=wanted):
        slots = sorted([*slots, wanted])
    peers = sorted(board.peers.values(), key=lambda peer: (peer.user.first_name, peer.user.profession, peer.pk))
    return Offer(peers, slots, capped, possible=bool(slots or board.pair(**wishes)))


def already_asked(nonce, now=None):
    """Return what was Asked with this nonce, or None: a form sent again finds its case."""
    receipt = vault.receipt_of(pepper(), nonce)
    opened = casework.open_by_receipt(receipt)
    if opened is None:
        return None
    peers = [envelope.peer for envelope in opened.case.envelopes.select_related("peer__user")]
    return Asked(receipt, opened, booking.coming(opened.case, now), peers)


def ask(*, nonce, request, starts_at=None, now=None):
    """Make a case from a Request, with its pair, at a slot or without; return Asked.

    Raises SlotTaken (with near slots), NoPair, or Refusal where too many have asked today. Sent again, the same form
    gives the same Asked. A slot that was lost to a race is tried with another pair, if there is one.
    """
    for _ in range(booking.TRIES):
        found = already_asked(nonce, now)
        if found:
            return found
        try:
            return ask_once(nonce=nonce, request=request, starts_at=starts_at, now=now)
        except IntegrityError:
            refusal = booking.SlotTaken()
        except booking.SlotTaken as error:
            refusal = error
        except Refusal as error:
            refusal = error
            break
    # Sent twice at once, a form may be refused the very pair that it has just been given.
    found = already_asked(nonce, now)
    if found:
        return found
    raise refusal


def ask_once(*, nonce, request, starts_at, now):
    reference = new_reference()
    try:
        with transaction.atomic():
            return written(nonce, request, reference, starts_at, now)
    except Exception:
        with suppress(OSError):
            files.destroy(reference)
        raise


def written(nonce, request, reference, starts_at, now):
    board = booking.read_board(now)
    wishes = {"profession": request.profession, "excluded": request.excluded}
    found = board.pair(**wishes, starts_at=starts_at)
    if found is None:
        raise why_no_pair(board, wishes, starts_at)
    peers, _ = found
    receipt = vault.receipt_of(pepper(), nonce)
    opened = casework.create_case(reference=reference, receipt=receipt, request=request, peers=peers)
    if starts_at is not None:
        booking.hold(case=opened.case, peers=peers, starts_at=starts_at)
    # Last, for the row of the day is held from here to the commit.
    count_request(with_slot=starts_at is not None, now=now)
    return Asked(receipt, opened, starts_at, peers)


def why_no_pair(board, wishes, starts_at):
    """Return what to raise: SlotTaken as long as something else can be had, NoPair otherwise."""
    near = matching.near(board.offered(**wishes), starts_at) if starts_at else []
    if starts_at is None or not (near or board.pair(**wishes)):
        return NoPair(NO_PEER)
    everybody = board.pair(profession=wishes["profession"], excluded=(), starts_at=starts_at)
    return booking.SlotTaken(near, booking.LEFT_OUT if everybody else booking.TAKEN)


def count_request(*, with_slot, now):
    """Count one more request today. Raises Refusal beyond the cap; yesterday's count is forgotten."""
    day = timezone.localdate(now)
    AskedOn.objects.filter(day__lt=day).delete()
    AskedOn.objects.get_or_create(day=day)
    AskedOn.objects.filter(day=day).update(count=F("count") + 1)
    count, cap = AskedOn.objects.get(day=day).count, CellSettings.load().daily_cap
    if count > (cap if with_slot else cap * WITHOUT_SLOT_PER_CAP):
        raise Refusal(NO_SLOT if with_slot else FULL)


def come_back_by(asked, now=None):
    """Return by which day the requester should come back, since the portal will not write: the talk, or the delay."""
    if asked.starts_at:
        return timezone.localdate(asked.starts_at)
    day, left = timezone.localdate(now), CellSettings.load().answer_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5  # noqa: PLR2004  Saturday and Sunday are no working days
    return day
