from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from activities.models import Session
from activities.services.registering import cancel_registration
from activities.services.reminders import reminder_due, send_reminders
from activities.tests.factories import make_session, sign_up

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")


def at(zone, *moment):
    return datetime(*moment, tzinfo=zone)


def reminded(outbox):
    return Counter(row.dedupe_key.split(":")[3] for row in outbox.rows if ":reminder:" in row.dedupe_key)


def run_every(step, *, start, end, clock):
    """Let the beat pass at each step from start to end."""
    moment = start
    while moment < end:
        clock.move_to(moment, tick=False)
        send_reminders()
        moment += step


@pytest.mark.parametrize(
    ("zone", "starts_at"),
    [
        (PARIS, at(PARIS, 2026, 3, 29, 10)),  # 02:00 does not exist that night
        (PARIS, at(PARIS, 2026, 10, 25, 10)),  # 02:30 happens twice
        (PARIS, at(PARIS, 2026, 10, 26, 0, 30)),
        (PARIS, at(PARIS, 2026, 3, 30, 20)),
        (REUNION, at(REUNION, 2026, 3, 29, 1)),  # still the 28th in UTC
        (REUNION, at(REUNION, 2026, 10, 25, 20)),
    ],
)
@pytest.mark.django_db
def test_each_reminder_leaves_once_around_the_nights_when_the_clock_changes(zone, starts_at, outbox, clock):
    with timezone.override(zone):
        clock.move_to(starts_at - timedelta(days=12))
        session = make_session(starts_in=timedelta(days=12))
        Session.objects.filter(pk=session.pk).update(starts_at=starts_at)
        sign_up(session)

        run_every(
            timedelta(hours=1),
            start=(starts_at - timedelta(days=9)).astimezone(UTC),
            end=starts_at.astimezone(UTC) + timedelta(hours=3),
            clock=clock,
        )

    assert reminded(outbox) == {"7": 1, "1": 1}


@pytest.mark.parametrize(
    ("zone", "starts_at", "days", "due"),
    [
        (PARIS, at(PARIS, 2026, 3, 29, 10), 1, at(PARIS, 2026, 3, 28, 9)),
        (PARIS, at(PARIS, 2026, 3, 30, 10), 1, at(PARIS, 2026, 3, 29, 9)),
        (PARIS, at(PARIS, 2026, 11, 1, 0, 15), 7, at(PARIS, 2026, 10, 25, 9)),
        (REUNION, at(REUNION, 2026, 6, 2, 1), 1, at(REUNION, 2026, 6, 1, 9)),
    ],
)
def test_a_reminder_is_due_at_nine_on_the_local_calendar(zone, starts_at, days, due):
    with timezone.override(zone):
        assert reminder_due(starts_at, days) == due


@pytest.mark.django_db
def test_whoever_registers_late_gets_the_next_reminder_only(outbox, clock):
    session = make_session(starts_in=timedelta(days=20))
    clock.move_to(session.starts_at - timedelta(days=3), tick=False)
    sign_up(session)
    send_reminders()

    clock.move_to(session.starts_at - timedelta(hours=2), tick=False)
    send_reminders()

    assert reminded(outbox) == {"1": 1}


@pytest.mark.django_db
def test_a_day_of_silence_delays_a_reminder_and_loses_none(outbox, clock):
    session = make_session(starts_in=timedelta(days=20))
    sign_up(session)

    clock.move_to(session.starts_at - timedelta(days=5), tick=False)
    send_reminders()
    clock.move_to(session.starts_at - timedelta(minutes=30), tick=False)
    send_reminders()

    assert reminded(outbox) == {"7": 1, "1": 1}


@pytest.mark.django_db
def test_those_who_cancelled_or_wait_are_left_alone(outbox, clock):
    session = make_session(starts_in=timedelta(days=20), capacity=1)
    first = sign_up(session)
    sign_up(session)
    cancel_registration(registration=first)
    clock.move_to(session.starts_at - timedelta(days=7), tick=False)

    send_reminders()

    assert reminded(outbox) == {}


@pytest.mark.django_db
def test_a_moved_session_reminds_again(outbox, clock):
    session = make_session(starts_in=timedelta(days=8))
    sign_up(session)
    clock.move_to(session.starts_at - timedelta(hours=10), tick=False)
    send_reminders()
    session.starts_at += timedelta(days=3)
    session.save()

    clock.move_to(session.starts_at - timedelta(hours=10), tick=False)
    send_reminders()

    assert reminded(outbox)["1"] == 2


@pytest.mark.django_db
def test_a_cancelled_session_reminds_nobody(outbox, clock):
    session = make_session(starts_in=timedelta(days=8))
    sign_up(session)
    Session.objects.update(state=Session.State.CANCELLED)
    clock.move_to(session.starts_at - timedelta(hours=10), tick=False)

    send_reminders()

    assert reminded(outbox) == {}
