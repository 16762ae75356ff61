"""The board's page and report: the published balance, its trend, nothing of the few, and no name anywhere."""

import re
from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from activities.models import BudgetLine, Facilitator, Person, Registration
from activities.seasons import Season
from activities.services.budget import budget_of, totals_of
from cafe import pdf
from cafe.board import headlines
from cafe.models import Document
from cafe.tests.pdf_reader import ACCESSIBLE, promises
from cafe.tests.pdf_reader import text_of as words_of
from evaluation.figures import Period, figures_of
from evaluation.models import Reading
from evaluation.tests.test_figures import come, held_session, random_season
from evaluation.tests.written import make_written
from listening_cell.tests.test_figures import publish
from members.enums import Role
from members.models import User
from members.tests.factories import make_user
from newsletters.tests.factories import make_sent
from resources.enums import Freshness, ResourceKind, ResourceState, Visibility
from resources.models import Resource
from resources.services.coverage import coverage_of
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
PAGE = "/conseil/"
SEASONS, TABLES = "/conseil/saisons/", "/conseil/rapport.xlsx"
YEAR = {"du": "2023-09", "au": "2024-08"}
BALANCE = {"du": "2023-10", "au": "2025-04"}


@pytest.fixture
def board():
    client = Client()
    client.force_login(make_user(role=Role.BOARD, second_factor=True))
    return client


def text_of(response):
    return response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def sheets_in(response):
    """Return {title: [cells of each row]} of a downloaded workbook."""
    book = load_workbook(BytesIO(response.content), read_only=True)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def told(response):
    """Return the headlines as they are shown: [(number, label, trend)]."""
    rows = [(one.figure.shown, one.figure.label, one.trend) for one in response.context["headlines"]]
    return [tuple(text.replace("\u00a0", " ") for text in row) for row in rows]


def evening(moment, people, **known):
    session = held_session(moment, capacity=10)
    for person in range(people):
        come(session, person, **{name: value(person) for name, value in known.items()})
    return session


def is_member(person):
    return person % 2 == 0


# --- The published balance, and nobody in it -------------------------------------------------------


def known_names():
    """Every name, address and key of the demonstration."""
    people = [*User.objects.all(), *Registration.objects.all()]
    names = {f"{one.first_name} {one.last_name}".strip() for one in people} | {one.last_name for one in people}
    names |= {one.email for one in people} | {str(one.key) for one in Person.objects.all()}
    names |= set(Facilitator.objects.values_list("name", flat=True))
    names |= set(Resource.objects.filter(kind=ResourceKind.PERSON).values_list("name", flat=True))
    return names - {""}


def named_in(text):
    """Return the names that stand in a text as whole words."""
    names = "|".join(re.escape(name) for name in sorted(known_names(), key=len, reverse=True))
    return set(re.findall(rf"(?<!\w)(?:{names})(?!\w)", text))


def test_the_demonstration_shows_the_published_balance_and_names_nobody_on_page_nor_paper():
    with time_machine.travel(datetime(2026, 11, 23, 10, 0, tzinfo=PARIS), tick=False):
        call_command("demo", verbosity=0)
        publish(2025, (26, {}))  # the cell's own demonstration wants transactions that end
        client = Client()
        client.force_login(User.objects.get(email="conseil@demo.example"))

        page = client.get(PAGE, BALANCE)
        printed = pdf.render("board_report", BALANCE)
        sheets = sheets_in(client.get(TABLES, BALANCE))
        compared = client.get(SEASONS)

        assert [shown for shown, _, _ in told(page)] == ["151", "84", "105 %", "50 %", "8,4", "26"]
        assert "76 des 151 présences dont l’adhésion est connue." in text_of(page)
        assert "Présences d’adhérents : 75." in text_of(page)
        assert page.context["people"].chart.table()[0] == ("Femmes", ["80\u00a0%"])
        paper = words_of(printed)
        for told_there in ("151 En 17 séances.", "105 %", "8,4", "80 %", "4 638,00 €", "41,41 €", "À reconduire"):
            assert told_there in paper.replace("\u00a0", " ")
        assert len(known_names()) > 200
        in_file = " ".join(str(cell) for rows in sheets.values() for row in rows for cell in row)
        texts = (text_of(page), paper, in_file, text_of(compared))
        assert [named_in(text) for text in texts] == [set()] * 4
        assert [row[1] for row in sheets["En bref"][1:]] == [151, 84, 105, 50, 8.4, 26]
        assert [row[0] for row in sheets["Saisons entières"][1:]] == ["2023-2024", "2024-2025"]
        assert named_in("Écrire à conseil@demo.example.") == {"conseil@demo.example"}
        assert promises(printed) == ACCESSIBLE


# --- Trend ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ((2023, 10), (2025, 4), (date(2022, 3, 1), date(2023, 9, 1))),
        ((2024, 1), (2024, 1), (date(2023, 12, 1), date(2023, 12, 1))),
        ((2024, 1), (2024, 12), (date(2023, 1, 1), date(2023, 12, 1))),
    ],
)
def test_the_period_before_is_as_long_and_ends_where_the_period_begins(first, last, before):
    period = Period(date(*first, 1), date(*last, 1))

    assert (period.before.first, period.before.last) == before
    assert period.before.end == period.start


def test_each_headline_says_what_it_was_before(board):
    evening(datetime(2023, 3, 5, 20, tzinfo=PARIS), 10, cpts_member=is_member)
    evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 12, cpts_member=lambda person: person < 5)

    assert told(board.get(PAGE, YEAR)) == [
        ("12", "présences", "Avant : 10, soit 2 de plus."),
        ("12", "personnes différentes", "Avant : 10, soit 2 de plus."),
        ("120 %", "de remplissage", "Avant : 100 %, soit 20 points de plus."),
        ("58 %", "de non-adhérents de la CPTS", "Avant : 50 %, soit 8 points de plus."),
        ("–", "de satisfaction, sur 10", "Avant : trop peu de réponses pour le dire."),
        ("–", "à la cellule d’écoute", ""),
    ]


def test_what_is_about_too_few_is_told_of_neither_period(board):
    evening(datetime(2023, 3, 5, 20, tzinfo=PARIS), 10, cpts_member=lambda person: person < 3)
    evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 10, cpts_member=is_member)
    evening(datetime(2024, 10, 5, 20, tzinfo=PARIS), 10, cpts_member=lambda person: person < 4)

    assert told(board.get(PAGE, YEAR))[3] == (
        "50 %", "de non-adhérents de la CPTS", "Avant : trop peu de réponses pour le dire.",
    )  # fmt: skip
    after = board.get(PAGE, {"du": "2024-09", "au": "2025-08"})
    assert told(after)[3] == ("–", "de non-adhérents de la CPTS", "Avant : 50 %.")
    assert "60 %" not in text_of(after)
    assert told(board.get(PAGE, {"du": "2022-09", "au": "2023-08"}))[0][2] == "Avant : aucune séance."


def test_how_far_a_figure_moved_is_read_between_the_numbers_that_are_shown():
    measures = headlines.Measure(None, None, unit="%"), headlines.Measure(None, None, decimals=1)

    moves = [headlines.change(measures[0], *pair) for pair in ((50.4, 50.3), (51, 50), (None, 50))]
    moves += [headlines.change(measures[1], *pair) for pair in ((8.44, 8.46), (8.44, 8.36))]
    said = [", soit autant", ", soit 1 point de plus", "", ", soit 0,1 de moins", ", soit autant"]
    assert [move.replace("\u00a0", " ") for move in moves] == said


# --- The page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/conseil/rapport.pdf", TABLES])
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"du": "2024-08", "au": "2023-09"}, "Le premier mois vient après le dernier. Échangez-les."),
        ({"du": "hier", "au": "2023-09"}, "« Du mois de » : Choisissez un mois de la liste."),
    ],
)
def test_months_that_make_no_sense_are_told_and_kept_on_the_page_and_by_the_report(board, given, sentence, address):
    page = board.get(PAGE, given)

    assert sentence in text_of(page)
    assert '<option value="2023-09" selected>' in page.content.decode()
    assert board.get(address, given, follow=True).context["form"].data == page.context["form"].data
    assert not Document.objects.exists()


def test_a_portal_where_nothing_happened_says_so_in_every_part(board):
    page = text_of(board.get(PAGE, YEAR))

    for sentence in (
        "Aucune séance n’a été marquée tenue sur cette période.",
        "Pas encore assez de réponses",
        "L’annuaire n’a pas encore de fiche publiée.",
        "La cellule n’a rien publié pour les années de la période.",
        "La coordination n’a pas encore écrit de budget pour ces saisons.",
        "Aucune lettre n’est partie sur cette période, et personne n’est encore abonné.",
        "Ils se lisent dès qu’une séance a été tenue sur la période.",
    ):
        assert sentence in page
    assert "Aucune séance n’a encore été marquée tenue." in text_of(board.get(SEASONS))
    assert list(sheets_in(board.get(TABLES, YEAR))) == ["Définitions", "En bref", "Ailleurs"]


def test_the_navigation_leads_the_board_there_and_to_what_else_it_reads(board):
    page = board.get(PAGE, YEAR).content.decode()

    for place in (
        "/conseil/",
        "/coordination/participation/?du=2023-09&amp;au=2024-08",
        "/coordination/questionnaires/classement/",
        "/conseil/budget/",
        "/conseil/saisons/",
        "/conseil/rapport.xlsx?du=2023-09&amp;au=2024-08",
        "/conseil/rapport.pdf?du=2023-09&amp;au=2024-08",
    ):
        assert f'href="{place}"' in page
    assert 'href="/coordination/seances/"' not in page
    for url in ("/coordination/participation/", "/coordination/questionnaires/classement/", "/conseil/budget/"):
        assert 'aria-label="Conseil"' in board.get(url).content.decode()


def test_the_number_of_statements_does_not_grow(board):
    BudgetLine.objects.create(season=2023, category="room", label="Salle", planned=100)
    publish(2024, (15, {}))
    board.get(PAGE, YEAR)
    counts = {PAGE: [], SEASONS: []}
    for seed in (5, 6):
        random_season(seed)
        for _ in range(5):
            make_resource()
            BudgetLine.objects.create(season=2022 + seed % 5, category="food", label="Thé", planned=10)
            make_sent(days_ago=900)
        publish(2010 + seed, (15, {}))
        for place, found in counts.items():
            with CaptureQueriesContext(connection) as captured:
                assert board.get(place, YEAR).status_code == 200
            found.append(len(captured))

    assert [len(set(found)) for found in counts.values()] == [1, 1]


def test_the_cell_is_read_by_its_counts_of_the_years_asked_for_without_the_sheets_it_handed_over(board):
    sheet = make_resource(name="Docteur Quetzal")
    publish(2024, (15, {"resources": (str(sheet.pk),), "motives": ["charge"]}), (12, {"profession": "medecins"}))
    publish(2025, (31, {}))

    page = board.get(PAGE, YEAR)

    assert told(page)[5][:2] == ("27", "demandes à la cellule d’écoute")
    assert [one.year for one in page.context["publications"]] == [2024]
    assert "Charge et organisation du travail" in text_of(page)
    assert "Quetzal" not in text_of(page)


def test_words_are_quoted_as_the_coordination_cleared_them_and_those_it_chose_alone(board):
    corpus = make_written()
    for answer, quoted in zip(corpus.ids, (True, False), strict=False):
        Reading.objects.create(answer_id=answer, words=f"Revenir bientôt, {quoted}", cleared=True, quoted=quoted)

    page = text_of(board.get(PAGE))

    assert "« Revenir bientôt, True »" in page
    assert "Revenir bientôt, False" not in page
    assert "Un temps pour soi" not in page
    assert "Revenir bientôt" not in text_of(board.get(PAGE, YEAR))


def test_the_report_is_made_for_whoever_asks_and_for_nobody_else(board):
    evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 10, cpts_member=is_member)
    address = board.get("/conseil/rapport.pdf", YEAR)["Location"]
    other = Client()
    other.force_login(make_user(role=Role.BOARD))

    document = Document.objects.get()

    assert (document.kind, document.params, document.filename) == (
        "board_report", YEAR, "rapport-conseil-2023-09-2024-08.pdf",
    )  # fmt: skip
    assert (board.get(address).status_code, other.get(address).status_code) == (200, 404)


# --- What it counts -------------------------------------------------------------------------------


def test_the_sums_of_a_budget_are_those_of_the_treasurers_page():
    session = evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 7)
    come(session, 50, presence="absent")
    for season, category, planned, actual in (
        (2023, "room", 100, 90),
        (2023, "food", 50, 64),
        (2023, "mutual", 500, 480),
        (2024, "room", 30, 0),
        (2020, "room", 7, 7),
    ):
        BudgetLine.objects.create(season=season, category=category, label="x", planned=planned, actual=actual)

    found = totals_of([Season(2022), Season(2023), Season(2024)])

    assert [one.season.year for one in found] == [2023, 2024]
    for one in found:
        whole = budget_of(one.season)
        assert (one.planned_spent, one.spent, one.planned_received, one.received) == (
            whole["spent"].planned, whole["spent"].actual, whole["received"].planned, whole["received"].actual,
        )  # fmt: skip
        assert (one.balance, one.attendances, one.cost) == (
            whole["actual_balance"], whole["attendances"], whole["cost"],
        )  # fmt: skip


def test_the_directory_is_counted_by_freshness_and_theme_without_what_the_peers_alone_read():
    today = timezone.localdate()
    for days in (179, 180, 240, 671):
        make_resource(needs=("droit--avocat", "droit--plainte", "sante--psychiatrie"))
        Resource.objects.filter(pk=Resource.objects.latest("pk").pk).update(
            verified_on=today - timedelta(days=days), verification="coordination"
        )
    make_resource(visibility=Visibility.ACCOUNT)
    make_resource(visibility=Visibility.PEERS)
    make_resource(state=ResourceState.DRAFT)

    found = coverage_of()

    assert (found.sheets, found.fresh) == (5, 2)
    assert dict(found.by_freshness) == dict(zip(Freshness, (2, 1, 1, 1), strict=True))
    assert {theme.slug: count for theme, count in found.by_theme if count} == {"droit": 5, "sante": 4}


def test_non_members_are_what_is_left_of_the_attendances_whose_answer_is_known():
    evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 20, cpts_member=lambda person: {0: True, 1: False}.get(person % 3))
    figures = figures_of(Period(date(2024, 3, 1), date(2024, 3, 1)))

    assert (figures.members.count, figures.members.known) == (7, 14)
    assert headlines.outsiders(figures) == 50
