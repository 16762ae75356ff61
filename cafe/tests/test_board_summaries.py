"""Figures that are kept: equal to those counted at once, told with their moment, counted anew when they must be."""

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Registration, Session
from activities.seasons import Season
from cafe.board import plain, seasons, summaries
from cafe.board.models import Summary
from cafe.tests.test_board import BALANCE, PAGE, PARIS, SEASONS, YEAR, evening, is_member, text_of
from evaluation.figures import Class, Period
from evaluation.models import Reading
from evaluation.tests.factories import make_response, make_sending, make_survey
from evaluation.tests.test_figures import random_season
from evaluation.tests.written import make_written
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
SCHOOL_YEAR = Period(date(2023, 9, 1), date(2024, 8, 1))
RECOUNT = "/conseil/recompter/?du=2023-09&au=2024-08"
NOON = datetime(2026, 11, 22, 12, 5, tzinfo=PARIS)


@pytest.fixture
def board():
    client = Client()
    client.force_login(make_user(role=Role.BOARD, second_factor=True))
    return client


@pytest.fixture
def large(monkeypatch):
    """A portal of which one session is already too many to count each time."""
    monkeypatch.setattr(summaries, "LIVE_SESSIONS", 0)


def season_with_marks(seed):
    """A random season, and marks after its sessions: of some too few to tell."""
    random_season(seed)
    survey = make_survey(kind="session", questions=[{"kind": "scale", "national_key": "satisfaction"}])
    yesterday = timezone.localdate() - timedelta(days=1)
    for rank, session in enumerate(Session.objects.filter(state="held").order_by("starts_at")):
        make_sending(survey, session=session, closed_on=yesterday)
        for n in range(rank * seed % 9):
            make_response(survey, {survey.questions.get(): 6 + (n + rank) % 5}, session=session, day=yesterday)


def without_keys(page):
    """Return a page without what is another each time: ids of drawings, tokens, and what says when it was counted."""
    text = re.sub(r"chart-\w{8}", "chart", page.content.decode())
    text = re.sub(
        r'<form class="actions"\s+method="post"\s+action="/conseil/recompter/.*?</form>', "", text, flags=re.S
    )
    text = re.sub(r'<p class="soft">Comptés le .*?</p>', "", text)
    return re.sub(r'value="\w{64}"', "", re.sub(r"\s+", " ", text))


# --- The same figures -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("months", [((2023, 9), (2024, 8)), ((2024, 2), (2024, 3)), ((2019, 1), (2019, 2))])
def test_what_is_read_from_a_summary_is_what_counting_gives(seed, months):
    season_with_marks(seed)
    first, last = months
    period = Period(date(*first, 1), date(*last, 1))

    summaries.keep(period=period)

    assert summaries.read_row(Summary.objects.get()).counts == summaries.count(period)


def test_the_random_seasons_hold_what_is_told_and_what_is_not():
    season_with_marks(2)

    counts, few = summaries.count(SCHOOL_YEAR), summaries.count(Period(date(2024, 2, 1), date(2024, 3, 1)))

    assert (counts.before.sessions, counts.figures.satisfaction.n, counts.figures.women_told) > (1, 1, False)
    assert counts.ranking.ranked
    assert counts.by.by_profession
    assert (few.figures.women_told, few.by.by_profession) == (False, [])


@pytest.mark.parametrize("address", [PAGE, SEASONS])
def test_a_page_from_summaries_is_the_page_counted_at_once(board, monkeypatch, address):
    season_with_marks(3)
    with time_machine.travel(datetime(2025, 1, 15, 12, tzinfo=PARIS), tick=False):
        at_once = board.get(address, YEAR)
        assert not Summary.objects.exists()
        monkeypatch.setattr(summaries, "LIVE_SESSIONS", 0)
        counted = board.get(address, YEAR)
        summaries.refresh()
        read = board.get(address, YEAR)

    assert "Comptés le" not in text_of(at_once)
    assert "Comptés le mercredi 15 janvier 2025 à 12 h." in text_of(read)
    assert without_keys(at_once) == without_keys(counted) == without_keys(read)


def test_a_shape_that_is_not_the_code_s_is_refused():
    one = Class("Yoga", 3, 2)

    assert plain.from_plain(Class, plain.to_plain(one)) == one
    for wrong in (
        {"label": "Yoga"},
        plain.to_plain(one) | {"people": "2"},
        plain.to_plain(one) | {"more": 1},
        [],
        None,
    ):
        with pytest.raises(ValueError, match="Not a"):
            plain.from_plain(Class, wrong)


# --- When they are counted ------------------------------------------------------------------------


def test_a_small_portal_keeps_nothing_and_sees_each_change_at_once(board):
    evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 10, cpts_member=is_member)

    board.get(PAGE, YEAR)
    evening(datetime(2024, 3, 6, 20, tzinfo=PARIS), 12, cpts_member=is_member)

    assert board.get(PAGE, YEAR).context["figures"].attendances == 22
    assert (summaries.refresh(), Summary.objects.exists()) == (0, False)


def test_kept_figures_say_when_they_were_counted_and_a_reader_may_count_anew(board, large):
    with time_machine.travel(NOON, tick=False) as clock:
        evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 10)
        board.get(PAGE, YEAR)
        evening(datetime(2024, 3, 6, 20, tzinfo=PARIS), 12)
        clock.shift(timedelta(minutes=2))

        before = board.get(PAGE, YEAR)
        after = board.post(RECOUNT, follow=True)
        evening(datetime(2024, 3, 7, 20, tzinfo=PARIS), 1)
        again = board.post(RECOUNT, follow=True)

    assert before.context["figures"].attendances == 10
    assert "Comptés le dimanche 22 novembre 2026 à 12 h 05." in text_of(before)
    assert (after.context["figures"].attendances, again.context["figures"].attendances) == (22, 22)
    assert "Comptés le dimanche 22 novembre 2026 à 12 h 07." in text_of(again)
    assert after.redirect_chain == [("/conseil/?du=2023-09&au=2024-08", 302)]


def test_months_that_make_no_sense_are_not_counted_anew(board, large):
    page = board.post("/conseil/recompter/?du=2024-09&au=2023-08", follow=True)

    assert "Le premier mois vient après le dernier. Échangez-les." in text_of(page)
    assert not Summary.objects.filter(first=date(2024, 9, 1)).exists()


def test_the_report_dates_its_figures_by_the_oldest_of_them(board, large):
    from cafe.board.overview import report_of  # noqa: PLC0415  beside its use

    with time_machine.travel(NOON, tick=False) as clock:
        evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 10)
        summaries.keep(period=SCHOOL_YEAR)
        clock.shift(timedelta(hours=1))

        assert report_of(SCHOOL_YEAR)["counted_at"] == NOON


def test_words_that_are_withdrawn_go_at_once_whatever_is_kept(board, large):
    corpus = make_written()
    Reading.objects.create(answer_id=corpus.ids[0], words="Revenir bientôt", cleared=True, quoted=True)
    evening(timezone.now() - timedelta(days=40), 6)
    shown = text_of(board.get(PAGE))
    Reading.objects.update(quoted=False)

    assert "« Revenir bientôt »" in shown
    assert "Revenir bientôt" not in text_of(board.get(PAGE))


def test_a_summary_of_an_earlier_shape_is_counted_anew(board, large):
    evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 10)
    board.get(PAGE, YEAR)
    Summary.objects.update(figures={"figures": {"attendances": 3}})

    assert board.get(PAGE, YEAR).context["figures"].attendances == 10
    assert summaries.read_row(Summary.objects.get()).counts.figures.attendances == 10


# --- Each hour ------------------------------------------------------------------------------------


def test_each_hour_the_usual_periods_and_those_read_lately_are_counted_and_the_others_forgotten(board, large):
    with time_machine.travel(NOON, tick=False) as clock:
        evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 10)
        board.get(PAGE, BALANCE)
        first = summaries.refresh()
        usual = {(one.first, one.last) for one in summaries.usual_periods(date(2026, 11, 22))}
        kept = set(Summary.objects.values_list("first", "last"))
        clock.shift(timedelta(hours=1))
        second = summaries.refresh()
        recent = Summary.objects.filter(counted_at=timezone.now()).count()
        clock.shift(timedelta(days=31))
        third = summaries.refresh()

    assert usual == {
        (date(2025, 12, 1), date(2026, 11, 1)),
        *((date(year, 9, 1), date(year + 1, 8, 1)) for year in range(2020, 2027)),
        (date(2024, 3, 1), date(2026, 11, 1)),
    }
    balance = (date(2023, 10, 1), date(2025, 4, 1))
    assert kept == usual | {balance}
    # What ended two months ago is counted once a day: three of nine go on.
    assert (first, second, recent) == (9, 3, 3)
    assert third == 9
    assert not Summary.objects.filter(first=balance[0], last=balance[1]).exists()


def test_what_is_read_now_and_then_is_not_forgotten(large):
    balance = Period(date(2023, 10, 1), date(2025, 4, 1))
    with time_machine.travel(NOON, tick=False) as clock:
        evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 10)
        for _ in range(3):
            summaries.read(balance)
            clock.shift(timedelta(days=20))
            summaries.refresh()

    assert Summary.objects.filter(first=balance.first, last=balance.last).exists()


# --- Cost -----------------------------------------------------------------------------------------


def test_a_kept_page_reads_no_registration_and_its_statements_do_not_grow(board, large):
    found = []
    for seed in (5, 6):
        season_with_marks(seed)
        board.get(PAGE, YEAR)
        board.get(PAGE, YEAR)
        with CaptureQueriesContext(connection) as captured:
            board.get(PAGE, YEAR)
        found.append(len(captured))
        assert Registration._meta.db_table not in " ".join(one["sql"] for one in captured)

    assert found[0] == found[1]


def test_the_seasons_cost_as_many_statements_as_one(monkeypatch):
    random_season(5)
    counts = []
    for many in (1, 6):
        monkeypatch.setattr(seasons, "MOST_SEASONS", many)
        with CaptureQueriesContext(connection) as captured:
            seasons.comparison(Season(2023))
        counts.append(len(captured))

    assert counts[0] == counts[1]
