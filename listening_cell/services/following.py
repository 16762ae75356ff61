"""What a pair does with a case: its cover, then reading it, writing to the requester, setting and cancelling talks."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from cafe.errors import Refusal
from cafe.templatetags.french import clock, day
from listening_cell import vault
from listening_cell.enums import CaseState, Mode
from listening_cell.models import Case, CaseEnvelope
from listening_cell.services import audit, booking, casework
from members.enums import Profession

TALK = timedelta(hours=1)
PAIR = 2
# Read once: making them again for each case of a list would cost as much as opening it.
PROFESSIONS, MODES = dict(Profession.choices), dict(Mode.choices)
GONE = "Ce suivi n’est plus le vôtre, ou la personne l’a retiré."
CLOSED = "Ce suivi est terminé. Rouvrez-le pour y écrire."
ALONE = "Il manque un pair à ce suivi. Passez d’abord la main pour la place vide."
NO_TALK = "Il n’y a pas d’entretien à venir."
NOT_SIGNED = "La clé de {name} n’est pas reconnue aujourd’hui. Un référent doit d’abord la signer."


class Gone(Refusal):
    """The case is no longer this peer's: handed over, or withdrawn by the requester."""

    def __init__(self):
        super().__init__(GONE)


@dataclass(frozen=True)
class Cover:
    """What a peer knows of a case before reading the request. at: when its next talk begins, or None.

    unread: messages not seen yet; readable: False where this peer's key does not open it.
    """

    envelope: CaseEnvelope
    at: object = None
    profession: str = ""
    commune: str = ""
    mode: str = ""
    readable: bool = True

    @property
    def case(self):
        return self.envelope.case

    @property
    def who(self):
        """Return what a line says of somebody: profession, commune, mode. Lists are long: no template does it."""
        known = f"{self.profession}, {self.commune}" if self.commune else self.profession
        return f"{known} · {self.mode.lower()}" if self.mode else known

    @property
    def unread(self):
        return unread_in(self.envelope)

    @property
    def waits(self):
        """Whether this peer has something to do before any other: read, answer, hand over, or have it opened."""
        return not self.readable or is_waiting(self.envelope.opened, self.case.replacement_wanted, self.unread)


# --- Covers ---------------------------------------------------------------------------------------


class Row(NamedTuple):
    """What is in clear of a case of a peer: enough to put it in its place in a list, of which a page shows a part.

    envelope: its id; read_up_to: the last message that this peer has seen; at: when the next talk begins, or None.
    """

    envelope: int
    case: str
    opened: bool
    read_up_to: int
    messages: int
    replacement_wanted: bool
    week: date
    last_week: date
    at: datetime | None

    @property
    def waits(self):
        return is_waiting(self.opened, self.replacement_wanted, self.messages - self.read_up_to)


# What is read of each row; a case's blobs, of several kilobytes, are left where they lie.
IN_CLEAR = (
    "pk", "case", "opened", "read_up_to",
    "case__messages", "case__replacement_wanted", "case__week", "case__last_week",
)  # fmt: skip


def unread_in(envelope):
    """Return how many messages of a case its peer has not seen; none before the request itself is read."""
    return max(0, envelope.case.messages - envelope.read_up_to) if envelope.opened else 0


def is_waiting(opened, replacement_wanted, unread):
    """Tell, from what is in clear alone, whether something waits for the peer of an envelope."""
    return not opened or replacement_wanted or unread > 0


def rows_of(*, peer, states, hours=None):
    """Return the Row of each case of a peer in these states, nothing opened; hours: those of hours_ahead(), if read.

    What waits first, then by date of the talk, then the cases without one. Two statements, one where hours are given.
    """
    # The latest first, so that of two talks of one case the next is the one kept.
    ahead = hours_ahead(peer) if hours is None else hours
    talks = {hour.case: hour.at for hour in reversed(ahead) if hour.case}
    found = peer.envelopes.filter(case__state__in=states).values_list(*IN_CLEAR)
    rows = [Row(*values, talks.get(values[1])) for values in found]
    return sorted(rows, key=lambda row: (not row.waits, row.at is None, row.at or row.week, row.envelope))


@sensitive_variables()
def opened_covers(rows, private):
    """Return the Cover of each of these rows, which is what costs: only those that a page shows are opened.

    One statement. A case that was handed over or withdrawn since the rows were read is left out.
    """
    envelopes = CaseEnvelope.objects.select_related("case").in_bulk([row.envelope for row in rows])
    return [cover_of(envelopes[row.envelope], private, row.at) for row in rows if row.envelope in envelopes]


@sensitive_variables()
def covers(*, peer, private, states):
    """Return the Cover of each case of a peer in these states, what waits first, in three statements."""
    return opened_covers(rows_of(peer=peer, states=states), private)


class Hour(NamedTuple):
    """An hour of a peer, to come or under way. case: whose talk it holds, or None.

    called_off: the talk that it held will not take place, its case being forgotten.
    """

    at: datetime
    called_off: bool
    case: str | None


def hours_ahead(peer, now=None):
    """Return the Hours of a peer that hold a talk, or one that was called off, the nearest first."""
    slots = peer.slots.filter(starts_at__gt=(now or timezone.now()) - TALK)
    taken = slots.filter(Q(called_off=True) | Q(reservation__isnull=False)).order_by("starts_at")
    return [Hour(*values) for values in taken.values_list("starts_at", "called_off", "reservation__case")]


@sensitive_variables()
def cover_of(envelope, private, starts_at):
    try:
        return cover(envelope, casework.read_request(casework.open_envelope(envelope, private)), starts_at)
    except vault.Unreadable:
        return Cover(envelope, starts_at, readable=False)


def cover(envelope, request, starts_at):
    """Return the Cover that a Request gives: profession, commune, mode, date, and nothing else of it."""
    profession, mode = PROFESSIONS.get(request.profession), MODES.get(request.mode)
    return Cover(envelope, starts_at, profession or "Profession non précisée", request.commune, mode or "")


def envelope_of(*, peer, reference):
    """Return a peer's envelope of a case, with the case; None for anybody else's case."""
    return peer.envelopes.select_related("case").filter(case=reference).first()


def pair_of(case):
    """Return the peers who hold a case: two, or one where the other has left and not been replaced yet."""
    return [envelope.peer for envelope in case.envelopes.select_related("peer__user").order_by("peer")]


# --- Holding --------------------------------------------------------------------------------------


def hold_case(opened, envelope):
    """Hold the case of an envelope until the transaction ends, and return Opened with the case as it is now.

    Raises Gone where it was withdrawn, or handed over to another peer, meanwhile; OtherKeys where it was given others.
    """
    case = Case.objects.select_for_update(no_key=True).filter(pk=opened.case.pk).first()
    if case is None or not case.envelopes.filter(pk=envelope.pk).exists():
        raise Gone
    casework.check_keys(opened, case)
    return replace(opened, case=case)


def hold_open_case(opened, envelope):
    """The same for whatever writes in a case: a closed one is first opened again. Raises Refusal."""
    held = hold_case(opened, envelope)
    if not casework.is_open(held.case):
        raise Refusal(CLOSED)
    return held


def hold_to_write(opened, envelope):
    """The same for whatever adds words to a case: nobody who has left it may be able to read them. Raises Refusal."""
    return renewed(hold_open_case(opened, envelope), envelope)


@sensitive_variables()
def renewed(held, envelope):
    """Return a held case with other keys where somebody who left has held its own, and as it is elsewhere.

    A referent who revokes a peer opens no case: whoever stays does it, before the first word. Raises Refusal.
    """
    pair = pair_of(held.case)
    if {peer.pk for peer in pair}.issuperset(held.holders):
        return held
    return rekeyed(held, pair, actor=envelope.peer_id)


@sensitive_variables()
def rekeyed(held, peers, **changes):
    """Give a held case other keys, for these peers; say whose key is not signed where one is not. Raises Refusal."""
    try:
        return casework.rekey(opened=held, peers=peers, **changes)
    except casework.NotVouched as error:
        raise Refusal(NOT_SIGNED.format(name=error.peer.user)) from error


def tell(opened, envelope, words):
    """Leave the requester a word about what this peer changed. It says nothing of what was read or noted."""
    write(opened, envelope, casework.CELL, words)


@sensitive_variables()
def write(opened, envelope, author, words):
    """Add a message because of one peer, for whom it is read already; the other peer still has it to read."""
    message = casework.write_message(opened=opened, author=author, content=words)
    # Only where nothing came in between: what the requester wrote meanwhile still waits.
    CaseEnvelope.objects.filter(pk=envelope.pk, read_up_to=message.number - 1).update(read_up_to=message.number)
    return message


def touch(case, **fields):
    """Keep that the pair did something with a case this week, with other fields that change. A Monday, never a day.

    Never before the week that the table holds: a talk may have been set since this case was read.
    """
    Case.objects.filter(pk=case.pk).update(last_week=Greatest("last_week", audit.this_week()), **fields)


# --- Reading --------------------------------------------------------------------------------------


@transaction.atomic
def take_up(*, opened, envelope):
    """Keep that this peer chose to read the request: the case is followed from then on. Raises Refusal."""
    case = hold_case(opened, envelope).case
    CaseEnvelope.objects.filter(pk=envelope.pk).update(opened=True, rounds=0)
    if case.state == CaseState.ASKED:
        touch(case, state=CaseState.FOLLOWED)


def mark_read(*, envelope, up_to):
    """Keep which message this peer has seen last, so that nobody is told any more that it waits."""
    if envelope.read_up_to < up_to or envelope.rounds:
        CaseEnvelope.objects.filter(pk=envelope.pk, read_up_to__lte=up_to).update(read_up_to=up_to, rounds=0)


# --- Messages and talks ---------------------------------------------------------------------------


@sensitive_variables()
@transaction.atomic
def send_message(*, opened, envelope, words):
    """Write to the requester, in the name of one peer; return the Message. Raises Refusal."""
    return write(hold_to_write(opened, envelope), envelope, envelope.peer_id, words)


@transaction.atomic
def set_talk(*, opened, envelope, starts_at, now=None):
    """Put the next talk at this hour, in the place of the one to come if there is one, and tell the requester.

    With the same pair, among the hours that both have opened. Raises SlotTaken, or Refusal; then nothing moved.
    """
    held = hold_open_case(opened, envelope)
    peers, before = pair_of(held.case), next_hour(held.case, now)
    if len(peers) < PAIR:
        raise Refusal(ALONE)
    booking.move(case=held.case, peers=peers, starts_at=starts_at, now=now)
    verb = "déplacé" if before else "fixé"
    tell(held, envelope, f"L’entretien est {verb} au {said(starts_at)}.")


@transaction.atomic
def cancel_talk(*, opened, envelope, now=None):
    """Give back the hours of the talk to come and tell the requester. Raises Refusal where there is none."""
    held = hold_to_write(opened, envelope)
    before = next_hour(held.case, now)
    if before is None:
        raise Refusal(NO_TALK)
    booking.release(case=held.case, now=now)
    tell(held, envelope, f"L’entretien du {said(before)} est annulé. Une autre date vous sera proposée ici.")


def next_hour(case, now=None):
    """Return when the next talk that has not begun is, or None."""
    ahead = case.reservations.filter(slot__starts_at__gt=now or timezone.now()).order_by("slot__starts_at")
    return ahead.values_list("slot__starts_at", flat=True).first()


def said(moment):
    return f"{day(moment)} à {clock(moment)}"
