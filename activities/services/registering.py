"""Registering to a session, and every move of a registration by the person or by the team."""

from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.utils import timezone

from activities.enums import CancelReason
from activities.models import Person, Registration, Session, new_link_key
from activities.notifications import registrations as notifications
from activities.permissions import why_closed, why_fixed, why_not_for
from activities.services.locking import lock_session
from activities.services.offers import end_offer, offer_places
from activities.services.questions import save_answers
from cafe.errors import Refusal
from cafe.text import normalise_email

State = Registration.State
MAX_EXTRA_PLACES = 100


def refuse(sentence):
    """Raise Refusal where a permission answered with a sentence."""
    if sentence:
        raise Refusal(sentence)


def person_key(email):
    """Return the random key of this normalised address, made on first sight. Two callers at once get the same."""
    Person.objects.bulk_create([Person(email=email)], ignore_conflicts=True)
    return Person.objects.values_list("key", flat=True).get(email=email)


def _tally(session, email):
    """Count what else decides on a newcomer, in one statement: the last number, those live with this address."""
    live = Q(state__in=State.live, email=email)
    return session.registrations.aggregate(last=Max("number"), mine=Count("pk", filter=live))


@transaction.atomic
def register(*, slug, email, profession, sessions=None, by=None, extra_place=False, answers=None, **details):
    """Register a person to the session of this slug; return (registration, True where there was a free place).

    A free place confirms; otherwise, or while anyone waits, the person queues. One live registration per normalised
    address: a second one changes nothing, answers the same, and mails the personal link again. The second value
    speaks of the session, not of the person, so that it tells nobody who attends. `by` is the coordinator who
    registers someone: the opening and closing dates do not bind her, and she may add an extra place for that person
    rather than have her queue. `answers`: see save_answers. Raises Session.DoesNotExist, Refusal.
    """
    session = lock_session(sessions, slug=slug)
    if session.head_id:
        raise Refusal("On s’inscrit une seule fois pour tout le cycle, depuis la page de sa première séance.")
    if not (by and session.state == Session.State.PUBLISHED and session.starts_at > timezone.now()):
        refuse(why_closed(session))
    refuse(why_not_for(session, profession))
    email = normalise_email(email)
    # Under the session's lock: nobody takes the same number, nor the last place, in the meantime.
    tally = _tally(session, email)
    # Known before who asks is looked at: the answer must not depend on whether she is there already.
    free = session.places_left > 0
    if tally["mine"]:
        registration = session.registrations.live().get(email=email)
        notifications.link_again(registration, session)
        return registration, free
    if by and extra_place and not free:
        add_place(session)
        free = True
    registration = Registration.objects.create(
        session=session,
        number=(tally["last"] or 0) + 1,
        state=State.CONFIRMED if free else State.WAITING,
        confirmed_at=timezone.now() if free else None,
        email=email,
        profession=profession,
        person_key=person_key(email),
        moved_by=by,
        **details,
    )
    save_answers(registration=registration, answers=answers)
    if free:
        notifications.confirmed(registration, session)
    else:
        notifications.waiting(registration, session, position=session.waiting + 1)
    return registration, free


def waiting_position(registration):
    """Return the place in line of a waiting registration, 1 being the next to be offered a place."""
    ahead = Registration.objects.waiting().filter(session_id=registration.session_id, number__lt=registration.number)
    return ahead.count() + 1


def _locked(registration):
    """Lock the registration's session, then read the registration again. Returns both."""
    session = lock_session(pk=registration.session_id)
    registration = Registration.objects.get(pk=registration.pk)
    registration.session = session
    return session, registration


def count_withdrawal(session):
    """Give a locked session, and those of its cycle, their next iCalendar SEQUENCE.

    What takes them out of one person's calendar must be above what is there.
    """
    Session.objects.of_cycle(session.pk).update(sequence=F("sequence") + 1)
    session.sequence += 1
    session.__dict__.pop("cycle", None)


@transaction.atomic
def cancel_registration(*, registration, reason=CancelReason.PERSON, by=None):
    """Cancel a live registration before the session starts, and offer its place at once to the first in line.

    Cancelling twice changes nothing. Raises Refusal once the session has begun.
    """
    session, registration = _locked(registration)
    if registration.state == State.CANCELLED:
        return registration
    refuse(why_fixed(session))
    had_place = registration.state == State.CONFIRMED
    if had_place:
        count_withdrawal(session)
    registration.moved_by = by
    registration.save(update_fields=["moved_by"])
    end_offer(registration, reason=reason, now=timezone.now())
    notifications.cancelled(registration, session, had_place=had_place)
    offer_places(session=session)
    return registration


def _locked_live(registration):
    """The same, and refuse what can no longer be changed: a session begun or cancelled, a registration cancelled."""
    session, registration = _locked(registration)
    refuse(why_fixed(session))
    if registration.state == State.CANCELLED:
        raise Refusal("Cette inscription est annulée. Vous pouvez vous inscrire à nouveau depuis la page de la séance.")
    return session, registration


def _take_place(registration, session, by=None):
    registration.state = State.CONFIRMED
    registration.confirmed_at = timezone.now()
    registration.moved_by = by
    registration.save(update_fields=["state", "confirmed_at", "moved_by"])
    notifications.confirmed(registration, session)


@transaction.atomic
def accept_offer(*, registration):
    """Confirm an offered place before its deadline. Accepting twice changes nothing; too late raises Refusal."""
    session, registration = _locked(registration)
    if registration.state == State.CONFIRMED:
        return registration
    refuse(why_fixed(session))
    if registration.state != State.OFFERED or registration.offer_ends_at <= timezone.now():
        raise Refusal("Le délai de cette proposition est passé : la place a été proposée à la personne suivante.")
    _take_place(registration, session)
    return registration


def add_place(session):
    """Add one extra place to a locked session. Raises Refusal past the number that the database allows."""
    session.extra_places += 1
    if session.extra_places > MAX_EXTRA_PLACES:
        raise Refusal(f"Une séance compte au plus {MAX_EXTRA_PLACES} places supplémentaires.")
    session.save(update_fields=["extra_places"])


@transaction.atomic
def promote_registration(*, registration, by):
    """Give a waiting or offered person a place now, with an extra place where none is free: the coordinator's choice.

    The rest of the line keeps its order. Raises Refusal where the registration neither waits nor is offered a place.
    """
    session, registration = _locked(registration)
    refuse(why_fixed(session))
    if registration.state not in {State.WAITING, State.OFFERED}:
        raise Refusal("Cette personne n’attend plus de place.")
    # Without her own offer, which holds a place already: she takes that one, and needs no other.
    others = session.registrations.occupying().exclude(pk=registration.pk).count()
    if others >= session.places:
        add_place(session)
    _take_place(registration, session, by=by)
    return registration


def resend_link(*, registration):
    """Mail a live registration its link again. Raises Refusal where one left too recently, or would be useless."""
    refuse(why_fixed(registration.session))
    if registration.state == State.CANCELLED:
        raise Refusal("Cette inscription est annulée : son lien ne sert plus.")
    if not notifications.link_again(registration, registration.session):
        raise Refusal("Un courriel lui a été envoyé il y a peu. Attendez une heure avant de le renvoyer.")


@transaction.atomic
def change_registration(*, registration, profession, answers=None, **details):
    """Change what the person said of herself, by her link. The address is not changed here; see change_email."""
    session, registration = _locked_live(registration)
    refuse(why_not_for(session, profession))
    registration.profession = profession
    for name, value in details.items():
        setattr(registration, name, value)
    registration.save(update_fields=["profession", *details])
    save_answers(registration=registration, answers=answers)
    return registration


def ask_email_change(*, registration, email):
    """Mail the new address a link that confirms it; the answer is the same whoever that address belongs to.

    Somebody already registered with it gets her own link instead: nobody can test who attends. Raises Refusal where
    the registration can no longer be changed.
    """
    refuse(why_fixed(registration.session))
    if registration.state == State.CANCELLED:
        raise Refusal("Cette inscription est annulée : son adresse ne change plus.")
    email = normalise_email(email)
    other = Registration.objects.live().filter(session_id=registration.session_id, email=email).first()
    if other:
        notifications.link_again(other, other.session)
    else:
        notifications.confirm_email(registration, registration.session, email)


@transaction.atomic
def change_email(*, registration, email):
    """Move a live registration to an address its holder has proved; the old personal link ends.

    Raises Refusal where that address has registered to the session in the meantime.
    """
    session, registration = _locked_live(registration)
    if session.registrations.live().filter(email=email).exclude(pk=registration.pk).exists():
        raise Refusal("Cette adresse est déjà inscrite à cette séance.")
    registration.email = email
    registration.person_key = person_key(email)
    registration.link_key = new_link_key()
    registration.save(update_fields=["email", "person_key", "link_key"])
    notifications.email_changed(registration, session)
    return registration
