"""The board's seasons side by side, its newsletters and indicators, and the file of the report's tables."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from activities.models import BudgetLine
from activities.seasons import Season
from cafe.board import overview, report, seasons, tables
from cafe.tests.test_board import PARIS, SEASONS, evening, is_member, text_of
from evaluation.figures import Period
from evaluation.tests.test_figures import come, random_season
from listening_cell.tests.test_figures import publish
from members.enums import Role
from members.tests.factories import make_user
from newsletters.models import Departure
from newsletters.services.figures import totals_between
from newsletters.tests.factories import make_newsletter, make_sent, make_subscriber
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db


def test_each_season_is_read_as_its_own_period_and_what_is_about_too_few_is_told_of_none(client):
    client.force_login(make_user(role=Role.BOARD, second_factor=True))
    evening(datetime(2022, 10, 5, 20, tzinfo=PARIS), 10, cpts_member=lambda person: person < 3)
    evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 10, cpts_member=is_member)
    evening(datetime(2024, 10, 5, 20, tzinfo=PARIS), 12, cpts_member=lambda person: person < 5)
    evening(datetime(2025, 10, 5, 20, tzinfo=PARIS), 5)
    with time_machine.travel(datetime(2025, 11, 1, tzinfo=PARIS), tick=False):
        page = client.get(SEASONS)

    found = page.context["seasons"]
    assert [(row.label, row.values) for row in found["rows"]] == [
        ("2022-2023", [10, 10, 100, None, None]),
        ("2023-2024", [10, 10, 100, 50, None]),
        ("2024-2025", [12, 12, 120, 58, None]),
        ("2025-2026, en cours", [5, 5, 50, None, None]),
    ]
    assert "30 %" not in text_of(page)
    assert "70 %" not in text_of(page)
    assert (
        "2024-2025, à côté de 2023-2024 : présences : 12 (2 de plus), personnes différentes : 12 (2 de plus), "
        "remplissage : 120 % (20 points de plus), non-adhérents : 58 % (8 points de plus)."
    ) in text_of(page)
    assert [line.values for line in found["drawings"][1].chart.lines] == [(100, 100, 120, 50), (None, 50, 58, None)]
    assert found["elsewhere"]["ours"].season == Season(2024)
    assert "que ce soit 75 présences sur 151 est notre lecture" in text_of(page)


def test_the_seasons_are_the_six_latest_and_one_without_session_breaks_the_line_and_the_comparison_of_none():
    for year, people in ((2015, 5), (2018, 6), (2020, 8)):
        evening(datetime(year, 10, 5, 20, tzinfo=PARIS), people)

    found = seasons.comparison(Season(2021))

    assert [row.label for row in found["rows"]] == ["2018-2019", "2019-2020, aucune séance", "2020-2021"]
    assert found["drawings"][0].chart.lines[0].values == (6, None, 8)
    assert found["reading"].startswith("2020-2021, à côté de 2018-2019")


def test_the_file_has_the_numbers_of_the_report_each_table_on_its_sheet():
    random_season(7)
    BudgetLine.objects.create(season=2023, category="food", label="Thé", planned=10, actual=12)
    publish(2024, (15, {"motives": ["charge"]}), (12, {}))
    make_subscriber()
    make_resource(needs=("droit--avocat",))
    found = report.content_of(Period(date(2023, 9, 1), date(2024, 8, 1)))

    sheets = {title: rows for title, _, rows in tables.sheets_of(found)}

    for one in [*found["drawings"], *found["directory"]]:
        shown = [[cell.split("(")[0].strip() for cell in cells] for _, cells in one.chart.table()]
        width = len(one.chart.header())
        assert [[one.chart.number(cell) for cell in row[1:width]] for row in sheets[one.heading]] == shown
    assert ["Dépenses", 10, 12] in [row[1:] for row in sheets["Budget"]]
    assert sheets["Écoute 2024"][0] == ["Ensemble", "Demandes comptées", 27]
    assert [row[:2] for row in sheets["Lettres"]][4] == ["Personnes abonnées", 1]
    assert [row[:2] for row in sheets["Indicateurs ACI"]][:3] == [
        ["Actions tenues", found["figures"].sessions],
        ["Présences", found["figures"].attendances],
        ["Personnes différentes", found["figures"].people],
    ]
    assert {"Petits nombres", "Présence", "Coût par participation"} <= {row[0] for row in sheets["Définitions"]}
    assert all(len(title) <= 31 for title in sheets)


def test_the_indicators_tell_of_no_profession_nor_membership_of_too_few():
    session = evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 10, cpts_member=lambda person: person < 3)
    for person in range(20, 26):
        come(session, person, profession="medecin-generaliste" if person < 25 else "sage-femme")
    period = Period(date(2024, 3, 1), date(2024, 3, 1))

    told = {one.label: one.shown for one in overview.overview_of(period)["indicators"]}

    assert told["Présences de non-adhérents"] == "–"
    assert not [label for label in told if "age-femme" in label]
    assert sum(label.startswith("Présences\u00a0:") for label in told) == 2


def test_the_newsletters_of_a_period_are_counted_whether_their_deliveries_are_still_kept_or_not():
    start, end = datetime(2024, 3, 1, tzinfo=PARIS), datetime(2024, 4, 1, tzinfo=PARIS)
    for moment, counts in (
        (start, {"sent": 40, "refused": 2, "unknown": 1}),
        (end - timedelta(seconds=1), {}),
        (end, {"sent": 500, "refused": 50}),
    ):
        letter = make_sent(counts=counts)
        type(letter).objects.filter(pk=letter.pk).update(started_at=moment)
        if not counts:
            states = [("sent", ""), ("sent", ""), ("failed", "550"), ("failed", "désabonné"), ("unknown", "")]
            for number, (state, error) in enumerate(states):
                letter.deliveries.create(
                    to=f"a{number}@cafe.example",
                    domain="cafe.example",
                    state=state,
                    last_error=error,
                    not_before=end,
                    dedupe_key=f"k{number}",
                )
    make_newsletter()
    for number, day in enumerate((date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 31), date(2024, 4, 1))):
        Departure.objects.create(email_hash=str(number), left_on=day)
    make_subscriber()
    make_subscriber(state="pending")
    make_subscriber(state="suspended")

    assert totals_between(start, end) == {
        "letters": 2, "sent": 42, "refused": 3, "unknown": 2, "departures": 2, "active": 1, "suspended": 1,
    }  # fmt: skip
