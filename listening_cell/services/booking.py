"""Slots and talks: who is free when, which pair receives, and the two rows that hold a talk.

A slot is held by one reservation at most: the constraint settles every race, and whoever comes second is told so.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell import matching, vault
from listening_cell.models import Case, CellSettings, Reservation, Slot
from listening_cell.services import audit, keys
from listening_cell.services.audit import pepper

AHEAD = timedelta(weeks=8)
RECENT = timedelta(days=90)
TRIES = 3
TAKEN = "Ce créneau vient d’être pris par quelqu’un d’autre."
LEFT_OUT = "À cette heure-là, il faudrait un pair que vous avez écarté."


class SlotTaken(Refusal):
    """No pair can be made for this slot, most often since it was taken meanwhile; near: three others, soonest first."""

    def __init__(self, near=(), sentence=TAKEN):
        super().__init__(sentence)
        self.near = list(near)


@dataclass(frozen=True)
class Board:
    """The peers ROOT vouches for, the hours at which they are free, and the talks they hold, read in a few statements.

    free: {starts_at: ids of the peers free then}; talks: {id: [starts_at]} of the talks that count for the load.
    """

    peers: dict
    free: dict
    talks: dict
    now: object
    notice: timedelta

    def candidates(self, starts_at=None):
        """Return the matching.Candidate of each peer, for a talk at this time (now, for a request without slot)."""
        month = month_of(starts_at or self.now)
        return [
            matching.Candidate(
                key=peer.pk,
                profession=peer.user.profession,
                seasoned=peer.seasoned,
                talks_this_month=Counter(month_of(talk) for talk in self.talks[peer.pk])[month],
                monthly_limit=peer.monthly_limit,
                recent_talks=len(self.talks[peer.pk]),
                valid=True,
                paused=peer.paused,
            )
            for peer in self.peers.values()
        ]

    def offered(self, *, profession, excluded):
        """Return the slots shown to a requester today: see matching.offered_slots."""
        return matching.offered_slots(
            self.free, self.candidates, profession=profession, excluded=excluded, seed=day_seed(self.now),
            now=self.now, notice=self.notice,
        )  # fmt: skip

    def pair(self, *, profession, excluded, starts_at=None):
        """Return (the two peers, the reason) for a slot, or for no slot at all; None where the rules allow no pair."""
        free = None if starts_at is None else self.free.get(starts_at, frozenset())
        chosen = matching.choose_pair(
            self.candidates(starts_at), profession=profession, excluded=excluded, free=free, seed=day_seed(self.now)
        )
        return ([self.peers[key] for key in chosen.keys], chosen.reason) if chosen else None

    def common(self, peers):
        """Return the slots at which all these peers are free, soonest first."""
        wanted = {peer.pk for peer in peers}
        return sorted(at for at, free in self.free.items() if wanted <= free and at >= self.now + self.notice)


def month_of(moment):
    local = timezone.localtime(moment)
    return local.year, local.month


def day_seed(now):
    """Return the secret of the day by which slots are drawn and ties settled."""
    return vault.digest(pepper(), "cell day", timezone.localdate(now).isoformat())


def read_board(now=None):
    """Read who is free when, and who has listened how much lately."""
    now = now or timezone.now()
    peers = {peer.pk: peer for peer in keys.valid_peers()}
    ahead = Slot.objects.filter(closed=False, reservation__isnull=True, starts_at__gt=now, starts_at__lte=now + AHEAD)
    free = defaultdict(set)
    for peer, starts_at in ahead.values_list("peer_id", "starts_at"):
        if peer in peers:
            free[starts_at].add(peer)
    talks = defaultdict(list)
    held = Reservation.objects.filter(slot__starts_at__gt=now - RECENT)
    for peer, starts_at in held.values_list("slot__peer_id", "slot__starts_at"):
        talks[peer].append(starts_at)
    notice = timedelta(hours=CellSettings.load().notice_hours)
    return Board(peers, {at: frozenset(who) for at, who in free.items()}, talks, now, notice)


@transaction.atomic
def hold(*, case, peers, starts_at):
    """Hold the slot of each of these peers for a case, or none of them. Raises SlotTaken.

    The slots are locked, in one order for all: a peer who closes an hour at this instant comes before, or after.
    """
    free = Slot.objects.select_for_update(of=("self",), no_key=True).filter(closed=False, starts_at=starts_at)
    slots = list(free.filter(peer__in=peers).order_by("pk"))
    if len(slots) != len(peers):
        raise SlotTaken
    try:
        with transaction.atomic():
            for slot in slots:
                Reservation.objects.create(slot=slot, case=case)
    except IntegrityError as error:
        raise SlotTaken from error
    Slot.objects.filter(pk__in=[slot.pk for slot in slots if slot.called_off]).update(called_off=False)
    week = audit.monday_of(timezone.localdate(starts_at))
    Case.objects.filter(pk=case.pk, last_week__lt=week).update(last_week=week)


def coming(case, now=None):
    """Return when the next talk of a case begins, or None."""
    now = now or timezone.now()
    held = case.reservations.filter(slot__starts_at__gt=now - timedelta(hours=1)).order_by("slot__starts_at")
    return held.values_list("slot__starts_at", flat=True).first()


@transaction.atomic
def release(*, case, now=None):
    """Give back the slots of the talks of a case that have not begun."""
    case.reservations.filter(slot__starts_at__gt=now or timezone.now()).delete()


@transaction.atomic
def move(*, case, peers, starts_at, now=None):
    """Put the next talk of a case at another time, with the same peers. Raises SlotTaken, and then nothing moved."""
    board = read_board(now)
    free = board.common(peers)
    if starts_at not in free:
        raise SlotTaken(matching.near(free, starts_at))
    release(case=case, now=board.now)
    hold(case=case, peers=peers, starts_at=starts_at)
