"""A plan says what a session and its registrations should be; write() puts into the database those that are missing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle

from django.utils import timezone
from django.utils.text import slugify

from activities.enums import CancelReason, Presence, RegistrationState, SessionState
from activities.models import Attendance, Hosting, Person, Registration, Session, TimeWish
from cafe.demo.catalogue import OFFERS
from cafe.demo.people import Guest


@dataclass(frozen=True)
class Entry:
    """One registration to be; `at` is when it was made, `ended_at` when it was cancelled, for `reason`."""

    guest: Guest
    at: datetime
    state: str = RegistrationState.CONFIRMED
    ended_at: datetime | None = None
    reason: str = ""
    offer_ends_at: datetime | None = None


@dataclass
class Plan:
    activity: str
    starts_at: datetime
    state: str = SessionState.HELD
    entries: list[Entry] = field(default_factory=list)
    wishes: dict[str, int] = field(default_factory=dict)
    fields: dict = field(default_factory=dict)

    @property
    def slug(self):
        title = OFFERS[self.activity].title
        return slugify(f"{title} {timezone.localdate(self.starts_at)}")


def at(day, hour, minute=0):
    """Return this moment of the day, in the portal's time zone."""
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour, minute), timezone.get_default_timezone())


def arrivals(random, count, *, first, last):
    """Return `count` moments between two, in order: when people registered."""
    return sorted(first + (last - first) * random.random() for _ in range(count))


def confirmed(random, guests, *, first, last):
    moments = arrivals(random, len(guests), first=first, last=last)
    return [Entry(guest=guest, at=moment) for guest, moment in zip(guests, moments, strict=True)]


def given_up(random, guests, *, first, last):
    """Return entries of people who registered and then cancelled by themselves, one to three days later."""
    return [
        Entry(
            guest=entry.guest,
            at=entry.at,
            state=RegistrationState.CANCELLED,
            ended_at=min(last, entry.at + timedelta(hours=random.randint(24, 72))),
            reason=CancelReason.PERSON,
        )
        for entry in confirmed(random, guests, first=first, last=last)
    ]


def write(plans, *, catalogue, hosts, mover):
    """Insert the sessions whose page does not exist yet, with all that hangs on them; return how many."""
    known = set(Session.objects.filter(slug__in=[plan.slug for plan in plans]).values_list("slug", flat=True))
    # Drawn for every plan, so that a session keeps its hosts whichever others are missing.
    drawn = zip(plans, rota(hosts), strict=False)
    new = [(plan, on_duty, build(plan, catalogue, mover)) for plan, on_duty in drawn if plan.slug not in known]
    Session.objects.bulk_create(session for plan, on_duty, session in new)
    Hosting.objects.bulk_create(
        Hosting(session=session, user=user, rank=rank)
        for plan, on_duty, session in new
        if session.state != SessionState.DRAFT
        for rank, user in enumerate(on_duty, start=1)
    )
    TimeWish.objects.bulk_create(
        TimeWish(session=session, slot=slot, count=count)
        for plan, on_duty, session in new
        for slot, count in plan.wishes.items()
    )
    write_registrations([(plan, session) for plan, on_duty, session in new])
    write_attendances([session for plan, on_duty, session in new if session.state == SessionState.HELD])
    return len(new)


def rota(hosts):
    """Yield without end who hosts: one member of the team, then two, each in turn."""
    turns = cycle(hosts)
    while True:
        yield [next(turns)]
        yield [next(turns), next(turns)]


def build(plan, catalogue, mover):
    fields = OFFERS[plan.activity].habits() | plan.fields
    place, facilitator = fields.pop("place"), fields.pop("facilitator")
    session = Session(
        activity=catalogue.activities[plan.activity],
        slug=plan.slug,
        state=plan.state,
        starts_at=plan.starts_at,
        place=catalogue.places.get(place),
        facilitator=catalogue.facilitators.get(facilitator),
        moved_by=mover,
        **fields,
    )
    if plan.state == SessionState.HELD:
        session.held_at = session.ends_at + timedelta(hours=12)
    return session


def write_registrations(new):
    rows = [
        (registration(session, number, entry), entry.at)
        for plan, session in new
        for number, entry in enumerate(sorted(plan.entries, key=lambda entry: entry.at), start=1)
    ]
    keys = person_keys({row.email for row, moment in rows})
    for row, _moment in rows:
        row.person_key = keys[row.email]
    Registration.objects.bulk_create(row for row, moment in rows)
    # Inserting stamps created_at with the present: the past is put back afterwards.
    for row, moment in rows:
        row.created_at = moment
    Registration.objects.bulk_update([row for row, moment in rows], ["created_at"], batch_size=100)


def write_attendances(held):
    """Whoever had a place at a session that was held came, as the published balance counts it."""
    came = Registration.objects.filter(session__in=held, state=RegistrationState.CONFIRMED).order_by("pk")
    Attendance.objects.bulk_create(
        Attendance(
            registration=registration,
            session=registration.session,
            presence=Presence.PRESENT,
            marked_at=registration.session.ends_at,
            marked_by_id=registration.session.moved_by_id,
        )
        for registration in came.select_related("session")
    )


def registration(session, number, entry):
    return Registration(
        session=session,
        number=number,
        state=entry.state,
        confirmed_at=entry.at if entry.state == RegistrationState.CONFIRMED else None,
        offer_ends_at=entry.offer_ends_at,
        cancelled_at=entry.ended_at,
        cancel_reason=entry.reason,
        **vars(entry.guest),
    )


def person_keys(emails):
    known = dict(Person.objects.filter(email__in=emails).values_list("email", "key"))
    missing = Person.objects.bulk_create(Person(email=email) for email in sorted(emails - known.keys()))
    return known | {person.email: person.key for person in missing}
