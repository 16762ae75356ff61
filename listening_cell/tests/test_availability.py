"""Weekly hours become slots, eight weeks ahead, on the portal's clock; exceptions, absences and talks are respected."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell import tasks
from listening_cell.models import Absence, Reservation, Slot, WeeklyHour
from listening_cell.services import availability, booking
from listening_cell.tests.factories import make_case, make_cell, make_peer

pytestmark = pytest.mark.django_db(transaction=True)
PARIS = ZoneInfo("Europe/Paris")
MONDAY, TUESDAY = 0, 1


@pytest.fixture
def clock(time_machine):
    """Monday 5 October 2026, noon in Paris; summer time ends on the 25th."""
    time_machine.move_to(datetime(2026, 10, 5, 12, tzinfo=PARIS), tick=False)
    return time_machine


@pytest.fixture
def cell():
    return make_cell()


@pytest.fixture
def peer(clock, cell):
    return make_peer(cell)


def at(month, day, hour):
    return datetime(2026, month, day, hour, tzinfo=PARIS)


def moments(peer, **filters):
    return list(Slot.objects.filter(peer=peer, **filters).values_list("starts_at", flat=True))


def open_moments(peer):
    return moments(peer, closed=False)


def hold(peer, other, starts_at):
    """A talk of a case whose pair these two are, at this time."""
    Slot.objects.get_or_create(peer=peer, starts_at=starts_at)
    Slot.objects.get_or_create(peer=other, starts_at=starts_at)
    opened, _ = make_case(peer, other)
    booking.hold(case=opened.case, peers=[peer, other], starts_at=starts_at)
    return opened.case


# --- Weekly hours ---------------------------------------------------------------------------------


def test_weekly_hours_open_at_once_for_eight_weeks_and_not_in_the_past(peer):
    availability.set_weekly_hours(peer=peer, hours={(MONDAY, 9), (MONDAY, 18)})

    # This Monday at 9 is past; in eight weeks, 9 is still within reach and 18 is not.
    evenings = [at(10, 5, 18) + timedelta(weeks=count) for count in range(8)]
    mornings = [at(10, 12, 9) + timedelta(weeks=count) for count in range(8)]
    assert moments(peer) == sorted(evenings + mornings)
    assert max(mornings) == at(11, 30, 9)


def test_six_in_the_evening_is_six_in_the_evening_before_and_after_the_clocks_change(peer):
    availability.set_weekly_hours(peer=peer, hours={(MONDAY, 18)})

    found = moments(peer)
    assert {timezone.localtime(moment).hour for moment in found} == {18}
    assert {moment.astimezone(ZoneInfo("UTC")).hour for moment in found} == {16, 17}


def test_the_night_makes_the_slots_of_the_day_that_has_come_within_reach(peer, clock):
    availability.set_weekly_hours(peer=peer, hours={(MONDAY, 18)})
    clock.move_to(at(10, 6, 3), tick=False)

    tasks.open_slots()

    assert max(moments(peer)) == at(11, 30, 18)
    before = Slot.objects.in_bulk()
    tasks.open_slots()
    assert Slot.objects.in_bulk() == before


def test_an_hour_taken_out_of_the_week_closes_at_once(peer):
    availability.set_weekly_hours(peer=peer, hours={(MONDAY, 18), (TUESDAY, 18)})

    availability.set_weekly_hours(peer=peer, hours={(TUESDAY, 18), (TUESDAY, 19)})

    assert {timezone.localdate(moment).weekday() for moment in moments(peer)} == {TUESDAY}
    assert list(peer.weekly_hours.values_list("weekday", "hour")) == [(TUESDAY, 18), (TUESDAY, 19)]
    assert len(moments(peer)) == 16


def test_the_hours_of_one_peer_leave_those_of_another_alone(peer, cell):
    other = make_peer(cell)
    availability.set_weekly_hours(peer=other, hours={(MONDAY, 18)})
    before = moments(other)

    availability.set_weekly_hours(peer=peer, hours={(TUESDAY, 8)})
    availability.set_weekly_hours(peer=peer, hours=set())

    assert (moments(other), moments(peer)) == (before, [])


def test_as_many_statements_for_ten_peers_as_for_one(peer, cell, clock):
    def statements():
        clock.shift(timedelta(days=7))
        with CaptureQueriesContext(connection) as seen:
            availability.refresh_slots()
        return len(seen)

    availability.set_weekly_hours(peer=peer, hours={(day, 18) for day in range(7)})
    Slot.objects.create(peer=peer, starts_at=at(10, 30, 12))
    first = statements()
    for _ in range(9):
        other = make_peer(cell)
        availability.set_weekly_hours(peer=other, hours={(day, hour) for day in range(7) for hour in (12, 18)})
        Slot.objects.create(peer=other, starts_at=at(11, 10, 20))

    assert statements() == first


# --- Talks ----------------------------------------------------------------------------------------


def test_a_talk_is_never_taken_away_and_its_hour_is_offered_no_more_once_it_is_released(peer, cell):
    other = make_peer(cell, seasoned=False)
    availability.set_weekly_hours(peer=peer, hours={(MONDAY, 18)})
    case = hold(peer, other, at(10, 12, 18))

    availability.set_weekly_hours(peer=peer, hours=set())

    assert (moments(peer), availability.outside_weekly(peer)) == ([at(10, 12, 18)], [at(10, 12, 18)])
    assert Reservation.objects.filter(case=case).count() == 2
    booking.release(case=case)
    assert open_moments(peer) == []
    tasks.open_slots()
    assert moments(peer) == []


def test_an_hour_at_which_a_talk_is_cannot_be_closed(peer, cell):
    hold(peer, make_peer(cell), at(10, 12, 18))
    slot = Slot.objects.get(peer=peer)

    with pytest.raises(Refusal) as refusal:
        availability.close_slot(slot=slot)

    assert refusal.value.sentence == availability.HELD
    assert open_moments(peer) == [at(10, 12, 18)]


def booked(peer, cell):
    """An hour of the week that two peers have, and what books it."""
    other, starts_at = make_peer(cell), at(10, 12, 18)
    availability.set_weekly_hours(peer=peer, hours={(MONDAY, 18)})
    Slot.objects.create(peer=other, starts_at=starts_at)
    opened, _ = make_case(peer, other)
    return lambda: booking.hold(case=opened.case, peers=[peer, other], starts_at=starts_at)


def test_an_hour_that_is_being_booked_while_the_week_changes_keeps_its_talk(peer, cell, meanwhile):
    book = booked(peer, cell)

    outcome = meanwhile(book, lambda: availability.set_weekly_hours(peer=peer, hours=set()))

    assert (outcome, moments(peer), Reservation.objects.count()) == (None, [at(10, 12, 18)], 2)


def test_an_hour_that_is_being_booked_while_it_is_closed_keeps_its_talk(peer, cell, meanwhile):
    book, slot = booked(peer, cell), Slot.objects.get(peer=peer, starts_at=at(10, 12, 18))

    outcome = meanwhile(book, lambda: availability.close_slot(slot=slot))

    assert (outcome.sentence, Reservation.objects.count()) == (availability.HELD, 2)


def test_an_hour_that_has_just_gone_is_booked_no_more(peer, cell, meanwhile):
    book = booked(peer, cell)

    outcome = meanwhile(lambda: availability.set_weekly_hours(peer=peer, hours=set()), book)

    assert (type(outcome), moments(peer), Reservation.objects.count()) == (booking.SlotTaken, [], 0)


# --- One date -------------------------------------------------------------------------------------


def test_an_hour_closed_for_one_date_stays_closed_and_can_be_opened_again(peer):
    availability.set_weekly_hours(peer=peer, hours={(MONDAY, 18)})
    slot = Slot.objects.get(peer=peer, starts_at=at(10, 12, 18))

    availability.close_slot(slot=slot)
    tasks.open_slots()

    assert at(10, 12, 18) not in open_moments(peer)
    availability.open_hour(peer=peer, starts_at=at(10, 12, 18))
    assert at(10, 12, 18) in open_moments(peer)
    assert len(moments(peer)) == 8


def test_an_hour_added_for_one_date_stays_and_goes_when_it_is_closed(peer):
    slot = availability.open_hour(peer=peer, starts_at=at(10, 8, 20))
    tasks.open_slots()
    assert open_moments(peer) == [at(10, 8, 20)]

    availability.close_slot(slot=slot)

    assert moments(peer) == []


@pytest.mark.parametrize(
    ("starts_at", "sentence"),
    [
        (at(10, 5, 12), availability.PAST),
        (at(10, 4, 18), availability.PAST),
        (at(11, 30, 13), availability.TOO_FAR),
        (at(10, 20, 18), availability.AWAY),
    ],
)
def test_an_hour_that_cannot_be_opened_is_refused_with_a_reason(peer, starts_at, sentence):
    Absence.objects.create(peer=peer, first_day=date(2026, 10, 20), last_day=date(2026, 10, 20))

    with pytest.raises(Refusal) as refusal:
        availability.open_hour(peer=peer, starts_at=starts_at)

    assert (refusal.value.sentence, moments(peer)) == (sentence, [])


def test_an_hour_gone_by_cannot_be_closed(peer, clock):
    slot = availability.open_hour(peer=peer, starts_at=at(10, 8, 20))
    clock.move_to(at(10, 8, 20), tick=False)

    with pytest.raises(Refusal, match=availability.PAST):
        availability.close_slot(slot=slot)


# --- Absences -------------------------------------------------------------------------------------


def test_an_absence_closes_its_days_first_and_last_included_and_taking_it_back_opens_them(peer):
    availability.set_weekly_hours(peer=peer, hours={(MONDAY, 18), (TUESDAY, 18)})
    availability.close_slot(slot=Slot.objects.get(peer=peer, starts_at=at(10, 13, 18)))
    before = open_moments(peer)

    talks = availability.add_absence(peer=peer, first_day=date(2026, 10, 12), last_day=date(2026, 10, 19))
    away = open_moments(peer)
    availability.remove_absence(absence=Absence.objects.get())

    assert talks == []
    assert sorted(set(before) - set(away)) == [at(10, 12, 18), at(10, 19, 18)]
    assert open_moments(peer) == before


def test_an_hour_added_for_a_date_goes_with_an_absence(peer):
    availability.open_hour(peer=peer, starts_at=at(10, 14, 20))

    availability.add_absence(peer=peer, first_day=date(2026, 10, 14), last_day=date(2026, 10, 14))

    assert moments(peer) == []


def test_an_absence_over_a_talk_leaves_it_and_warns_the_other_peer_at_once_in_neutral_words(peer, cell, outbox):
    other, stranger = make_peer(cell), make_peer(cell)
    hold(peer, other, at(10, 12, 18))
    hold(stranger, other, at(10, 13, 18))

    talks = availability.add_absence(peer=peer, first_day=date(2026, 10, 12), last_day=date(2026, 10, 16))

    assert (talks, availability.outside_weekly(peer)) == ([at(10, 12, 18)], [at(10, 12, 18)])
    assert [(row.to, row.subject) for row in outbox.rows] == [(other.user.email, "Vous avez une notification")]
    assert moments(peer) == [at(10, 12, 18)]


# --- Past, load -----------------------------------------------------------------------------------


def test_what_is_past_and_was_never_held_is_forgotten(peer, cell, clock):
    other = make_peer(cell)
    hold(peer, other, at(10, 6, 18))
    availability.set_weekly_hours(peer=peer, hours={(TUESDAY, 9), (MONDAY, 18)})
    Absence.objects.create(peer=peer, first_day=date(2026, 10, 4), last_day=date(2026, 10, 6))
    kept = Absence.objects.create(peer=peer, first_day=date(2026, 10, 4), last_day=date(2026, 10, 7))
    clock.move_to(at(10, 7, 3), tick=False)

    availability.forget_past(timezone.now())

    assert moments(peer, starts_at__lt=timezone.now()) == [at(10, 6, 18)]
    assert list(Absence.objects.all()) == [kept]
    assert WeeklyHour.objects.count() == 2


def test_pause_and_limit_are_kept_and_hours_stay(peer):
    availability.set_weekly_hours(peer=peer, hours={(MONDAY, 18)})

    availability.set_load(peer=peer, paused=True, monthly_limit=2)

    peer.refresh_from_db()
    assert (peer.paused, peer.monthly_limit, len(moments(peer))) == (True, 2, 8)


def test_the_slots_of_a_week_say_which_hold_a_talk_in_one_statement(peer, cell, django_assert_num_queries):
    availability.set_weekly_hours(peer=peer, hours={(MONDAY, 9), (MONDAY, 18), (TUESDAY, 18)})
    hold(peer, make_peer(cell), at(10, 6, 18))

    with django_assert_num_queries(1):
        slots = availability.slots_of_week(peer, date(2026, 10, 5))

    assert [(slot.starts_at, slot.day, slot.held) for slot in slots] == [
        (at(10, 5, 18), date(2026, 10, 5), False),
        (at(10, 6, 18), date(2026, 10, 6), True),
    ]
