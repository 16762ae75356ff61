"""The mail that tells everybody alike that something waits: when it leaves, to whom, and what it does not say."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cafe import celery, notices, tasks
from cafe.models import Outgoing
from members.enums import Role
from members.tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def at(day, hour, minute=0):
    return datetime(2026, 10, day, hour, minute, tzinfo=PARIS)


@pytest.fixture
def sources(monkeypatch):
    """The sources of this test alone; what each was asked is kept."""
    found = []
    monkeypatch.setattr(notices, "_sources", found)
    return found


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(20, 8), at(20, 8)),
        (at(20, 17, 59), at(20, 8)),
        (at(20, 18, 1), at(20, 18)),
        (at(20, 7, 59), at(19, 18)),
        # The night when summer time ends: the fixed hours are those of the clock on the wall.
        (datetime(2026, 10, 25, 6, 59, tzinfo=UTC), at(24, 18)),
        (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), at(25, 8)),
    ],
)
def test_rounds_are_due_at_two_fixed_hours(now, due):
    assert notices.round_due(now) == due


def test_the_round_before_is_half_a_day_earlier():
    assert [notices.round_before(at(20, hour)) for hour in (8, 18)] == [at(19, 18), at(20, 8)]


def test_the_beat_wakes_the_round_at_these_hours(settings):
    schedule = celery.app.conf.beat_schedule["send-notices"]

    assert (schedule["task"], schedule["schedule"].hour, schedule["schedule"].minute) == (
        "cafe.tasks.send_notices",
        set(settings.NOTICE_HOURS),
        {0},
    )


def test_everybody_who_has_something_waiting_gets_the_same_mail_once(sources, outbox, time_machine):
    time_machine.move_to(at(20, 8), tick=False)
    first, second, gone = make_user(), make_user(), make_user(is_active=False)
    make_user()
    sources += [lambda due: {first.pk, gone.pk}, lambda due: {first.pk, second.pk}, lambda due: set()]

    tasks.send_notices()

    assert [(row.to, row.dedupe_key) for row in outbox.rows] == [
        (first.email, f"notice:{first.pk}:2026102008"),
        (second.email, f"notice:{second.pk}:2026102008"),
    ]
    assert {(row.subject, row.text, row.html, str(row.headers)) for row in outbox.rows} == {
        ("Vous avez une notification", outbox.rows[0].text, outbox.rows[0].html, "{'Reply-To': 'contact@cafe.example'}")
    }
    assert outbox.rows[0].text.splitlines()[:7] == [
        "Bonjour,",
        "",
        "Quelque chose vous attend sur le portail. Pour rester discret, ce courriel ne dit pas quoi\u00a0: il est le "
        "même pour toutes les personnes de l’équipe.",
        "",
        "Connectez-vous pour le voir\u00a0:",
        "http://localhost:8000/",
        "",
    ]


def test_a_round_is_made_once_however_often_it_is_woken(sources, outbox, time_machine):
    asked, user = [], make_user()
    sources.append(lambda due: asked.append(due) or {user.pk})

    for now in (at(20, 8), at(20, 8, 5), at(20, 17), at(20, 18), at(20, 18, 1)):
        notices.send_round(now)

    assert asked == [at(20, 8), at(20, 18)]
    assert len(outbox.rows) == 2


def test_what_is_told_at_once_is_told_once_an_hour(outbox):
    user = make_user()

    written = [notices.tell([user.pk], now) for now in (at(20, 9), at(20, 9, 59), at(20, 10))]

    assert written == [1, 0, 1]
    assert len({row.text for row in outbox.rows}) == 1


def test_nobody_to_tell_writes_nothing(sources, outbox):
    sources.append(lambda due: set())

    assert notices.send_round(at(20, 8)) == 0
    assert outbox.rows == []


def test_coordination_and_technician_read_numbers_never_to_whom_nor_when_whom(client, outbox):
    user = make_user(email="pair@cafe.example")
    notices.tell([user.pk])
    row = Outgoing.objects.get()

    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    pages = [client.get("/coordination/courriels/").text]
    client.force_login(make_superuser())
    pages += [client.get("/gestion/cafe/outgoing/").text, client.get(f"/gestion/cafe/outgoing/{row.pk}/change/").text]

    for page in pages:
        for word in (user.email, row.dedupe_key, row.subject, row.text.splitlines()[0]):
            assert word not in page
