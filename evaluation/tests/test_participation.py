"""The page of participation: whole months, no name, nothing of the few, the same numbers in the file."""

import csv
import io
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Registration
from evaluation.tests.test_figures import come, held_session, random_season
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
PAGE = "/coordination/participation/"
YEAR = {"du": "2023-09", "au": "2024-08"}


@pytest.fixture(params=[Role.COORDINATION, Role.BOARD])
def reader(request):
    client = Client()
    client.force_login(make_user(role=request.param, second_factor=True))
    return client


@pytest.fixture
def desk():
    client = Client()
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    return client


def text_of(response):
    return response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def evening(month=3, people=12, **known):
    session = held_session(datetime(2024, month, 5, 20, tzinfo=PARIS), capacity=10)
    for person in range(people):
        gender = "femme" if person % 2 else "homme"
        come(session, person, **({"gender": gender, "first_name": "Zélie", "last_name": f"Quetzal{person}"} | known))
    return session


def test_six_figures_each_with_its_sentence(reader):
    evening()

    page = text_of(reader.get(PAGE, YEAR))

    assert "En bref, de septembre 2023 à août 2024" in page
    figures = [(one.shown, one.label) for one in reader.get(PAGE, YEAR).context["six"]]
    assert [(shown.replace("\u00a0", " "), label) for shown, label in figures] == [
        ("12", "présences"),
        ("12", "personnes différentes"),
        ("120 %", "de remplissage"),
        ("50 %", "de femmes"),
        ("–", "d’adhérents de la CPTS"),
        ("–", "de satisfaction, sur 10"),
    ]
    assert "6 des 12 présences dont le genre est connu." in page
    assert page.count('<svg class="chart-svg"') == len(reader.get(PAGE, YEAR).context["drawings"])


def test_nobody_is_named_on_the_page_nor_in_the_file(reader):
    evening()
    page = text_of(reader.get(PAGE, YEAR)) + text_of(reader.get(f"{PAGE}export.csv", YEAR))

    registration = Registration.objects.first()
    for told in ("Quetzal", "Zélie", "cafe.example", str(registration.person_key)):
        assert told not in page


def test_what_describes_fewer_than_five_people_is_neither_shown_nor_exported(desk):
    session = evening(people=9)
    for person in range(20, 23):
        come(session, person, profession="pharmacien", cpts_member=True)

    page = text_of(desk.get(PAGE, YEAR)) + text_of(desk.get(f"{PAGE}export.csv", YEAR))

    assert "Pharmacien" not in page
    assert "Trop peu de personnes pour le dire." in page
    assert "Adhérents parmi" not in page


def test_the_file_says_what_the_page_says(desk):
    evening()
    evening(month=4, people=7)

    response = desk.get(f"{PAGE}export.csv", YEAR)
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))

    assert "frequentation-2023-09-2024-08" in response["Content-Disposition"]
    assert rows[1] == ["Ensemble", "Toutes les séances", "19", "12", "20", "2", "", ""]
    assert ["Part (%)", "Femmes parmi les présences", "", "", "", "", "47,4", "19"] in rows
    assert ["Mois", "mars 2024", "12", "12", "10", "1", "", ""] in rows
    assert desk.get(f"{PAGE}export.xlsx", YEAR).content[:2] == b"PK"
    assert desk.get(f"{PAGE}export.pdf", YEAR).status_code == 404


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"du": "2024-08", "au": "2023-09"}, "Le premier mois vient après le dernier. Échangez-les."),
        ({"du": "hier", "au": "2023-09"}, "« Du mois de » : Choisissez un mois de la liste."),
        ({"du": "", "au": "2024-13"}, "« au mois de » : Choisissez un mois de la liste."),
        ({"du": "\x00", "au": "2024-01"}, "Choisissez un mois de la liste."),
        ({"du": "2099-01", "au": "2099-12"}, "Cette période n’a pas encore commencé."),
        ({"du": "2000-01", "au": "2099-12"}, "Cette période est trop longue. Choisissez vingt ans au plus."),
        ({"du": "0001-01", "au": "9999-12"}, "Choisissez un mois de la liste."),
    ],
)
@pytest.mark.parametrize("page", [PAGE, "/conseil/"])
def test_months_that_make_no_sense_are_told_and_the_last_twelve_shown(desk, page, given, sentence):
    response = desk.get(page, given)

    assert sentence in text_of(response).replace("&quot;", "")
    assert 'role="alert"' in text_of(response)
    assert len(response.context["period"].months) == 12
    for month in (month for month in given.values() if re.fullmatch(r"20\d\d-(0\d|1[0-2])", month)):
        assert f'<option value="{month}" selected>' in text_of(response)


def test_twenty_years_are_shown_and_so_is_a_season_that_has_begun(desk):
    today = timezone.localdate()

    for given in (
        {"du": "2010-01", "au": "2029-12"},
        {"du": f"{today:%Y-%m}", "au": f"{today.year + 1}-08"},
    ):
        period = desk.get(PAGE, given).context["period"]
        assert {"du": f"{period.first:%Y-%m}", "au": f"{period.last:%Y-%m}"} == given


def test_months_are_chosen_from_the_first_session_on_and_what_was_asked_stays(desk):
    evening()

    form = desk.get(PAGE, {"du": "2019-01", "au": "2024-03"}).context["form"]

    months = [value for value, _ in form.fields["du"].widget.choices]
    assert months[-2:] == ["2024-03", "2019-01"]
    assert '<option value="2019-01" selected>' in str(form["du"])


def test_a_period_without_session_says_so(desk):
    assert "Aucune séance n’a été marquée tenue sur cette période." in text_of(desk.get(PAGE, YEAR))


def test_the_number_of_statements_does_not_grow(desk):
    desk.get(PAGE, YEAR)
    counts = []
    for seed in (5, 6):
        random_season(seed)
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(PAGE, YEAR).status_code == 200
        counts.append(len(captured))

    assert counts == [counts[0]] * 2


def test_the_board_meets_no_door_of_the_coordination(reader):
    page = text_of(reader.get(PAGE, YEAR))

    assert ("Lieux" in page) is ("/coordination/lieux/" in page)
    board = reader.get("/coordination/seances/").status_code == 404
    assert ("Budget et bons" in page) is not board
