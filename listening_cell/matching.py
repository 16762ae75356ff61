"""Which two peers receive a request, and which slots are offered: pure functions (cell's promises, Ask and Pair).

Hard rules, which no wish bends: two different peers, one seasoned at least; none whom the requester excluded, whose key
ROOT does not vouch for, who is paused or at her monthly limit; both free at the slot, where there is one. Wishes, in
order: one of the requester's profession, then the fewest recent talks, then one seasoned peer and not two, for without
one the others make no pair. What still ties is drawn by a keyed digest, so that neither the order of the alphabet nor
that of the database favours anybody.
"""

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import combinations

MOST_SLOTS = 6
LEFT_OUT_ONE_IN = 3


class Reason(StrEnum):
    """Why this pair; its sentence may be shown to the requester as to the pair."""

    SAME_PROFESSION = "same_profession"
    OTHER_PROFESSION = "other_profession"

    @property
    def sentence(self):
        """What is said of the choice, in French; true of one's own request as of one for a colleague."""
        return SENTENCES[self]


SENTENCES = {
    Reason.SAME_PROFESSION: "L’un des deux pairs exerce la même profession.",
    Reason.OTHER_PROFESSION: "Aucun pair de cette profession n’était disponible.",
}


@dataclass(frozen=True)
class Candidate:
    """A peer as the rules see her.

    valid: her key is signed by ROOT, not expired, not revoked. talks_this_month: talks reserved or held in the month
    of the slot, to be compared with monthly_limit. recent_talks: those of the period over which the load is shared.
    """

    key: str
    profession: str
    seasoned: bool
    talks_this_month: int
    monthly_limit: int
    recent_talks: int
    valid: bool
    paused: bool


@dataclass(frozen=True)
class Pair:
    """Two peers for one request; first is seasoned."""

    first: Candidate
    second: Candidate
    reason: Reason

    @property
    def keys(self):
        """The keys of both, the seasoned one's first."""
        return (self.first.key, self.second.key)


@dataclass(frozen=True)
class Choice:
    """Who takes over beside the peer who stays; the reason is that of the new pair."""

    peer: Candidate
    reason: Reason


def choose_pair(
    candidates: Sequence[Candidate],
    *,
    profession: str,
    excluded: Collection[str],
    free: Collection[str] | None,
    seed: bytes,
) -> Pair | None:
    """Return the best pair that the hard rules allow, or None when they allow none (cell's promises, trip 2).

    profession: the requester's, empty when not told. excluded, free: keys; free is None for a request without slot.
    seed: secret bytes that settle ties, so that the same call gives the same pair whatever the order of candidates.
    """
    pairs = allowed_pairs(candidates, excluded, free)
    best = min(pairs, key=lambda pair: (rank(pair, profession), drawn(seed, "pair", *keys_of(pair))), default=None)
    if best is None:
        return None
    first, second = sorted(best, key=lambda one: (not one.seasoned, one.recent_talks, drawn(seed, "first", one.key)))
    return Pair(first, second, reason_for(best, profession))


def replacement(
    candidates: Sequence[Candidate],
    *,
    staying: Candidate,
    profession: str,
    excluded: Collection[str],
    free: Collection[str] | None,
    seed: bytes,
) -> Choice | None:
    """Return who may take over beside the peer who stays, or None (cell's promises, trips 5 and 8).

    The hard rules bind the newcomer, and the new pair as a whole. The one who stays already holds the case: her pause,
    her limit and her hours do not matter, but she must still be valid and not excluded. The wish for the profession is
    met already when she shares it; then load alone decides. excluded: the requester's, and whoever leaves the case.
    When both leave, `choose_pair` with both among the excluded.
    """
    if not staying.valid or staying.key in excluded:
        return None
    newcomers = [one for one in candidates if may_receive(one, excluded, free) and makes_pair(staying, one)]
    best = min(
        newcomers, key=lambda one: (rank((staying, one), profession), drawn(seed, "newcomer", one.key)), default=None
    )
    return Choice(best, reason_for((staying, best), profession)) if best else None


def offered_slots(
    free_by_slot: Mapping[datetime, Collection[str]],
    candidates: Sequence[Candidate] | Callable[[datetime], Sequence[Candidate]],
    *,
    profession: str,
    excluded: Collection[str],
    seed: bytes,
    limit: int = MOST_SLOTS,
    now: datetime,
    notice: timedelta,
) -> list[datetime]:
    """Return at most `limit` slots, soonest first, among those at which a pair can be made (cell's promises, trip 1).

    free_by_slot: {aware datetime: keys of the peers free then}. candidates: the peers, or a function of the slot that
    gives them, since what counts towards a monthly limit depends on the slot's month. seed: secret bytes that change
    every day, HMAC(PEPPER, day).

    About a third of the slots is left out by lot, each on its own, so that a slot that is missing tells nothing: left
    out, taken or withdrawn look alike, and the lot falls anew the next day. It depends on seed and slot alone, never on
    who asks: asking again, or under another profession, does not show what was left out. When it would leave out
    everything the first of the draw is kept, for whoever asks must be offered something.
    """
    possible = [
        slot
        for slot, free in free_by_slot.items()
        if slot >= now + notice
        and any(allowed_pairs(candidates(slot) if callable(candidates) else candidates, excluded, free))
    ]
    possible.sort(key=lambda slot: drawn(seed, "slot", moment(slot)))
    shown = [slot for slot in possible if not is_left_out(slot, seed)] or possible[:1]
    return sorted(shown[:limit])


def near(slots: Collection[datetime], wanted: datetime, count: int = 3) -> list[datetime]:
    """Return the slots nearest to the one that was just taken, soonest first; of two as near, the earlier is kept.

    slots: those the person may book, for instance `offered_slots`; wanted itself is never given back.
    """
    others = {slot for slot in slots if slot != wanted}
    return sorted(sorted(others, key=lambda slot: (abs(slot - wanted), slot))[:count])


def may_receive(one: Candidate, excluded: Collection[str], free: Collection[str] | None) -> bool:
    """Tell whether the hard rules let this peer receive a new request (cell's promises, trip 2)."""
    return (
        one.valid
        and not one.paused
        and one.talks_this_month < one.monthly_limit
        and one.key not in excluded
        and (free is None or one.key in free)
    )


def makes_pair(one: Candidate, other: Candidate) -> bool:
    """Tell whether these two, taken together, are a pair: two people, one seasoned (cell's promises, trip 2)."""
    return one.key != other.key and (one.seasoned or other.seasoned)


def allowed_pairs(candidates, excluded, free):
    """Give, one by one, the pairs that the hard rules allow."""
    fit = [one for one in candidates if may_receive(one, excluded, free)]
    return (pair for pair in combinations(fit, 2) if makes_pair(*pair))


def rank(pair, profession):
    """Return what the wishes say of a pair, the best first: profession, load, one seasoned; then the evenest load."""
    loads = [one.recent_talks for one in pair]
    two_seasoned = all(one.seasoned for one in pair)
    return (reason_for(pair, profession) != Reason.SAME_PROFESSION, sum(loads), two_seasoned, max(loads))


def reason_for(pair, profession):
    """Return why this pair: a profession that was not told is nobody's."""
    shared = bool(profession) and any(one.profession == profession for one in pair)
    return Reason.SAME_PROFESSION if shared else Reason.OTHER_PROFESSION


def keys_of(pair):
    return sorted(one.key for one in pair)


def drawn(seed, purpose, *parts):
    """Return 32 bytes that only the holder of the seed can foresee; lengths keep two lists of parts from being one."""
    message = b"".join(len(part).to_bytes(4) + part for part in (text.encode() for text in (purpose, *parts)))
    return hmac.digest(seed, message, "sha256")


def is_left_out(slot, seed):
    return int.from_bytes(drawn(seed, "left out", moment(slot))) % LEFT_OUT_ONE_IN == 0


def moment(slot):
    """Return an aware datetime as one text, whatever its time zone."""
    return slot.astimezone(UTC).isoformat()
