"""The season under way, relative to today: what was held since September, and every state an upcoming session has."""

from datetime import date, timedelta

from django.utils import timezone

from activities.enums import Audience, CancelReason, RegistrationState, SessionState, TimeSlot
from activities.models import Session
from cafe.demo.balance import ENDS
from cafe.demo.people import DOMAIN, invent_guest, invented
from cafe.demo.plans import Entry, Plan, arrivals, at, confirmed, given_up
from members.enums import Gender, Profession

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, SATURDAY = 0, 1, 2, 3, 5
SEPTEMBER = 9
# month: (activity, weekday of the second week, hour, minute, places, confirmed); nothing in July and August
HELD = {
    9: ("tai-chi", TUESDAY, 19, 30, 10, 9),
    10: ("marche", SATURDAY, 10, 0, 12, 12),
    11: ("relaxation", THURSDAY, 19, 30, 10, 10),
    12: ("terre", TUESDAY, 19, 0, 8, 8),
    1: ("pilates", MONDAY, 19, 0, 10, 8),
    2: ("risques", THURSDAY, 20, 0, 25, 16),
    3: ("boxe", TUESDAY, 20, 0, 12, 11),
    4: ("yoga", THURSDAY, 19, 30, 10, 10),
    5: ("velo", SATURDAY, 10, 0, 12, 9),
    6: ("pleine-conscience", TUESDAY, 19, 30, 10, 7),
}
LEAST_HELD = 3
NEWCOMERS = 36
WISHES = {TimeSlot.NOON: 3, TimeSlot.LATE_EVENING: 2, TimeSlot.SATURDAY: 4}


def is_there():
    """Tell whether a season of the demonstration was loaded, on this day or on an earlier one."""
    led = Session.objects.filter(facilitator__email__endswith=DOMAIN)
    return led.filter(starts_at__gte=at(ENDS, 0)).exists()


def plans(now, regulars, taken, professional):
    """Return the plans of the season as seen on this day. `professional` has a place in a past and in a future one."""
    faker = invented(4)
    pool = faker.random.sample(regulars, len(regulars) // 2) + newcomers(faker, taken)
    today = timezone.localdate(now)
    held = [past(faker.random, day, pool) for day in held_days(today)]
    reserve(held[-1], professional)
    return held + Upcoming(faker.random, now, today, pool, professional).plans()


def newcomers(faker, taken):
    return [
        invent_guest(
            faker,
            taken,
            gender=faker.random.choices([Gender.WOMAN, Gender.MAN], [4, 1])[0],
            member=faker.random.random() < 1 / 2,
        )
        for _ in range(NEWCOMERS)
    ]


def first_weekday(day, weekday):
    """Return the first such weekday on or after this day."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def held_days(today):
    """Return one day a month before today, back to September; to an earlier month where that makes fewer than three."""
    september = date(today.year - (today.month < SEPTEMBER), SEPTEMBER, 1)
    month, days = today.replace(day=1), []
    while month >= september or len(days) < LEAST_HELD:
        if month.month in HELD:
            day = first_weekday(month + timedelta(days=7), HELD[month.month][1])
            days += [day] if day < today else []
        month = (month - timedelta(days=1)).replace(day=1)
    return sorted(days)


def past(random, day, pool):
    activity, _weekday, hour, minute, capacity, count = HELD[day.month]
    published, start = at(day - timedelta(days=35), 9), at(day, hour, minute)
    window = {"first": published, "last": start - timedelta(hours=6)}
    came, gave_up = split(random.sample(pool, count + 1), count)
    return Plan(
        activity=activity,
        starts_at=start,
        entries=confirmed(random, came, **window) + given_up(random, gave_up, **window),
        fields={"capacity": capacity, "published_at": published},
        wishes={TimeSlot.NOON: 1 + day.month % 3, TimeSlot.SATURDAY: 2},
    )


def split(guests, count):
    return guests[:count], guests[count:]


def reserve(plan, guest):
    """Give this guest the first confirmed place of a plan."""
    index = next(i for i, entry in enumerate(plan.entries) if entry.state == RegistrationState.CONFIRMED)
    plan.entries[index] = Entry(guest=guest, at=plan.entries[index].at)


class Upcoming:
    """The sessions to come. Each has a week of its own, from `days` after today, so that no two meet."""

    def __init__(self, random, now, today, pool, professional):
        self.random, self.now, self.today, self.pool, self.professional = random, now, today, pool, professional

    def plans(self):
        # The first is over a week away: no reminder is due yet, and the mail folder stays empty until someone acts.
        return [
            self.many_places(),
            self.few_places(),
            self.training(),
            self.full(),
            self.one_profession(),
            self.called_off(),
            self.not_open_yet(),
            self.employees(),
            self.draft(),
        ]

    def plan(
        self, activity, days, weekday, hour, minute, *, count=0, guests=None, state=SessionState.PUBLISHED, **fields
    ):
        """Return a plan with `count` confirmed people drawn among `guests`, registered in the last three weeks."""
        day = first_weekday(self.today + timedelta(days=days), weekday)
        drawn = self.random.sample(guests or self.pool, count)
        published = self.now - timedelta(days=21)
        fields = {"published_at": published, **fields}
        entries = confirmed(self.random, drawn, first=published, last=self.now - timedelta(days=1))
        return Plan(activity=activity, starts_at=at(day, hour, minute), state=state, entries=entries, fields=fields)

    def many_places(self):
        plan = self.plan("boxe", 8, SATURDAY, 10, 0, count=4, capacity=12)
        plan.wishes = {TimeSlot.EVENING: 2}
        return plan

    def few_places(self):
        plan = self.plan("hypnose", 15, TUESDAY, 19, 30, count=10, capacity=12)
        plan.wishes = WISHES
        reserve(plan, self.professional)
        return plan

    def training(self):
        return self.plan("veilleur", 22, THURSDAY, 20, 0, count=13, capacity=30, activity_minutes=90, social_minutes=30)

    def full(self):
        """Twelve places: eleven taken, one just freed and offered to the first in line, three people wait."""
        plan = self.plan("yoga", 29, MONDAY, 19, 0, count=11, capacity=12)
        present = {entry.guest for entry in plan.entries}
        gone, *line = self.random.sample([guest for guest in self.pool if guest not in present], 5)
        freed = self.now - timedelta(hours=6)
        moments = arrivals(self.random, 4, first=freed - timedelta(days=1, hours=-20), last=freed)
        plan.entries += [
            Entry(gone, self.now - timedelta(days=20), RegistrationState.CANCELLED, freed, CancelReason.PERSON),
            Entry(line[0], moments[0], RegistrationState.OFFERED, offer_ends_at=freed + timedelta(hours=48)),
            *[
                Entry(guest, moment, RegistrationState.WAITING)
                for guest, moment in zip(line[1:], moments[1:], strict=True)
            ],
        ]
        plan.wishes = {TimeSlot.SATURDAY: 5}
        return plan

    def one_profession(self):
        nurses = [guest for guest in self.pool if guest.profession == Profession.NURSE]
        return self.plan(
            "relaxation", 36, WEDNESDAY, 12, 30, count=3, guests=nurses, capacity=8,
            audience=Audience.ONE_PROFESSION, audience_profession=Profession.NURSE,
            note="Une séance à l’heure du déjeuner, entre deux tournées. Apportez votre repas.",
        )  # fmt: skip

    def called_off(self):
        moment = self.now - timedelta(hours=20)
        plan = self.plan("tai-chi", 43, TUESDAY, 19, 30, count=5, capacity=10, state=SessionState.CANCELLED)
        plan.fields |= {
            "cancelled_at": moment,
            "cancel_message": "L’intervenante est empêchée. Une autre date vous sera proposée bientôt.",
        }
        plan.entries = [
            Entry(entry.guest, entry.at, RegistrationState.CANCELLED, moment, CancelReason.SESSION)
            for entry in plan.entries
        ]
        return plan

    def not_open_yet(self):
        plan = self.plan("marche", 50, SATURDAY, 9, 30, capacity=15, activity_minutes=90)
        plan.fields["opens_at"] = plan.starts_at - timedelta(days=30)
        plan.fields["closes_at"] = plan.starts_at - timedelta(days=2)
        return plan

    def employees(self):
        return self.plan("pilates", 57, THURSDAY, 18, 30, capacity=10, audience=Audience.EMPLOYEES)

    def draft(self):
        return self.plan(
            "terre", 64, TUESDAY, 19, 0, capacity=8, state=SessionState.DRAFT, place=None, published_at=None
        )
