"""The board's figures by mail: to whom, when, once, and nothing that the page does not show of the same months."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from cafe.board import monthly
from cafe.board.models import MonthlyReader
from evaluation.tests.test_figures import come, held_session
from members import personal_data, services
from members.enums import Role
from members.models import User
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGE = "/conseil/"
START, END = f"{PAGE}chaque-mois/recevoir/", f"{PAGE}chaque-mois/arreter/"


@pytest.fixture
def clock(time_machine):
    """The second of December 2025, until the test moves it."""
    time_machine.move_to(datetime(2025, 12, 2, 9, 0, tzinfo=UTC), tick=False)
    return time_machine


def at(*date):
    return datetime(*date, 8, 0, tzinfo=UTC)


def a_reader(role=Role.BOARD, **fields):
    user = make_user(role=role, second_factor=True, **fields)
    monthly.subscribe(user=user)
    return user


def evening(year, month, people, **known):
    session = held_session(datetime(year, month, 12, 18, 0, tzinfo=UTC), capacity=10)
    for person in range(people):
        come(session, person, **known)


def plain(text):
    return " ".join(text.replace("\xa0", " ").replace("\u202f", " ").split())


def path_in(mail, part):
    return re.search(rf"https?://[^/\s]+({part}\S+)", mail.text)[1]


# --- Who and when ---------------------------------------------------------------------------------


def test_it_leaves_on_the_third_to_those_who_asked_before_and_once(clock, outbox):
    first, second = a_reader(email="a@cafe.example"), a_reader(Role.COORDINATION, email="b@cafe.example")
    assert monthly.send_month() == 0

    clock.move_to(at(2025, 12, 3), tick=False)
    late = a_reader(email="c@cafe.example")
    counts = [monthly.send_month(), monthly.send_month()]
    clock.move_to(at(2025, 12, 31), tick=False)
    counts.append(monthly.send_month())
    clock.move_to(at(2026, 1, 4), tick=False)
    counts.append(monthly.send_month())

    assert counts == [2, 0, 0, 3]
    assert [mail.dedupe_key for mail in outbox.rows] == [
        *(f"board-month:{user.pk}:2025-11" for user in (first, second)),
        *(f"board-month:{user.pk}:2025-12" for user in (first, second, late)),
    ]


def test_a_worker_that_was_down_makes_up_the_month_and_not_the_one_before(clock, outbox):
    a_reader()
    clock.move_to(at(2026, 2, 27), tick=False)

    assert (monthly.send_month(), monthly.send_month()) == (1, 0)
    assert "janvier 2026" in outbox.rows[0].subject


def test_two_workers_at_once_write_it_once(clock, outbox):
    """The second had looked before the first wrote."""
    user = a_reader()
    clock.move_to(at(2025, 12, 3), tick=False)
    reader, month = MonthlyReader.objects.select_related("user").get(), monthly.month_to_tell(at(2025, 12, 3).date())
    told = monthly.content_of(month)

    sent = [monthly.mail.send_many([monthly.mail_to(reader, month, told)]) for _ in range(2)]

    assert (sent, [mail.to for mail in outbox.rows]) == ([1, 0], [user.email])


@pytest.mark.parametrize("how", ["role", "closed"])
def test_who_no_longer_reads_the_page_is_not_written_to_and_is_forgotten(clock, outbox, how):
    gone, board = a_reader(), a_reader()
    if how == "role":
        gone.groups.set([Group.objects.get_or_create(name=Role.TEAM)[0]])
    else:
        User.objects.filter(pk=gone.pk).update(is_active=False)

    monthly.send_month()
    assert list(MonthlyReader.objects.values_list("user", flat=True)) == [board.pk]
    clock.move_to(at(2025, 12, 3), tick=False)
    monthly.send_month()

    assert [mail.to for mail in outbox.rows] == [board.email]


def test_nothing_is_counted_when_nobody_waits(clock, django_assert_num_queries):
    clock.move_to(at(2025, 12, 3), tick=False)
    with django_assert_num_queries(2):  # who is forgotten, who waits
        monthly.send_month()


@pytest.mark.parametrize("count", [1, 12])
def test_it_costs_the_same_however_many_read(
    clock, outbox, count, django_assert_num_queries, django_assert_max_num_queries
):
    for _ in range(count):
        a_reader()
    evening(2025, 11, 6)
    clock.move_to(at(2025, 12, 3), tick=False)
    with django_assert_max_num_queries(60) as seen:
        monthly.send_month()
    MonthlyReader.objects.all().delete()
    a_reader()
    clock.move_to(at(2026, 1, 3), tick=False)
    with django_assert_num_queries(len(seen)):
        monthly.send_month()


# --- What it says ---------------------------------------------------------------------------------


def test_it_tells_the_headlines_of_the_page_for_the_same_months(clock, outbox):
    user = a_reader(first_name="Zoé")
    evening(2025, 10, 3)
    evening(2025, 11, 7, cpts_member=True)
    evening(2024, 11, 6)
    clock.move_to(at(2025, 12, 3), tick=False)

    monthly.send_month()

    [mail] = outbox.rows
    board = Client()
    board.force_login(user)
    assert plain(mail.subject) == "Café des Soignants : novembre 2025 en chiffres"
    for link in re.findall(r"https?://[^/\s]+(/conseil/\?\S+)", mail.text):
        page = board.get(link)
        shown = [
            plain(f"{one.figure.shown} {one.figure.label}. {one.figure.reading}") for one in page.context["headlines"]
        ]
        assert [line for line in shown[:5] if line not in plain(mail.text)] == []
    assert re.findall(r"/conseil/\?(\S+)", mail.text) == ["du=2025-11&au=2025-11", "du=2025-09&au=2025-11"]
    assert "comparé à octobre 2025" in mail.text
    season = plain(mail.text).partition("La saison")[2]
    assert "comparée aux mêmes mois de la précédente, de septembre 2024 à novembre 2024" in season
    assert "10 présences" in season
    assert "Avant : 6, soit 4 de plus." in season


def test_what_is_about_too_few_is_told_by_mail_no_more_than_on_the_page(clock, outbox):
    a_reader()
    session = held_session(datetime(2025, 11, 12, 18, 0, tzinfo=UTC), capacity=10)
    for person in range(6):
        come(session, person, cpts_member=person != 0)
    clock.move_to(at(2025, 12, 3), tick=False)

    monthly.send_month()

    lines = [one for one in outbox.rows[0].text.splitlines() if "non-adhérents" in one]
    assert [one[:4] for one in lines] == ["- – ", "- – "]


def test_no_name_is_in_it_but_the_readers_own(clock, outbox):
    a_reader(first_name="Zoé", last_name="Maillot")
    session = held_session(datetime(2025, 11, 12, 18, 0, tzinfo=UTC), capacity=10)
    come(session, 1)
    registration = session.registrations.get()
    clock.move_to(at(2025, 12, 3), tick=False)

    monthly.send_month()

    [mail] = outbox.rows
    names = {registration.first_name, registration.last_name, registration.email, session.activity.title, "Maillot"}
    assert [name for name in names - {""} if name in mail.text + mail.html] == []


def test_a_month_without_session_says_so_and_september_tells_no_season(clock, outbox):
    a_reader()
    evening(2025, 9, 6)
    clock.move_to(at(2025, 10, 3), tick=False)
    monthly.send_month()
    clock.move_to(at(2025, 11, 3), tick=False)
    MonthlyReader.objects.update(since=at(2025, 9, 1))
    monthly.send_month()

    september = monthly.content_of(at(2025, 9, 1).date())
    october = monthly.content_of(at(2025, 10, 1).date())
    assert (september["season"], len(september["headlines"])) == (None, 5)
    assert (october["headlines"], october["season"]["label"]) == ([], "de septembre 2025 à octobre 2025")
    assert "Aucune séance de octobre" not in outbox.rows[-1].text
    assert "Aucune séance n’a été marquée tenue en octobre 2025." in outbox.rows[-1].text


# --- Asking and ending ----------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.BOARD, Role.COORDINATION])
def test_one_button_asks_and_one_ends_and_the_months_stay(client, role):
    user = make_user(role=role, second_factor=True)
    client.force_login(user)
    page = client.get(PAGE, {"du": "2025-09", "au": "2025-11"})
    assert f'action="{START}?du=2025-09&amp;au=2025-11"' in page.text.replace("2025-09&au", "2025-09&amp;au")

    back = client.post(f"{START}?du=2025-09&au=2025-11")
    client.post(START)
    assert (back.url, MonthlyReader.objects.count()) == (f"{PAGE}?du=2025-09&au=2025-11#chaque-mois", 1)
    assert END in client.get(back.url).text

    client.post(END)
    assert (MonthlyReader.objects.count(), START in client.get(PAGE).text) == (0, True)


def test_the_link_of_the_mail_ends_it_without_signing_in_and_by_a_button_only(clock, outbox, client):
    user = a_reader()
    clock.move_to(at(2025, 12, 3), tick=False)
    monthly.send_month()
    [mail] = outbox.rows
    link = path_in(mail, "/conseil/chaque-mois/")

    asked = client.get(link)
    kept = MonthlyReader.objects.count()
    done = Client(enforce_csrf_checks=True).post(link)

    assert "Ne plus recevoir les chiffres du mois" in asked.text
    assert (kept, "C’est fait" in done.text, MonthlyReader.objects.count()) == (1, True, 0)
    assert mail.headers["List-Unsubscribe"].strip("<>").endswith(link)
    assert mail.carries_token
    assert [to.to for to in outbox.deliver()] == [[user.email]]
    assert "chaque-mois" not in outbox.rows[0].text


def test_a_mail_program_ends_it_in_one_click(clock):
    a_reader()
    link = monthly.stop_path(MonthlyReader.objects.get())

    answer = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, MonthlyReader.objects.count()) == (200, 0)


def test_an_old_link_ends_nothing_once_it_is_asked_for_anew(clock, client):
    user = a_reader()
    link = monthly.stop_path(MonthlyReader.objects.get())
    monthly.unsubscribe(user=user)
    other = a_reader()
    monthly.subscribe(user=user)

    client.post(link)

    assert set(MonthlyReader.objects.values_list("user", flat=True)) == {user.pk, other.pk}


@pytest.mark.parametrize("token", ["1", "1.x", "recevoir.x", "1.é"])
def test_a_forged_link_leads_nowhere(client, token):
    assert client.get(f"{PAGE}chaque-mois/{token}/").status_code == 404
    assert client.post(f"{PAGE}chaque-mois/{token}/").status_code == 404


def test_it_is_in_what_one_may_take_away_and_goes_with_the_account(clock):
    user = a_reader()
    exported = personal_data.export_all(user)["chiffres du mois par courriel"]

    services.erase_account(user=user)

    assert exported == [{"depuis_le": "2025-12-02T09:00:00+00:00"}]
    assert MonthlyReader.objects.count() == 0
