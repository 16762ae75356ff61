"""Figures of participation: recomputed naively, the same once names are gone, and silent about the few."""

import random
import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Attendance, Person, Registration, Session
from activities.services.retention import purge
from activities.tests.factories import make_activity, make_place, make_session
from cafe.models import Portal
from evaluation.figures import OTHERS, Class, Heap, Period, Share, breakdowns_of, figures_of, merged
from evaluation.tests.factories import make_response, make_sending, make_survey
from members.enums import Profession

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
YEAR = Period(date(2023, 9, 1), date(2024, 8, 1))
COMMUNES = ["Port-Sauvel", "Montclaret", "Ailleurs", ""]


def held_session(moment, **fields):
    state = fields.pop("state", Session.State.HELD)
    return make_session(starts_in=moment - timezone.now(), state=state, **fields)


def come(session, person, presence="present", at=None, **known):
    """Someone registered and was marked; person: her number. at: the session attended, in a cycle."""
    email = f"personne{person}@cafe.example"
    key = Person.objects.get_or_create(email=email, defaults={"key": uuid.UUID(int=person)})[0].key
    registration, _ = Registration.objects.get_or_create(
        session=session,
        email=email,
        defaults={
            "number": session.registrations.count() + 1,
            "state": "confirmed",
            "confirmed_at": timezone.now(),
            "person_key": key,
            "profession": "infirmier",
        }
        | known,
    )
    return Attendance.objects.create(registration=registration, session=at or session, presence=presence)


def random_season(seed):
    """Sessions of two years, of every state, and people who change their mind about themselves; one cycle."""
    chance = random.Random(seed)
    Portal.objects.update_or_create(pk=Portal.load().pk, defaults={"communes": "Port-Sauvel\nMontclaret"})
    activities, place = [make_activity() for _ in range(4)], make_place()
    for number in range(30):
        moment = datetime(2022, 12, 1, 20, tzinfo=PARIS) + timedelta(days=21 * number)
        fields = {"activity": chance.choice(activities), "place": place, "capacity": chance.randint(3, 9)}
        state = chance.choice(["held", "held", "held", "held", "cancelled", "published"])
        session = held_session(moment, state=state, extra_places=chance.randint(0, 2), **fields)
        later = fields | {"capacity": 99}  # never asked for: a cycle has the places of its first session
        follows = [held_session(moment + timedelta(days=7), head=session, **later)] if number % 7 == 0 else []
        for person in chance.sample(range(1, 25), chance.randint(0, 9)):
            known = {
                "gender": chance.choice(["femme", "femme", "homme", "autre", ""]),
                "cpts_member": chance.choice([True, False, None]),
                "profession": chance.choice(["infirmier", "infirmier", "sage-femme", "pharmacien"]),
                "commune": chance.choice(COMMUNES),
            }
            for at in [session, *follows]:
                come(session, person, chance.choice(["present", "present", "absent", "excused"]), at=at, **known)


def rows_between(start, end):
    """What happened, as plain rows: (person, registration) of each attendance at a held session of these days."""
    return [
        (mark.registration.person_key, mark.registration)
        for mark in Attendance.objects.select_related("registration", "session")
        if mark.presence == "present" and mark.session.state == "held"
        if start <= timezone.localtime(mark.session.starts_at).date() < end
    ]


def share(rows, known, wanted):
    those = [(key, one) for key, one in rows if known(one)]
    ours = [(key, one) for key, one in those if wanted(one)]
    return Share(len(ours), len(those)), Share(len({key for key, _ in ours}), len({key for key, _ in those}))


def naive(start, end):
    rows = rows_between(start, end)
    people = {key for key, _ in rows}
    sessions = [
        one for one in Session.objects.all()
        if one.state == "held" and start <= timezone.localtime(one.starts_at).date() < end
    ]  # fmt: skip
    return {
        "sessions": len(sessions),
        "places": sum(one.carrier.capacity for one in sessions),
        "attendances": len(rows),
        "people": len(people),
        "women": share(rows, lambda one: one.gender, lambda one: one.gender == "femme"),
        "members": share(rows, lambda one: one.cpts_member is not None, lambda one: one.cpts_member),
        "newcomers": len(people - {key for key, _ in rows_between(date(2000, 1, 1), start)}),
    }


def told(period):
    figures = figures_of(period)
    names = ("sessions", "places", "attendances", "people", "newcomers")
    return {name: getattr(figures, name) for name in names} | {
        "women": (figures.women, figures.women_people),
        "members": (figures.members, figures.members_people),
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_random_season_gives_the_figures_that_one_counts_by_hand(seed):
    random_season(seed)

    assert told(YEAR) == naive(date(2023, 9, 1), date(2024, 9, 1))
    by = breakdowns_of(YEAR)
    figures = figures_of(YEAR)
    for name in ("by_month", "by_season"):
        classes = getattr(by, name)
        assert sum(one.attendances for one in classes) == figures.attendances
        assert sum(one.places for one in classes) == figures.places
        assert sum(one.sessions for one in classes) == figures.sessions
    november = next(one for one in by.by_month if one.label == "novembre 2023")
    assert november.attendances == naive(date(2023, 11, 1), date(2023, 12, 1))["attendances"]
    nurses = [one for key, one in rows_between(date(2023, 9, 1), date(2024, 9, 1)) if one.profession == "infirmier"]
    assert by.by_profession[0] == Class("Infirmier, infirmière", len(nurses), len({one.person_key for one in nurses}))


def test_anonymising_changes_no_figure():
    random_season(4)
    before = told(YEAR), breakdowns_of(YEAR)

    later = datetime(2026, 12, 1, tzinfo=PARIS)
    with time_machine.travel(later, tick=False):
        purge(timezone.now(), dry_run=False)

    assert not Registration.objects.exclude(email="").exists()
    assert len(before[1].by_commune) > 1
    assert (told(YEAR), breakdowns_of(YEAR)) == before


def test_a_month_begins_at_midnight_in_the_portal_s_time_zone():
    come(held_session(datetime(2024, 1, 1, 0, 5, tzinfo=PARIS)), 1)
    come(held_session(datetime(2024, 1, 31, 23, 55, tzinfo=PARIS)), 2)

    january = Period(date(2024, 1, 1), date(2024, 1, 1))
    assert figures_of(january).attendances == 2
    assert figures_of(Period(date(2023, 12, 1), date(2023, 12, 1))).attendances == 0
    assert [one.attendances for one in breakdowns_of(Period(date(2023, 12, 1), date(2024, 2, 1))).by_month] == [0, 2, 0]


def test_a_newcomer_never_came_before_in_any_season():
    come(held_session(datetime(2021, 3, 1, 20, tzinfo=PARIS)), 1)
    come(held_session(datetime(2023, 3, 1, 20, tzinfo=PARIS)), 2, presence="absent")
    session = held_session(datetime(2024, 3, 1, 20, tzinfo=PARIS))
    for person in (1, 2, 3):
        come(session, person)

    figures = figures_of(YEAR)
    assert (figures.people, figures.newcomers, figures.returning) == (3, 2, 1)


def test_extra_places_do_not_lower_the_filling():
    session = held_session(datetime(2024, 3, 1, 20, tzinfo=PARIS), capacity=4, extra_places=2)
    for person in range(5):
        come(session, person)

    assert figures_of(YEAR).filling == 125


def test_nothing_held_is_told_without_dividing_by_nothing():
    figures = figures_of(YEAR)

    assert (figures.filling, figures.women.percent, figures.satisfaction.n) == (None, None, 0)
    assert breakdowns_of(YEAR).by_profession == []


def test_satisfaction_is_what_the_sessions_of_the_period_may_show():
    survey = make_survey(kind="session", questions=[{"kind": "scale", "national_key": "satisfaction"}])
    mark = survey.questions.get()
    yesterday = timezone.localdate() - timedelta(days=1)
    days = {(2024, 3): [8, 9, 8, 9, 8, 9, 8, 9], (2024, 4): [1, 2, 3, 4], (2025, 3): [0] * 8}
    for (year, month), marks in days.items():
        session = held_session(datetime(year, month, 1, 20, tzinfo=PARIS))
        make_sending(survey, session=session, closed_on=yesterday)
        for value in marks:
            make_response(survey, {mark: value}, session=session, day=yesterday)

    shown = figures_of(YEAR).satisfaction
    assert shown.n == 8
    assert shown.mean.value == pytest.approx(8.5, abs=0.3)


# --- The few --------------------------------------------------------------------------------------


def heaps(**people):
    """One attendance each; a class's people are numbered from one, or given."""
    return {
        name: Heap(len(who), set(who))
        for name, who in ((n, range(w) if isinstance(w, int) else w) for n, w in people.items())
    }


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        ({"a": 9, "b": 7}, ["a 9", "b 7"]),
        ({"a": range(9), "b": range(10, 13), "c": range(20, 23)}, ["a 9", f"{OTHERS} 6"]),
        # Two alone would be told by the whole less the others: the smallest of these joins them.
        ({"a": range(9), "b": range(10, 16), "c": range(20, 22)}, ["a 9", f"{OTHERS} 8"]),
        ({"a": range(9), "b": range(10, 12)}, []),
        # The same three people in two small classes are three: they are not enough.
        ({"a": range(9), "b": range(10, 16), "c": range(20, 23), "d": range(20, 23)}, ["a 9", f"{OTHERS} 9"]),
        ({"a": 9}, []),
        ({}, []),
    ],
)
def test_classes_of_fewer_than_five_people_are_never_told_nor_derived(people, shown):
    assert [f"{one.label} {one.people}" for one in merged(heaps(**people))] == shown


def test_a_share_is_told_where_both_sides_are_five_at_least():
    assert [Share(n, 10).told for n in (4, 5, 6)] == [False, True, False]
    assert Share(10, 10).told is False


def test_no_profession_of_fewer_than_five_people_is_shown():
    session = held_session(datetime(2024, 3, 1, 20, tzinfo=PARIS), capacity=20)
    for person in range(13):
        come(session, person, profession=["infirmier", "infirmier", "sage-femme", "pharmacien"][person % 4])

    labels = [(one.label, one.people) for one in breakdowns_of(YEAR).by_profession]
    assert labels == [(Profession.NURSE.label, 7), (OTHERS, 6)]


def classes_of(rows, label):
    """The merged classes of attendances, gathered row by row: (label, attendances, people)."""
    heaps = {}
    for key, mark in rows:
        heap = heaps.setdefault(label(mark), Heap())
        heap.attendances += 1
        heap.keys.add(key)
    return [(one.label, one.attendances, one.people) for one in merged(heaps)]


@pytest.mark.parametrize("seed", range(12))
def test_activities_of_few_people_are_gathered_as_if_each_attendance_were_read(seed):
    """Some share their people, so that the small ones together are sometimes too few, and a larger one joins them."""
    chance = random.Random(seed)
    sizes = [chance.randint(5, 12) for _ in range(3)] + [chance.randint(1, 4) for _ in range(seed % 5)]
    for rank, size in enumerate(sizes):
        session = held_session(datetime(2024, 3, 1, 8, tzinfo=PARIS) + timedelta(days=rank), capacity=20)
        for person in chance.sample(range(6 if size < 5 else 40), size):
            come(session, person, gender=chance.choice(["femme", "homme", ""]))

    by = breakdowns_of(YEAR)

    rows = [
        (one.registration.person_key, one)
        for one in Attendance.objects.select_related("registration", "session__activity")
    ]
    assert [(one.label, one.attendances, one.people) for one in by.by_activity] == classes_of(
        rows, lambda mark: mark.session.activity.title
    )
    genders = {"femme": "Femme", "homme": "Homme", "": "Non renseigné"}
    assert [(one.label, one.attendances, one.people) for one in by.by_gender] == classes_of(
        rows, lambda mark: genders[mark.registration.gender]
    )


def test_people_who_were_counted_and_not_read_are_never_added_up():
    with pytest.raises(ValueError, match="were not read"):
        Heap(3, counted=2) + Heap(1, {1})


# --- Cost and addresses ---------------------------------------------------------------------------


def statements(period):
    with CaptureQueriesContext(connection) as captured:
        figures_of(period)
        breakdowns_of(period)
    return len(captured)


def test_the_number_of_statements_does_not_grow():
    survey = make_survey(kind="session", questions=[{"kind": "scale", "national_key": "satisfaction"}])
    counts = []
    for many in (1, 3, 12):
        for number in range(many):
            session = held_session(datetime(2024, 3, 1, 8, tzinfo=PARIS) + timedelta(hours=many + number))
            make_response(survey, {survey.questions.get(): 8}, session=session)
            come(session, number)
        counts.append(statements(YEAR))

    assert counts == [counts[0]] * 3


def test_a_period_is_whole_months_in_order():
    assert (YEAR.label, YEAR.query, len(YEAR.months)) == ("de septembre 2023 à août 2024", "du=2023-09&au=2024-08", 12)
    assert Period(date(2023, 10, 1), date(2025, 4, 1)).label == "d’octobre 2023 à avril 2025"
    with pytest.raises(ValueError, match="before it ends"):
        Period(date(2024, 2, 1), date(2024, 1, 1))
