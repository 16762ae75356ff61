from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.services.recurrence import (
    ORDINAL_OF,
    Rhythm,
    at_hour_of,
    dates,
    in_words,
    next_season_day,
    nth_weekday,
    ordinal_of,
    rhythm_of,
    shifted,
)

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))
counts = st.integers(min_value=2, max_value=30)
# The hours that the clock of Paris skips or repeats are refused when a session is written.
hours = st.times().filter(lambda hour: not time(2) <= hour < time(3)).map(lambda hour: hour.replace(fold=0))
monthly = st.sampled_from(list(ORDINAL_OF))


@given(days, counts, st.sampled_from([rhythm for rhythm in Rhythm if rhythm != Rhythm.BY_HAND]))
def test_dates_begin_with_the_first_follow_one_another_and_keep_the_weekday(first, count, rhythm):
    found = dates(first, rhythm, count)

    assert (found[0], len(found)) == (first, count)
    assert found == sorted(set(found))
    assert {day.weekday() for day in found} == {first.weekday()}


@given(days, counts, monthly)
def test_each_date_of_a_monthly_rhythm_is_that_weekday_of_its_month_and_no_month_is_skipped(first, count, rhythm):
    found = dates(first, rhythm, count)[1:]

    for day in found:
        last = monthrange(day.year, day.month)[1]
        rank = (day.day - 1) // 7 + 1
        assert rank == ORDINAL_OF[rhythm] or (rhythm == Rhythm.LAST and day.day + 7 > last)
    months = [day.year * 12 + day.month for day in found]
    assert months == list(range(months[0], months[0] + len(months)))


@given(days, counts)
def test_weeks_follow_one_another(first, count):
    weekly, fortnightly = dates(first, Rhythm.WEEKLY, count), dates(first, Rhythm.FORTNIGHTLY, count)

    assert {after - before for before, after in pairwise(weekly)} == {timedelta(days=7)}
    assert {after - before for before, after in pairwise(fortnightly)} == {timedelta(days=14)}


@given(days, hours, days, st.sampled_from([PARIS, REUNION]))
def test_the_local_hour_stays_whatever_the_clock_does_in_between(first, hour, other, zone):
    moment = datetime.combine(first, hour, tzinfo=zone).astimezone(UTC)

    back = at_hour_of(other, moment, zone).astimezone(UTC).astimezone(zone)

    assert (back.date(), back.time()) == (other, hour)


@given(days, hours, st.integers(min_value=-400, max_value=400), hours)
def test_a_shift_counts_days_on_the_calendar(first, hour, number, new_hour):
    moment = datetime.combine(first, hour, tzinfo=PARIS)

    back = shifted(moment, PARIS, days=number, hour=new_hour).astimezone(UTC).astimezone(PARIS)

    assert (back.date(), back.time()) == (first + timedelta(days=number), new_hour)


@given(days)
def test_next_season_keeps_the_weekday_of_the_month(day):
    after = next_season_day(day)

    assert (after.year, after.month, after.weekday()) == (day.year + 1, day.month, day.weekday())
    assert after == nth_weekday(day.year + 1, day.month, day.weekday(), ordinal_of(day))


@given(days)
def test_the_monthly_rhythm_of_a_date_finds_that_date_again(day):
    first = day.replace(day=1)
    ordinal = ORDINAL_OF[rhythm_of(day)]

    found = nth_weekday(first.year, first.month, day.weekday(), ordinal)

    assert found == day


def test_each_first_tuesday_is_what_a_calendar_shows():
    found = dates(date(2026, 9, 1), Rhythm.FIRST, 10)

    shown = [f"{day:%d/%m}" for day in found]
    assert shown == ["01/09", "06/10", "03/11", "01/12", "05/01", "02/02", "02/03", "06/04", "04/05", "01/06"]


def test_twelve_thirty_stays_twelve_thirty_over_both_changes_of_the_clock():
    start = datetime(2026, 9, 1, 12, 30, tzinfo=PARIS)

    found = [at_hour_of(day, start, PARIS) for day in dates(date(2026, 9, 1), Rhythm.FIRST, 10)]

    assert {f"{moment.astimezone(PARIS):%H:%M}" for moment in found} == {"12:30"}
    assert {f"{moment.astimezone(UTC):%H:%M}" for moment in found} == {"10:30", "11:30"}


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [
        (Rhythm.WEEKLY, "chaque mardi"),
        (Rhythm.FORTNIGHTLY, "un mardi sur deux"),
        (Rhythm.FIRST, "chaque premier mardi du mois"),
        (Rhythm.LAST, "chaque dernier mardi du mois"),
        (Rhythm.BY_HAND, "à des dates choisies"),
    ],
)
def test_a_rhythm_is_said_in_words(rhythm, words):
    assert in_words(rhythm, 1) == words
