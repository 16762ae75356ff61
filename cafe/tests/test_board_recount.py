"""Every number that the board reads, counted again naively from a random season: pages, files and paper."""

import os
import random
from datetime import date

import pytest
import time_machine
from django.test import Client

from cafe import pdf
from cafe.board import summaries
from cafe.board.models import Summary
from cafe.board.report import report
from cafe.tests import recount_pages
from cafe.tests.pdf_reader import text_of as words_of
from cafe.tests.recount import Months
from cafe.tests.recount_reading import (
    differences,
    lost_on_paper,
    told_by_book,
    told_by_page,
    told_by_table,
    untold_drawings,
)
from cafe.tests.recount_season import FIRST_LOOK, LOOKS, NOW, random_season
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
SEEDS = [1, 2, 3]
if os.environ.get("HYPOTHESIS_EXPLORE"):
    SEEDS = random.SystemRandom().sample(range(10**6), 20)
YEAR = Months(date(2023, 9, 1), date(2024, 8, 1))
MONTH = Months(date(2024, 1, 1), date(2024, 1, 1))
YEARS = Months(date(2022, 3, 1), date(2025, 3, 1))
NOBODY = Months(date(2019, 1, 1), date(2019, 12, 1))
TODAY = NOW.date()
SEASONS = "/conseil/saisons/"


@pytest.fixture
def board():
    client = Client()
    client.force_login(make_user(role=Role.BOARD, second_factor=True))
    return client


@pytest.fixture(params=SEEDS)
def season(request, board):
    """A random season, at which somebody had looked before."""
    with time_machine.travel(NOW, tick=False):
        random_season(request.param)
    with time_machine.travel(FIRST_LOOK, tick=False):
        board.get("/conseil/", YEAR.asked)
    with time_machine.travel(NOW, tick=False):
        yield


def wrong_page(html, expected):
    return differences(told_by_page(html), expected) + untold_drawings(html)


def wrong_pages(board, months):
    found = []
    for address, expected in (
        ("/conseil/", recount_pages.board_page),
        ("/coordination/participation/", recount_pages.participation_page),
    ):
        found += wrong_page(board.get(address, months.asked).content.decode(), expected(months, TODAY, LOOKS))
    return found


def wrong_files(board, months):
    book = board.get("/conseil/rapport.xlsx", months.asked).content
    rows = board.get("/coordination/participation/export.csv", months.asked).content.decode("utf-8-sig")
    return [
        *differences(told_by_book(book), recount_pages.book(months, TODAY, LOOKS)),
        *differences(told_by_table(rows), recount_pages.participation_file(months, TODAY, LOOKS)),
    ]


def wrong_paper(months):
    """What the report's page says, and what is not on paper as it is there."""
    html = report(**months.asked)
    expected = recount_pages.report(months, TODAY, LOOKS)
    found = differences(told_by_page(html, within="body"), expected) + untold_drawings(html)
    return found + lost_on_paper(html, words_of(pdf.drawn(html)))


def wrong_kept(board):
    """What is wrong once figures are kept, as on a large portal: by the hour, or by whoever looked first."""
    summaries.refresh()
    for _ in range(2):
        page, seasons = (board.get(address, YEARS.asked).content.decode() for address in ("/conseil/", SEASONS))
    assert Summary.objects.exists()
    assert "Recompter maintenant" in page
    return [
        *wrong_page(page, recount_pages.board_page(YEARS, TODAY, LOOKS)),
        *wrong_page(seasons, recount_pages.seasons_page(TODAY, LOOKS, counted_at=NOW)),
    ]


def test_every_number_on_pages_in_files_and_on_paper_is_the_one_counted_by_hand(season, board, monkeypatch):
    wrong = wrong_page(board.get(SEASONS).content.decode(), recount_pages.seasons_page(TODAY, LOOKS))
    for months in (YEAR, MONTH, YEARS, NOBODY):
        wrong += wrong_pages(board, months) + wrong_files(board, months)
    wrong += wrong_paper(YEARS)
    monkeypatch.setattr(summaries, "LIVE_SESSIONS", 0)
    wrong += wrong_kept(board)

    assert not wrong, "\n".join(wrong)
