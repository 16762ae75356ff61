import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import Attendance, BudgetLine, Registration
from activities.seasons import Season
from activities.services import budget
from activities.tests.factories import make_activity, make_session, sign_up
from cafe.demo.money import LAUNCH, load_budget
from cafe.errors import Refusal
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
SEASON = Season(2025)
URL = "/coordination/budget/"


def add(category, planned, actual=0, **fields):
    fields = {"season": 2025, "label": f"Ligne {category}"} | fields
    return BudgetLine.objects.create(category=category, planned=planned, actual=actual, **fields)


def came(session, count):
    """Mark `count` people present, and one absent."""
    people = [sign_up(session) for _ in range(count + 1)]
    for index, person in enumerate(people):
        presence = "present" if index < count else "absent"
        Attendance.objects.create(registration=person, session=session, presence=presence)


@pytest.fixture
def session(clock, outbox):
    session = make_session(activity=make_activity(title="Yoga"), capacity=20)
    came(session, 4)
    return session


def test_expenses_income_and_their_gap_are_summed(clock):
    add("food", 1200, 300)
    add("room", 800, 900)
    add("mutual", 5000, 5000)
    add("food", 99, 99, season=2024)

    found = budget.budget_of(SEASON)

    assert (found["spent"].planned, found["spent"].actual, found["spent"].gap) == (2000, 1200, -800)
    assert (found["received"].planned, found["received"].actual, found["received"].gap) == (5000, 5000, 0)
    assert (found["planned_balance"], found["actual_balance"]) == (3000, 3800)
    assert [label for label, _ in found["spent"].groups] == ["Convivialité", "Salle"]


def test_a_participant_costs_what_was_spent_by_those_who_came(session):
    add("food", 0, "50.50", session=session)
    add("promotion", 0, 50)
    add("grant", 0, 1000, session=session)

    found = budget.budget_of(SEASON)

    assert (found["attendances"], found["cost"]) == (4, Decimal("25.12"))
    assert [(one.spent, one.came, one.cost) for one in found["sessions"]] == [(Decimal("50.5"), 4, Decimal("12.62"))]


def test_nobody_came_costs_nothing_that_can_be_divided(clock):
    add("food", 0, 50)

    assert budget.budget_of(SEASON)["cost"] is None


def test_a_session_counts_in_the_season_of_its_local_date(outbox, clock):
    late = make_session()
    came(late, 1)
    type(late).objects.filter(pk=late.pk).update(starts_at=datetime(2025, 8, 31, 22, 30, tzinfo=UTC))

    assert (budget.attendances_of(SEASON), budget.attendances_of(Season(2024))) == (1, 0)


def test_the_plan_of_the_season_before_is_copied_once(session):
    add("food", 1200, 300, session=session)
    add("mutual", 5000, 5000)

    budget.copy_plan(season=Season(2026))
    with pytest.raises(Refusal, match="déjà des lignes"):
        budget.copy_plan(season=Season(2026))

    assert list(BudgetLine.objects.filter(season=2026).values_list("category", "planned", "actual", "session")) == [
        ("food", 1200, 0, None),
        ("mutual", 5000, 0, None),
    ]


def test_there_must_be_a_plan_to_copy():
    with pytest.raises(Refusal, match="n’a pas de budget"):
        budget.copy_plan(season=SEASON)


# --- pages ----------------------------------------------------------------------------------------


def test_the_coordination_adds_changes_and_deletes_a_line(desk, session):
    data = {"category": "food", "label": "Goûters", "planned": "1200,50", "actual": "0", "session": session.pk}
    added = desk.post(f"{URL}ajouter/?saison=2025", data)
    line = BudgetLine.objects.get()
    assert (added.url, line.season, line.planned, line.session) == (
        f"{URL}?saison=2025",
        2025,
        Decimal("1200.5"),
        session,
    )

    desk.post(f"{URL}{line.pk}/", data | {"actual": "10.25", "session": ""})
    line.refresh_from_db()
    assert (line.actual, line.session) == (Decimal("10.25"), None)

    desk.post(f"{URL}{line.pk}/supprimer/")
    assert BudgetLine.objects.count() == 0


def test_a_negative_amount_is_refused_and_what_was_typed_is_kept(desk, clock):
    page = desk.post(f"{URL}ajouter/", {"category": "food", "label": "Goûters", "planned": "-5", "actual": "0"})

    assert ('value="-5"' in page.text, BudgetLine.objects.count()) == (True, 0)


def test_the_plan_is_copied_from_the_page(desk, clock):
    add("food", 1200, 300, season=2024)
    assert "Reprendre ce qui était prévu en 2024-2025" in desk.get(f"{URL}?saison=2025").text

    desk.post(f"{URL}reprendre/", {"saison": "2025"})

    assert BudgetLine.objects.get(season=2025).planned == 1200


@pytest.fixture
def board(client):
    client.force_login(make_user(role=Role.BOARD))
    return client


def test_the_board_reads_sums_by_category_and_no_label(board, session):
    add("food", 1200, 300, label="Goûters de Zélie Hoarau", session=session)
    add("food", 100, 40, label="Thé de Zélie Hoarau")
    add("mutual", 5000, 5000, label="Zélie Hoarau, Mutuelle")

    page = board.get("/conseil/budget/?saison=2025")

    shown = " ".join(page.text.replace("\u202f", " ").replace("\xa0", " ").replace("&nbsp;", " ").split())
    assert "Zélie" not in page.text
    assert re.findall(r'<th scope="row">([^<]+)</th> <td[^>]*>([^<]+)</td> <td[^>]*>([^<]+)</td>', shown)[:2] == [
        ("Convivialité", "1 300,00 €", "340,00 €"),
        ("Mutuelle", "5 000,00 €", "5 000,00 €"),
    ]


def test_the_board_is_not_told_how_few_came_to_a_session(board, session):
    add("food", 0, 300, session=session)
    full = make_session(starts_in=timedelta(days=11))
    came(full, 5)
    add("food", 0, 100, session=full)

    page = board.get("/conseil/budget/?saison=2025")

    assert [session.told for session in page.context["budget"]["sessions"]] == [False, True]
    assert (page.text.count("moins de 5"), "75,00" in page.text, "20,00" in page.text) == (1, False, True)


def test_the_boards_file_has_no_label(board, clock):
    add("food", 1200, 300, label="Goûters de Zélie")
    add("food", 100, 40, label="Thé")
    add("mutual", 5000, 5000)

    text = board.get("/conseil/budget/export.csv?saison=2025").content.decode("utf-8-sig")

    assert text.splitlines() == [
        "Saison;Sens;Poste;Prévu (€);Réalisé (€);Écart (€)",
        "2025-2026;dépense;Convivialité;1300,00;340,00;-960,00",
        "2025-2026;recette;Mutuelle;5000,00;5000,00;0,00",
    ]


def test_the_board_has_no_button(client, session):
    add("food", 1200, 300, label="Goûters", session=session)
    client.force_login(make_user(role=Role.BOARD))

    page = client.get("/conseil/budget/?saison=2025")

    assert ("/coordination/budget" in page.text, 'method="post"' in page.text) == (False, False)
    assert client.get(URL).status_code == 404
    for person in Registration.objects.all():
        assert (person.email in page.text, person.last_name in page.text) == (False, False)


def test_the_budget_is_exported(desk, clock):
    add("food", 1200, 300, label="=Goûters")
    add("mutual", 5000, 5000, label="Mutuelle")

    text = desk.get(f"{URL}export.csv?saison=2025").content.decode("utf-8-sig")

    assert text.splitlines()[1:] == [
        "2025-2026;dépense;Convivialité;'=Goûters;;1200,00;300,00;-900,00",
        "2025-2026;recette;Mutuelle;Mutuelle;;5000,00;5000,00;0,00",
    ]
    assert desk.get(f"{URL}export.xlsx?saison=2025").content[:2] == b"PK"
    assert desk.get(f"{URL}export.pdf").status_code == 404


@pytest.mark.parametrize("season", ["", "hier", "1999", "20255", "२०२५"])
def test_a_senseless_season_is_the_present_one(desk, clock, season):
    assert desk.get(URL, {"saison": season}).context["season"] == SEASON


def test_the_page_takes_as_many_statements_for_1_line_as_for_30(desk, session):
    counts = []
    for count in (1, 2, 27):
        for _ in range(count):
            add("food", 10, 10, session=make_session())
        with CaptureQueriesContext(connection) as captured:
            desk.get(f"{URL}?saison=2025")
        counts.append(len(captured))

    assert counts == [counts[0]] * 3


def test_the_launch_of_the_demonstration_spends_4800_and_receives_5000():
    load_budget()
    load_budget()

    found = budget.budget_of(Season(LAUNCH))

    assert (found["spent"].planned, found["received"].planned, BudgetLine.objects.count()) == (4800, 5000, 5)
