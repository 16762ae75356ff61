"""Moving registered people from one session to another, and writing to them."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from activities.enums import SessionState
from activities.models import Registration, occupying
from activities.notifications import registrations as notifications
from activities.permissions import why_fixed, why_not_for
from activities.services.locking import lock_session
from activities.services.offers import offer_places
from activities.services.questions import carry_answers
from activities.services.registering import count_withdrawal
from cafe import mail
from cafe.errors import Refusal
from cafe.models import Portal

State = Registration.State


@dataclass
class Outcome:
    """What became of the people to move: those given a place, those who wait, those who stay and the sentence why."""

    placed: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    staying: list = field(default_factory=list)  # [(registration, sentence)]


@dataclass(frozen=True)
class Move:
    """A registration that has arrived; whether it held a place before; its rank where it waits."""

    registration: Registration
    had_place: bool
    position: int | None


@dataclass
class Room:
    """The places of a locked session as people arrive in it."""

    free: int
    waiting: int
    last: int

    @classmethod
    def of(cls, session):
        tally = session.registrations.aggregate(
            occupied=Count("pk", filter=occupying()),
            waiting=Count("pk", filter=Q(state=State.WAITING)),
            last=Max("number"),
        )
        return cls(session.places - tally["occupied"], tally["waiting"], tally["last"] or 0)


def lock_both(source, target):
    """Lock two sessions in the order of their keys, so that two moves crossing each other never wait for each other."""
    locked = {pk: lock_session(pk=pk) for pk in sorted({source.pk, target.pk})}
    return locked[source.pk], locked[target.pk]


def check_route(source, target):
    """Raise Refusal unless people may still leave the one and arrive in the other."""
    sentence = why_fixed(source)
    if source.pk == target.pk:
        sentence = "Choisissez une autre séance que celle-ci."
    elif target.head_id:
        sentence = "On s’inscrit à un cycle entier : choisissez sa première séance."
    elif target.state != SessionState.PUBLISHED or target.starts_at <= timezone.now():
        sentence = "Cette séance n’accueille plus d’inscriptions : choisissez une séance publiée, à venir."
    if sentence:
        raise Refusal(sentence)


@transaction.atomic
def move_registrations(*, source, target, people, by):
    """Move live registrations (keys in `people`) to another session, and mail each person; return the Outcome.

    They arrive in their order of arrival, by the rule of every newcomer: a place where one is free and nobody waits,
    else the end of the waiting list. Their link stays the same. Whoever is registered there already, or for whom the
    session is not meant, stays. Places left behind are offered at once. Raises Refusal.
    """
    source, target = lock_both(source, target)
    check_route(source, target)
    leaving = list(source.registrations.live().filter(pk__in=people).order_by("number"))
    outcome, room, moved = Outcome(), Room.of(target), []
    why_stay = _reasons_to_stay(leaving, target)
    for registration in leaving:
        if sentence := why_stay(registration):
            outcome.staying.append((registration, sentence))
            continue
        had_place = registration.state == State.CONFIRMED
        placed = _arrive(registration, target, room, by)
        (outcome.placed if placed else outcome.waiting).append(registration)
        moved.append(Move(registration, had_place, None if placed else room.waiting))
    _tell(moved, source, target)
    carry_answers(registrations=[move.registration for move in moved], target=target)
    # Last, once all have left: one pass offers every place they leave.
    offer_places(session=source)
    return outcome


def _reasons_to_stay(leaving, target):
    """Return the function that tells why somebody cannot go there, or None; whom the target has is read once."""
    emails = {one.email for one in leaving if one.email}
    there = set(target.registrations.live().filter(email__in=emails).values_list("email", flat=True))

    def why_stay(registration):
        if registration.email in there:
            return "Déjà inscrit à l’autre séance."
        return why_not_for(target, registration.profession)

    return why_stay


def _tell(moved, source, target):
    """Mail each person moved. What takes the former session out of a calendar needs a SEQUENCE above the one there."""
    if any(move.had_place for move in moved):
        count_withdrawal(source)
    portal = Portal.load()
    mail.send_many(
        notifications.transferred(
            move.registration,
            target,
            former=source,
            had_place=move.had_place,
            position=move.position,
            portal=portal,
        )
        for move in moved
        if move.registration.email
    )


def _arrive(registration, target, room, by):
    """Put a registration in a place of a locked session, or at the end of its line; return whether it has a place."""
    # A place free while others wait is being offered to them: who is moved passes nobody.
    free = room.free > 0 and not room.waiting
    room.last += 1
    registration.session = target
    registration.number = room.last
    registration.state = State.CONFIRMED if free else State.WAITING
    registration.confirmed_at = timezone.now() if free else None
    registration.offer_ends_at = None
    registration.to_reconfirm = False
    registration.reconfirm_asked_at = None
    registration.moved_by = by
    registration.save()
    if free:
        room.free -= 1
    else:
        room.waiting += 1
    return free


def write_to(*, session, registrations, subject, text, nonce):
    """Mail the team's word to each of these people, one mail each; return how many mails are new.

    Nothing else is kept of it. The nonce of the preview keeps a second click from sending it twice.
    """
    people = [one for one in registrations if one.email]
    return mail.send_many(notifications.word(one, session, subject=subject, text=text, nonce=nonce) for one in people)
