"""The requester's side of a case: coming back with the receipt, then date, messages, another pair, forgetting all.

Nothing here is logged. Only codes that open nothing are counted, so that no row tells that somebody came back.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from cafe.errors import Refusal
from cafe.limits import is_spent, within_limit
from listening_cell import matching, vault
from listening_cell.enums import CaseState, KeyState
from listening_cell.models import Case, Note
from listening_cell.services import asking, booking, casework, files, following
from listening_cell.services.audit import pepper
from listening_cell.services.casework import REQUESTER

FAILURES, ALL_FAILURES, WINDOW = 5, 300, 15 * 60
MOST_MESSAGES = 400
UNKNOWN = "Ce code n’ouvre aucun suivi. Vérifiez chaque signe ; un suivi effacé ne s’ouvre plus."
TOO_MANY = "Trop de codes ont été essayés. Réessayez dans un quart d’heure ; votre code reste valable."
GONE = "Ce suivi vient d’être effacé."
CLOSED = "Ce suivi est terminé : on ne peut plus rien y changer. Vous pouvez faire une nouvelle demande."
FULL = "Ce suivi ne peut plus recevoir de message. Convenez d’un entretien pour continuer."
INCOMPLETE = "Votre binôme est incomplet : aucune date ne peut être choisie avant qu’il soit au complet."
NO_TALK = "Il n’y a pas d’entretien à annuler."
STILL_THERE = "Votre binôme est au complet. Écrivez-lui un message si quelque chose ne va pas."
NOTES_STAY = (
    "Votre binôme a déjà pris des notes, que seuls ces pairs peuvent transmettre. Écrivez-leur un message : ils "
    "passeront le relais."
)
NOBODY_ELSE = "Aucun autre binôme n’est disponible en ce moment. Rien n’a changé."


@dataclass(frozen=True)
class Followed:
    """What the requester reads of a case. pair: the peers who hold it; starts_at: its next talk, or None.

    began: that talk has begun; talked: another one has taken place.
    """

    opened: casework.Opened
    request: casework.Request
    pair: list
    starts_at: object
    began: bool
    talked: bool
    messages: list

    @property
    def case(self):
        return self.opened.case

    @property
    def is_open(self):
        return casework.is_open(self.case)

    @property
    def lacks_pair(self):
        return self.is_open and lacks_pair(self.case, self.pair)

    @property
    def notes_hold(self):
        return notes_hold(self.case, self.pair)

    @property
    def notes_lost(self):
        return has_notes(self.case) and not self.notes_hold

    @property
    def waits(self):
        """Whether the requester wrote last, or nothing was said yet."""
        return not self.messages or self.messages[-1].author == REQUESTER


# --- Coming back ----------------------------------------------------------------------------------


@sensitive_variables()
def come_back(*, code, address):
    """Return the receipt that a typed code is, where it opens a case. Raises Refusal.

    Five failures a quarter of an hour for an address, three hundred for all of them; then right and wrong codes get
    the same answer, before anything is looked up. A right code writes nothing.
    """
    limits = limits_of(address)
    if any(is_spent(**limit) for limit in limits):
        raise Refusal(TOO_MANY)
    receipt = vault.tidied(code)
    if casework.open_by_receipt(receipt) is None:
        for limit in limits:
            within_limit(**limit)
        raise Refusal(UNKNOWN)
    return receipt


def limits_of(address):
    """Return what a failure counts against: this address, under a digest that changes every day, and everybody."""
    day = timezone.localdate().isoformat()
    who = vault.digest(pepper(), "cell return", day, address).hex()
    return [
        {"scope": "return", "who": who, "limit": FAILURES, "seconds": WINDOW},
        {"scope": "return", "who": "all", "limit": ALL_FAILURES, "seconds": WINDOW},
    ]


# --- Reading --------------------------------------------------------------------------------------


@sensitive_variables()
def follow(opened, now=None):
    """Return what the requester reads of an opened case. Raises Unreadable. Writes nothing."""
    now, starts_at = now or timezone.now(), booking.coming(opened.case, now)
    return Followed(
        opened=opened,
        request=casework.read_request(opened),
        pair=following.pair_of(opened.case),
        starts_at=starts_at,
        began=bool(starts_at and starts_at <= now),
        talked=opened.case.reservations.filter(slot__starts_at__lte=now - following.TALK).exists(),
        messages=casework.read_messages(opened),
    )


def lacks_pair(case, pair):
    """Tell whether the requester may choose another pair: it did not answer, or somebody left it."""
    return case.replacement_wanted or len(able(pair)) < following.PAIR


def able(pair):
    """Return those of a pair who have not left the cell, nor lost their key."""
    return [peer for peer in pair if peer.state == KeyState.SIGNED]


def has_notes(case):
    """Tell whether notes were ever taken: the database alone would not be believed."""
    return bool(casework.note_count(case))


def notes_hold(case, pair):
    """Tell whether notes tie a case to its pair: somebody of it can still pass on what opens them."""
    return has_notes(case) and bool(able(pair))


def come_back_by(followed, now=None):
    """Return by which day to come back, since the portal will not write; None where nothing is to come."""
    now = now or timezone.now()
    if not (followed.starts_at or followed.waits):
        return None
    since = followed.messages[-1].at if followed.messages else now
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    by = asking.come_back_by(followed, since)
    return by if followed.starts_at else max(by, tomorrow)


def dates(pair, now=None):
    """Return the hours that this pair has in common, soonest first.

    Some are left out by the lot of the day, as for a first request: an hour that is missing tells nothing of others.
    Neither the pause nor the monthly limit of a peer matters, for she already follows this case.
    """
    board = booking.read_board(now)
    common = board.common(pair) if len(pair) == following.PAIR else []
    seed = booking.day_seed(board.now)
    return [at for at in common if not matching.is_left_out(at, seed)] or common[:1]


# --- Writing --------------------------------------------------------------------------------------


def hold_case(opened):
    """Hold a case until the transaction ends; return Opened with the case as it is now. Raises Refusal, OtherKeys."""
    case = Case.objects.select_for_update(no_key=True).filter(pk=opened.case.pk).first()
    if case is None:
        raise Refusal(GONE)
    casework.check_keys(opened, case)
    return replace(opened, case=case)


def hold_open_case(opened):
    """The same, for what a closed case takes no more. Raises Refusal."""
    held = hold_case(opened)
    if not casework.is_open(held.case):
        raise Refusal(CLOSED)
    return held


@sensitive_variables()
@transaction.atomic
def write(*, opened, words):
    """Write to the pair; the same words sent twice in a row are one message. Raises Refusal."""
    held = hold_open_case(opened)
    if held.case.messages >= MOST_MESSAGES:
        raise Refusal(FULL)
    last = casework.read_messages(held)[-1:]
    if not last or (last[0].author, last[0].content) != (REQUESTER, words):
        casework.write_message(opened=held, author=REQUESTER, content=words)


@sensitive_variables()
@transaction.atomic
def set_date(*, opened, starts_at, now=None):
    """Put the talk to come at this hour, with the same pair, or ask for another; the pair reads it as a message.

    Raises SlotTaken, with near hours, or Refusal; then nothing moved.
    """
    held = hold_open_case(opened)
    pair, before = following.pair_of(held.case), following.next_hour(held.case, now)
    if len(pair) < following.PAIR:
        raise Refusal(INCOMPLETE)
    if starts_at == before:
        return
    offered = dates(pair, now)
    if starts_at not in offered:
        raise booking.SlotTaken(matching.near(offered, starts_at))
    booking.move(case=held.case, peers=pair, starts_at=starts_at, now=now)
    tell(held, moved(before, starts_at))


def moved(before, starts_at):
    """Return what the pair reads of a date that the requester chose."""
    if before is None:
        return f"J’ai choisi une date pour l’entretien : {following.said(starts_at)}."
    return f"J’ai déplacé l’entretien du {following.said(before)} au {following.said(starts_at)}."


@sensitive_variables()
@transaction.atomic
def cancel(*, opened, words="", now=None):
    """Give back the hours of the talk to come; the pair reads why, if it was said. The case stays. Raises Refusal."""
    held = hold_case(opened)
    before = following.next_hour(held.case, now)
    if before is None:
        raise Refusal(NO_TALK)
    booking.release(case=held.case, now=now)
    following.touch(held.case)
    tell(held, f"J’annule l’entretien du {following.said(before)}.\n\n{words}".strip())


def tell(opened, words):
    """Leave the pair a word on what the requester changed, so that they are told that something waits."""
    casework.write_message(opened=opened, author=REQUESTER, content=words)


# --- Another pair ---------------------------------------------------------------------------------


@sensitive_variables()
@transaction.atomic
def change_pair(*, opened, excluded=(), starts_at=None, now=None):
    """Give a case to two other peers, since its own do not answer or have left; return them. Raises Refusal, SlotTaken.

    The requester holds C, not N. As long as no note was taken the case is given another C and another N; afterwards
    only a peer who holds N can pass it on. Where nobody holds it any more the notes open for nobody, and go. Whoever
    was of the pair, or is left out now, joins those the requester excluded, sealed with the request, so that no later
    replacement is one of them. A key ROOT does not vouch for gets nothing.
    """
    held = hold_open_case(opened)
    before = following.pair_of(held.case)
    if not lacks_pair(held.case, before):
        raise Refusal(STILL_THERE)
    if notes_hold(held.case, before):
        raise Refusal(NOTES_STAY)
    request = casework.read_request(held)
    out = tuple(dict.fromkeys([*request.excluded, *excluded, *(peer.pk for peer in before)]))
    peers = other_pair(booking.read_board(now), request.profession, out, starts_at)
    forget_notes(held.case)
    booking.release(case=held.case, now=now)
    casework.rekey(opened=held, peers=peers, request=replace(request, excluded=out))
    following.touch(held.case, state=CaseState.ASKED, replacement_wanted=False, notes=0)
    if starts_at:
        booking.hold(case=held.case, peers=peers, starts_at=starts_at)
    return peers


def other_pair(board, profession, excluded, starts_at):
    """Return two peers who may take a case over, free at this hour if there is one. Raises SlotTaken, Refusal."""
    wishes = {"profession": profession, "excluded": excluded}
    found = board.pair(**wishes, starts_at=starts_at)
    if found:
        return found[0]
    if starts_at and board.pair(**wishes):
        raise booking.SlotTaken(matching.near(board.offered(**wishes), starts_at))
    raise Refusal(NOBODY_ELSE)


def forget_notes(case):
    """Forget notes that nobody can open any more, so that the next pair does not take them for notes gone missing."""
    if has_notes(case):
        Note.objects.filter(case=case).delete()
        transaction.on_commit(lambda: files.write_note_count(case.reference, 0))


@dataclass(frozen=True)
class OtherPair:
    """What the page offers. peers: whom one may leave out; slots: hours at which another pair is free."""

    peers: list
    slots: list
    possible: bool


def other_pairs(followed, excluded=(), now=None):
    """Return the OtherPair that may take a case over today, without these peers (ids) either."""
    board = booking.read_board(now)
    gone = {*followed.request.excluded, *(peer.pk for peer in followed.pair)}
    wishes = {"profession": followed.request.profession, "excluded": {*gone, *excluded}}
    others = [peer for peer in board.peers.values() if peer.pk not in gone]
    peers = sorted(others, key=lambda peer: (peer.user.first_name, peer.user.profession, peer.pk))
    return OtherPair(peers, board.offered(**wishes), board.pair(**wishes) is not None)


# --- Forgetting -----------------------------------------------------------------------------------


@transaction.atomic
def forget(*, opened):
    """Withdraw a request: its SHRED key goes first, then all its rows, and the hours of the pair are free again."""
    case = Case.objects.select_for_update(no_key=True).filter(pk=opened.case.pk).first()
    if case is None:
        raise Refusal(GONE)
    casework.shred_case(case=case)
