"""The charts of the board: months across seasons, newcomers and regulars, each with its reading, table, definitions."""

import re
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from cafe.board import seasons
from evaluation import participation
from evaluation.figures import Period, breakdowns_of, figures_of
from evaluation.tests.test_figures import come, held_session, random_season
from members.enums import Role
from members.tests.factories import make_user
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
BOARD, SEASONS, PARTICIPATION = "/conseil/", "/conseil/saisons/", "/coordination/participation/"
TWO_YEARS = {"du": "2022-10", "au": "2024-08"}


@pytest.fixture
def board():
    client = Client()
    client.force_login(make_user(role=Role.BOARD, second_factor=True))
    return client


def evening(year, month, people):
    """A session to which these people came, each known by a number."""
    session = held_session(datetime(year, month, 5, 20, tzinfo=PARIS), capacity=30)
    for person in people:
        come(session, person)


def calendar_of(first, last):
    period = Period(date(*first, 1), date(*last, 1))
    return participation.calendar(period, breakdowns_of(period).by_month)


# --- The months across seasons --------------------------------------------------------------------


def test_a_calendar_has_a_row_a_season_and_tells_a_month_without_session_from_one_where_nobody_came():
    evening(2022, 10, range(7))
    evening(2022, 12, ())
    evening(2023, 9, range(3))

    chart = calendar_of((2022, 10), (2023, 10)).chart

    assert [(row.label, row.start, row.values) for row in chart.rows] == [
        ("22-23", 1, (7, None, 0, None, None, None, None, None, None, None, None)),
        ("23-24", 0, (3, None)),
    ]
    assert dict(chart.table())["22-23"][:4] == ["–", "7", "–", "0"]


def test_a_calendar_says_what_the_line_over_the_months_says_and_no_more():
    random_season(3)
    period = Period(date(2022, 12, 1), date(2024, 8, 1))
    by_month = breakdowns_of(period).by_month

    line = participation.over_months(period, by_month).chart.lines[0].values
    cells = [value for row in participation.calendar(period, by_month).chart.rows for value in row.values]

    assert cells == list(line)


def test_one_season_alone_makes_no_calendar_and_empty_ones_around_it_make_no_row():
    evening(2022, 10, range(7))
    assert calendar_of((2021, 9), (2024, 8)) is None

    evening(2024, 1, range(7))
    assert [row.label for row in calendar_of((2020, 9), (2026, 8)).chart.rows] == ["22-23", "23-24"]


def test_a_calendar_names_the_months_that_never_had_a_session():
    for month in (9, 10, 11, 12, 1, 2, 3, 4, 5, 6):
        evening(2022 if month > 8 else 2023, month, range(2))
    evening(2023, 9, range(2))
    evening(2024, 7, range(2))

    assert "Jamais de séance, sur cette période, en août." in calendar_of((2022, 9), (2024, 8)).reading
    assert "Jamais" not in calendar_of((2022, 9), (2023, 10)).reading


# --- Newcomers and regulars -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("back", "new", "told"),
    [(5, 5, ((5, 5), "50\u00a0%")), (4, 8, None), (8, 4, None), (15, 5, ((5, 15), "75\u00a0%"))],
)
def test_newcomers_and_regulars_are_told_from_five_people_on_both_sides(back, new, told):
    evening(2022, 10, range(back))
    evening(2023, 10, range(back + new))
    period = Period(date(2023, 9, 1), date(2024, 8, 1))

    found = participation.regulars(figures_of(period))

    if told is None:
        assert found is None
    else:
        assert (found.chart.rows[0].values, found.reading.split(" des ")[0]) == told


def test_a_season_that_may_not_be_told_has_no_parts_nor_its_numbers_on_the_page(board):
    evening(2022, 10, range(20))
    evening(2023, 10, range(17, 40))  # 3 of them had come, 20 had not
    evening(2024, 10, range(33, 52))  # 7 had come, 12 had not
    with time_machine.travel(datetime(2025, 10, 1, tzinfo=PARIS), tick=False):
        page = board.get(SEASONS)

    drawing = page.context["seasons"]["drawings"][-1]
    assert drawing.heading == "Premières venues et habitués"
    assert drawing.chart.table() == [
        ("2022-2023", ["–", "–"]),
        ("2023-2024", ["–", "–"]),
        ("2024-2025 (19\u00a0personnes)", ["12", "7"]),
    ]
    assert drawing.chart.svg().count("Trop peu de personnes pour le dire.") == 2
    assert drawing.reading == "2024-2025\u00a0: 37\u00a0% des personnes étaient déjà venues avant la saison."


def test_a_season_says_what_the_page_of_its_months_says_and_nothing_that_it_does_not(board):
    for year, people in ((2021, range(12)), (2022, range(30)), (2023, range(26, 50)), (2024, range(20, 60))):
        evening(year, 10, people)
    found = {row.season: row for row in seasons.comparison(seasons.Season(2024))["rows"]}

    drawn = seasons.regulars(list(found.values()), "")[0].chart.rows
    pages = [participation.regulars(figures_of(seasons.whole(season))) for season in found]

    assert [row.values for row in drawn] == [page.chart.rows[0].values if page else () for page in pages]
    assert [row.values for row in drawn] == [(), (18, 12), (), (10, 30)]


# --- Every chart ----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [BOARD, SEASONS, PARTICIPATION])
def test_every_chart_has_its_title_its_reading_its_table_and_its_definitions_one_click_away(board, address):
    random_season(1)
    make_resource(needs=("droit--avocat",))
    evening(2022, 11, range(100, 120))
    evening(2023, 11, range(110, 130))

    page = board.get(address, TWO_YEARS).content.decode()

    figures = re.findall(r'<figure class="chart.*?</figure>', page, re.DOTALL)
    assert len(figures) >= 3
    for figure in figures:
        assert re.search(r'role="img" aria-labelledby=".*?<title id=.*?>\S.*?</title><desc id=.*?>\S', figure)
        assert re.search(r"<figcaption>\s*[A-ZÀÉ0-9–][^<]+[.]\s*<a href=\"#definitions\">", figure)
        assert re.search(r'<details>.*<table class="table.*<tbody>\s*<tr>', figure, re.DOTALL)
    assert len(figures) == page.count('<svg class="chart-svg"')
    assert page.count('id="definitions"') == 1
    assert "<dt>Présence</dt>" in page[page.index('id="definitions"') :]


@pytest.mark.parametrize("address", [BOARD, SEASONS, PARTICIPATION])
def test_every_link_within_a_page_leads_somewhere_and_no_heading_is_jumped(board, address):
    random_season(1)
    make_resource()

    page = board.get(address, TWO_YEARS).content.decode()

    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_parts_of_the_page_are_all_in_its_list_in_their_order(board):
    page = board.get(BOARD).content.decode()

    listed = re.search(r'id="sommaire".*?</nav>', page, re.DOTALL)[0]
    listed = re.findall(r'href="#([\w-]+)"', listed)
    parts = re.findall(r'board-part" aria-labelledby="([\w-]+)"', page)
    assert [part for part in parts if part in listed] == listed
    assert page.count('href="#sommaire"') == len(listed)
