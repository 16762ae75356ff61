"""Who came: what hosts tick on their phone, and those who came without having registered."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from activities.enums import Presence, RegistrationState, SessionState
from activities.models import Attendance, Registration, Session
from activities.permissions import HOSTS_MARK_FOR, MARKING_OPENS, why_not_marking
from activities.services.locking import lock_session
from activities.services.registering import add_place, person_key, refuse
from cafe.text import normalise_email

FIELDS = ["presence", "marked_at", "marked_by"]


@dataclass(frozen=True)
class Tick:
    """A host's decision about one person, and when it was taken, which may be before the portal hears of it."""

    registration_id: int
    presence: str
    at: datetime


def people_at(session):
    """Return whom to mark at a session, by name, each with .presence (None until marked). One statement.

    Those who hold a place, and whoever was marked before giving it up.
    """
    marks = Attendance.objects.filter(session=session, registration=OuterRef("pk")).values("presence")
    registrations = Registration.objects.filter(session_id=session.registering_session_id)
    registrations = registrations.annotate(presence=Subquery(marks))
    shown = registrations.filter(Q(state=RegistrationState.CONFIRMED) | Q(presence__isnull=False))
    return shown.order_by("last_name", "first_name", "number")


def sessions_to_mark(user):
    """Return the sessions that this host may mark now and that she has not said were held, the earliest first."""
    now = timezone.now()
    mine = Session.objects.filter(hostings__user=user, state=SessionState.PUBLISHED)
    near = mine.filter(starts_at__lte=now + MARKING_OPENS, starts_at__gt=now - HOSTS_MARK_FOR)
    return near.select_related("activity").order_by("starts_at")


def counts_of(people):
    """Return how many are present, absent, excused, and not marked yet."""
    marks = [person.presence or "unknown" for person in people]
    return {state: marks.count(state) for state in (*Presence.values, "unknown")}


@transaction.atomic
def mark(*, session, ticks, by):
    """Keep what a host ticked; sending the same ticks again changes nothing.

    For each person the latest decision wins, not the latest to arrive: what a phone kept while it had no network does
    not undo what the other host decided since. A host's own ticks come in order, so that hers always replace hers,
    however long each was on its way. Ticks about people of other sessions are left aside. Raises Refusal.
    """
    lock_session(pk=session.pk)
    refuse(why_not_marking(session, by))
    ours = set(people_at(session).values_list("pk", flat=True))
    rows = {row.registration_id: row for row in Attendance.objects.filter(session=session)}
    new, changed = {}, {}
    for tick in sorted(ticks, key=lambda tick: tick.at):
        row = rows.get(tick.registration_id)
        if tick.registration_id not in ours or (row and row.marked_by_id != by.pk and row.marked_at > tick.at):
            continue
        if row is None:
            row = rows[tick.registration_id] = Attendance(registration_id=tick.registration_id, session=session)
            new[tick.registration_id] = row
        elif row.pk:
            changed[tick.registration_id] = row
        row.presence, row.marked_at, row.marked_by = tick.presence, tick.at, by
    Attendance.objects.bulk_create(new.values())
    Attendance.objects.bulk_update(changed.values(), FIELDS)


@transaction.atomic
def add_walk_in(*, session, first_name, last_name, profession, email="", by):
    """Register and mark present somebody who came without a place; return the registration.

    She gets an extra place where none is left. Who waited, or was offered a place, gets hers with the same address; who
    had one is only marked. Adding the same person twice adds her once. No mail leaves: she is in the room. Raises
    Refusal.
    """
    head = lock_session(pk=session.registering_session_id)
    refuse(why_not_marking(session, by))
    who = {"first_name": first_name, "last_name": last_name, "profession": profession}
    email = normalise_email(email)
    same = Q(email=email) if email else Q(walk_in=True, **who)
    registration = head.registrations.live().filter(same).first()
    if registration is None:
        registration = Registration(
            session=head, number=_next_number(head), person_key=_key(email), email=email, cpts_member=None, **who
        )
    if registration.state != RegistrationState.CONFIRMED:
        _let_in(registration, by)
        if head.registrations.occupying().count() > head.places:
            add_place(head)
    mark(session=session, ticks=[Tick(registration.pk, Presence.PRESENT, timezone.now())], by=by)
    return registration


def _next_number(session):
    last = session.registrations.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _key(email):
    """Without an address nobody can be recognised: such a person counts as one more."""
    return person_key(email) if email else uuid.uuid4()


def _let_in(registration, by):
    registration.state = RegistrationState.CONFIRMED
    registration.confirmed_at = timezone.now()
    registration.walk_in = True
    registration.moved_by = by
    registration.save()
