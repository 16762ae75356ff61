"""The automatic reminder: off by default, once for each session, only while there are places."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.enums import Audience
from activities.tests.factories import make_activity, make_session, sign_up
from members.enums import Role
from members.tests.factories import make_user
from newsletters.checks import problems_of
from newsletters.enums import NewsletterState, Topic
from newsletters.models import Newsletter, SessionReminder
from newsletters.services import reminders, sending
from newsletters.tests.factories import make_newsletter, make_subscriber
from newsletters.todo_sending import lines

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2027, 3, 2, 9, 30, tzinfo=PARIS)
LEAVES = datetime(2027, 3, 3, 10, 0, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def morning(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def wanted():
    make_subscriber()
    reminders.choose(remind=True, remind_days=7)


def sessions_of(newsletter):
    return [block.content["session"] for block in newsletter.blocks.filter(kind="session")]


def test_nothing_leaves_unless_the_coordination_chose_it():
    make_subscriber()
    make_session(starts_in=timedelta(days=4))

    assert reminders.remind_of_places() is None
    reminders.choose(remind=False, remind_days=7)
    assert reminders.remind_of_places() is None
    assert not Newsletter.objects.exists()


def test_it_is_written_the_day_before_for_readers_of_the_agenda(wanted):
    session = make_session(starts_in=timedelta(days=4), activity=make_activity(title="Yoga doux"))

    letter = reminders.remind_of_places()

    assert (letter.state, letter.scheduled_for, letter.topic) == (NewsletterState.SCHEDULED, LEAVES, Topic.AGENDA)
    assert (letter.subject, letter.preview) == (
        "Il reste des places\u00a0: Yoga doux",
        "Samedi 6 mars 2027, 9\u00a0h\u00a030",
    )
    assert problems_of(letter) == []
    assert sessions_of(letter) == [session.pk]
    assert letter.in_archive is False
    assert [line.sentence for line in lines()] == [
        f"Un rappel part mercredi 3 mars 2027 à 10\u00a0h\u00a0: «\u00a0{letter.subject}\u00a0»."
    ]


def test_long_titles_leave_the_subject_short_enough_for_a_phone(wanted):
    for number in (1, 2):
        make_session(starts_in=timedelta(days=4), activity=make_activity(title=f"{number} {'Très long ' * 11}"))

    several = reminders.remind_of_places()
    make_session(starts_in=timedelta(days=4), activity=make_activity(title="Très long " * 12))
    one = reminders.remind_of_places()

    assert [problems_of(letter) for letter in (several, one)] == [[], []]


def test_a_session_is_recalled_once_whatever_becomes_of_the_letter(wanted):
    make_session(starts_in=timedelta(days=4))
    reminders.remind_of_places().delete()

    assert reminders.remind_of_places() is None
    later = make_session(starts_in=timedelta(days=5))
    assert sessions_of(reminders.remind_of_places()) == [later.pk]


def test_it_recalls_only_sessions_near_enough_open_to_all_that_still_take_people(wanted):
    day = timedelta(days=1)
    last = make_session(starts_in=8 * day)
    first = make_session(starts_in=2 * day)
    make_session(starts_in=9 * day)
    make_session(starts_in=timedelta(hours=20))
    full = make_session(starts_in=4 * day, capacity=1)
    sign_up(full)
    make_session(starts_in=4 * day, closes_at=LEAVES)
    make_session(starts_in=4 * day, opens_at=LEAVES + timedelta(minutes=1))
    make_session(starts_in=4 * day, state="draft")
    make_session(starts_in=4 * day, audience=Audience.ONE_PROFESSION, audience_profession="infirmier")
    make_session(starts_in=4 * day, head=make_session(starts_in=20 * day))

    letter = reminders.remind_of_places()

    assert sessions_of(letter) == [first.pk, last.pk]
    assert letter.subject == "Il reste des places aux prochaines séances"


def test_where_nobody_reads_the_agenda_nothing_is_written_and_the_session_waits_for_a_reader():
    reminders.choose(remind=True, remind_days=7)
    make_session(starts_in=timedelta(days=4))
    make_subscriber(agenda=False)

    assert reminders.remind_of_places() is None
    assert (Newsletter.objects.count(), SessionReminder.objects.count()) == (0, 0)
    make_subscriber()
    assert reminders.remind_of_places() is not None


def test_what_fills_meanwhile_is_taken_out_just_before_and_an_empty_reminder_does_not_leave(wanted, morning):
    filling, open_one = (make_session(starts_in=timedelta(days=days), capacity=1) for days in (3, 4))
    letter = reminders.remind_of_places()

    sign_up(filling)
    reminders.look_again()
    assert sessions_of(letter) == [filling.pk, open_one.pk]  # not yet: a place may be given back
    morning.move_to(LEAVES - timedelta(minutes=10), tick=False)
    reminders.look_again()
    assert sessions_of(letter) == [open_one.pk]
    sign_up(open_one)
    reminders.look_again()
    letter.refresh_from_db()
    assert (letter.state, letter.scheduled_for) == (NewsletterState.DRAFT, None)


def test_a_reminder_that_the_coordination_wrote_anew_leaves_as_it_stands(wanted, morning):
    make_session(starts_in=timedelta(days=3))
    letter = reminders.remind_of_places()
    letter.blocks.filter(kind="session").delete()

    morning.move_to(LEAVES, tick=False)
    reminders.look_again()

    letter.refresh_from_db()
    assert letter.state == NewsletterState.SCHEDULED


def test_the_reminder_leaves_by_itself_when_its_hour_comes(wanted, morning):
    make_session(starts_in=timedelta(days=3), activity=make_activity(title="Yoga doux"))
    letter = reminders.remind_of_places()

    morning.move_to(LEAVES, tick=False)
    reminders.look_again()
    sending.tend()

    letter.refresh_from_db()
    assert (letter.state, letter.deliveries.count()) == (NewsletterState.SENDING, 1)
    assert "Yoga doux" in letter.text


# --- The page -------------------------------------------------------------------------------------


@pytest.fixture
def coordination(client):
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    return client


def test_the_coordination_chooses_and_what_is_wrong_is_said(coordination):
    page = coordination.post("/coordination/lettres/rappels/", {"remind": "on", "remind_days": "90"})
    assert page.context["form"].errors == {"remind_days": ["Choisissez entre 2 et 30 jours."]}
    assert not reminders.LetterSettings.load().remind

    coordination.post("/coordination/lettres/rappels/", {"remind": "on", "remind_days": "10"})
    chosen = reminders.LetterSettings.load()
    assert (chosen.remind, chosen.remind_days) == (True, 10)


def test_a_reminder_is_held_back_until_it_leaves_and_no_other_letter_from_there(coordination, wanted):
    make_session(starts_in=timedelta(days=3))
    letter, other = reminders.remind_of_places(), make_newsletter()
    path = f"/coordination/lettres/rappels/{letter.pk}/retenir/"

    page = coordination.post(path, follow=True).text
    assert "Ce rappel ne partira pas" in page
    letter.refresh_from_db()
    assert letter.state == NewsletterState.DRAFT
    assert sending.TOO_LATE in coordination.post(path, follow=True).text
    assert coordination.post(f"/coordination/lettres/rappels/{other.pk}/retenir/").status_code == 404


def test_the_page_costs_the_same_whatever_was_recalled(coordination, wanted):
    costs = []
    for _ in range(3):
        make_session(starts_in=timedelta(days=3))
        assert reminders.remind_of_places()
        with CaptureQueriesContext(connection) as queries:
            coordination.get("/coordination/lettres/rappels/")
        costs.append(len(queries))

    assert len(set(costs)) == 1


def test_from_a_session_to_come_one_writes_an_invitation(coordination):
    session, past = make_session(starts_in=timedelta(days=3)), make_session(starts_in=timedelta(days=-1))
    pages = [coordination.get(f"/coordination/seances/{one.slug}/").text for one in (session, past)]
    path = f"/coordination/lettres/nouvelle/?seance={session.slug}"

    assert [f'href="{path}"' in page for page in pages] == [True, False]
    assert "?seance=" not in pages[1]
    coordination.post(path, {"source": "invitation", "session": session.pk})
    letter = Newsletter.objects.get()
    assert (letter.invitation, letter.state, sessions_of(letter)) == (session, NewsletterState.DRAFT, [session.pk])
