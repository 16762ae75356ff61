"""Handing a case over: somebody recuses, leaves or is replaced, and a peer who may receive is given its new keys.

Never to somebody the requester excluded, nor to whoever has already left this case: who leaves is added to those whom
the sealed request excludes, and stands nowhere in clear. The case is given other keys, so that whoever kept the former
ones reads nothing of it any more. The requester is told who receives from then on, for the
newcomer was not chosen with them.
"""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from cafe.errors import Refusal
from listening_cell import matching
from listening_cell.enums import AuditAction
from listening_cell.services import audit, booking, casework, following, notices
from listening_cell.services.following import NOT_SIGNED

NOBODY = (
    "Personne ne peut prendre la relève pour le moment, et rien n’a changé. Parlez-en avec votre binôme et avec le "
    "référent, sans rien dire de la demande."
)
WHO = "Dites qui passe la main."
SAME_HOUR, OTHER_HOUR = " L’heure de l’entretien ne change pas.", " Une nouvelle heure vous sera proposée ici."


@sensitive_variables()
@transaction.atomic
def recuse(*, opened, envelope, now=None):
    """Leave a case before reading its request, since one knows the person; return who takes over. Raises Refusal."""
    newcomers = pass_on(opened=opened, envelope=envelope, leaving={envelope.peer_id}, now=now)
    audit.record(AuditAction.RECUSE, actor=envelope.peer_id, case=opened.case)
    return newcomers


@sensitive_variables()
@transaction.atomic
def pass_on(*, opened, envelope, leaving, now=None):
    """Give a case to whoever takes the place of those who leave (ids), and of who has already gone; return these peers.

    The talk keeps its hour where the newcomer is free then; else it is given back, and the requester told. Raises
    Refusal where nobody may take over, or where nobody leaves: then nothing changed.
    """
    now = now or timezone.now()
    held = following.hold_open_case(opened, envelope)
    pair = following.pair_of(held.case)
    staying = [peer for peer in pair if peer.pk not in leaving]
    if len(staying) == following.PAIR:
        raise Refusal(WHO)
    gone = [peer for peer in pair if peer not in staying]
    starts_at = following.next_hour(held.case, now)
    request = without(casework.read_request(held), gone)
    newcomers, same_hour = successors(request, staying, starts_at, now)
    held = following.rekeyed(held, [*staying, *newcomers], request=request, actor=envelope.peer_id)
    kept = give_hours(held.case, staying, newcomers, starts_at if same_hour else None, now)
    following.touch(held.case, replacement_wanted=False)
    following.tell(held, envelope, sentence(staying + newcomers, starts_at, kept))
    notices.tell_others(case=held.case, peer=envelope.peer)
    return newcomers


def without(request, gone):
    """Return a Request that excludes these peers too, so that no later replacement is one of them."""
    return replace(request, excluded=tuple(dict.fromkeys([*request.excluded, *(peer.pk for peer in gone)])))


def successors(request, staying, starts_at, now):
    """Return (who takes over, whether they are free at the hour of the talk). Raises Refusal where nobody may."""
    board = booking.read_board(now)
    for hour in [starts_at, None] if starts_at else [None]:
        keys = chosen(board, staying, request, hour)
        if keys:
            return [board.peers[key] for key in keys], hour is not None
    raise Refusal(NOBODY)


def chosen(board, staying, request, hour):
    """Return the ids of whoever takes over: beside the peer who stays, or both where nobody does. None for nobody."""
    candidates = board.candidates(hour)
    wishes = {
        "profession": request.profession,
        "excluded": request.excluded,
        "free": None if hour is None else board.free.get(hour, frozenset()),
        "seed": booking.day_seed(board.now),
    }
    if not staying:
        pair = matching.choose_pair(candidates, **wishes)
        return pair.keys if pair else None
    beside = next((one for one in candidates if one.key == staying[0].pk), None)
    if beside is None:
        raise Refusal(NOT_SIGNED.format(name=staying[0].user))
    choice = matching.replacement(candidates, staying=beside, **wishes)
    return [choice.peer.key] if choice else None


def give_hours(case, staying, newcomers, starts_at, now):
    """Give back the hours of who is no longer of the pair; hold the newcomers' at starts_at. Return whether it stands.

    Where they are not free then (starts_at is None), or not any more, the whole talk is given back.
    """
    ahead = case.reservations.filter(slot__starts_at__gt=now)
    ahead.exclude(slot__peer__in=staying).delete()
    try:
        if starts_at is None:
            raise booking.SlotTaken
        booking.hold(case=case, peers=newcomers, starts_at=starts_at)
    except booking.SlotTaken:
        booking.release(case=case, now=now)
        return False
    return True


def sentence(peers, starts_at, kept):
    names = " et ".join(sorted(peer.user.first_name or "un pair" for peer in peers))
    hour = "" if starts_at is None else SAME_HOUR if kept else OTHER_HOUR
    return f"Votre binôme a changé : {names} vous reçoivent désormais.{hour}"


# --- The same peer, another key -------------------------------------------------------------------


@sensitive_variables()
@transaction.atomic
def entrust_again(*, opened, envelope):
    """Seal a case anew to the other peer of the pair, who lost their key and made another; return that peer.

    Under other keys: the lost one may be in somebody's hands. Raises Refusal where there is no other peer, or no
    referent has signed the new key.
    """
    held = following.hold_open_case(opened, envelope)
    pair = following.pair_of(held.case)
    other = next((peer for peer in pair if peer.pk != envelope.peer_id), None)
    if other is None:
        raise Refusal(following.ALONE)
    following.rekeyed(held, pair, actor=envelope.peer_id)
    notices.tell_others(case=held.case, peer=envelope.peer)
    return other
