"""The first seasons, October 2023 to April 2025: their figures are those that the programme published on 26 April 2025.

151 attendances by 84 different people, 144 planned places (105 %), 120 women of the 150 attendances whose gender is
known (80 %), 75 attendances by members of the CPTS. Attendance is read from the confirmed registrations.
"""

from datetime import date, timedelta

from cafe.demo.people import invent_guest, invented
from cafe.demo.plans import Plan, at, confirmed, given_up
from members.enums import Gender

# (gender, member of the CPTS, sessions attended, how many such people)
PROFILES = [
    (Gender.WOMAN, True, 5, 2),
    (Gender.WOMAN, False, 5, 1),
    (Gender.WOMAN, True, 4, 2),
    (Gender.WOMAN, False, 4, 2),
    (Gender.MAN, True, 4, 1),
    (Gender.WOMAN, True, 3, 3),
    (Gender.WOMAN, False, 3, 4),
    (Gender.MAN, True, 3, 1),
    (Gender.MAN, False, 3, 1),
    (Gender.WOMAN, True, 2, 9),
    (Gender.WOMAN, False, 2, 9),
    (Gender.MAN, True, 2, 2),
    (Gender.MAN, False, 2, 2),
    (Gender.WOMAN, True, 1, 14),
    (Gender.WOMAN, False, 1, 18),
    (Gender.MAN, True, 1, 5),
    (Gender.MAN, False, 1, 7),
    ("", False, 1, 1),
]
# (day, hour, minute, activity, places planned, attendances, what differs from the habits of the activity)
SESSIONS = [
    (date(2023, 10, 14), 10, 0, "hypnose", 10, 12, {"activity_minutes": 75}),
    (date(2023, 11, 14), 19, 30, "relaxation", 8, 8, {}),
    (date(2023, 12, 5), 20, 0, "boxe", 10, 9, {"social_minutes": 30}),
    (date(2024, 1, 15), 19, 0, "pilates", 8, 9, {}),
    (date(2024, 2, 13), 19, 30, "tai-chi", 8, 7, {}),
    (date(2024, 3, 14), 19, 30, "yoga", 8, 9, {}),
    (date(2024, 4, 9), 19, 30, "pleine-conscience", 8, 8, {}),
    (date(2024, 5, 25), 10, 0, "marche", 10, 11, {"activity_minutes": 90}),
    (date(2024, 6, 20), 19, 0, "relaxation", 8, 8, {}),
    (date(2024, 9, 28), 10, 0, "velo", 8, 7, {"activity_minutes": 90}),
    (date(2024, 10, 15), 19, 30, "hypnose", 10, 11, {}),
    (date(2024, 11, 14), 19, 30, "pilates", 8, 9, {}),
    (date(2024, 12, 10), 19, 0, "terre", 8, 9, {"activity_minutes": 60}),
    (date(2025, 1, 16), 19, 30, "yoga", 8, 9, {}),
    (date(2025, 2, 11), 20, 0, "boxe", 8, 9, {}),
    (date(2025, 3, 18), 19, 30, "pleine-conscience", 8, 8, {}),
    (date(2025, 4, 12), 10, 0, "marche", 8, 8, {"activity_minutes": 90}),
]
# Two tasters at the annual meeting; before October 2023, so the balance leaves them out. Same columns.
TASTERS = [
    (date(2023, 9, 30), 11, 0, "annuelle-tai-chi", 20, 14, {"social_minutes": 15}),
    (date(2023, 9, 30), 14, 0, "annuelle-relaxation", 20, 17, {"social_minutes": 15}),
]
ENDS = date(2025, 5, 1)


def regulars(faker, taken):
    """Return [(guest, number of sessions attended)], the most faithful first."""
    return [
        (invent_guest(faker, taken, gender=gender, member=member), visits)
        for gender, member, visits, people in PROFILES
        for _ in range(people)
    ]


def seat(random, people, seats):
    """Return for each session the guests who attend it, filling the given seats exactly.

    Each person, the most faithful first, sits where most seats are left: whoever attends n sessions then finds n with
    a seat, and nobody sits twice in one.
    """
    tables = [[] for _ in seats]
    for guest, visits in people:
        order = sorted(range(len(seats)), key=lambda i: (len(tables[i]) - seats[i], random.random()))
        for i in order[:visits]:
            tables[i].append(guest)
    return tables


def plans(taken):
    """Return the plans of the held sessions and of the two tasters, and the people who came; `taken` addresses grow."""
    faker = invented(1)
    people = regulars(faker, taken)
    guests = [guest for guest, visits in people]
    tables = seat(faker.random, people, [row[5] for row in SESSIONS])
    held = [plan(faker.random, row, table, guests) for row, table in zip(SESSIONS, tables, strict=True)]
    tasters = [plan(faker.random, row, faker.random.sample(guests, row[5]), guests) for row in TASTERS]
    return tasters + held, guests


def plan(random, row, table, guests):
    day, hour, minute, activity, capacity, attendances, differs = row
    published, start = at(day - timedelta(days=35), 9), at(day, hour, minute)
    window = {"first": published, "last": start - timedelta(hours=6)}
    absent = random.sample([guest for guest in guests if guest not in table], random.choice([0, 1, 1, 2]))
    return Plan(
        activity=activity,
        starts_at=start,
        entries=confirmed(random, random.sample(table, attendances), **window) + given_up(random, absent, **window),
        fields={
            "capacity": capacity,
            "extra_places": max(0, attendances - capacity),
            "published_at": published,
            **differs,
        },
    )
