"""The list of those who hold a role, as a file; the invitations that wait, page by page."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from cafe.coordination.people import INVITATIONS_SHOWN
from members.enums import Role
from members.tests.factories import make_role_invitation, make_user

pytestmark = pytest.mark.django_db
PAGE = "/coordination/personnes/"
HEAD = "Prénom;Nom;Adresse e-mail;Rôles;Compte;Dernière connexion;Seconde vérification"


@pytest.fixture
def desk(client):
    coordinator = make_user(
        role=Role.COORDINATION, second_factor=True, first_name="Anne", last_name="Zitte", email="anne@cafe.example"
    )
    client.force_login(coordinator)
    return client


def lines(response):
    return response.content.decode("utf-8-sig").splitlines()


def test_the_file_holds_what_the_page_shows_and_nothing_of_the_cell(desk):
    host = {"first_name": "=Inès", "last_name": "Hoarau", "email": "ines@cafe.example"}
    make_user(roles=[Role.TEAM, Role.PEER], second_factor=True, is_active=False, **host)
    make_user(role=Role.CELL_REFERENT, second_factor=True)
    today = f"{timezone.localtime():%d/%m/%Y}"

    head, *rows = lines(desk.get(f"{PAGE}export.csv"))

    assert head == HEAD
    assert rows[0] == "'=Inès;Hoarau;ines@cafe.example;Groupe de travail;fermé;;non demandée"
    assert rows[1].startswith(f"Anne;Zitte;anne@cafe.example;Coordination;ouvert;{today}")
    assert (rows[1].rpartition(";")[2], len(rows)) == ("oui", 2)


def test_the_file_keeps_the_filter_of_the_page(desk):
    make_user(role=Role.TEAM, last_name="Hoarau", email="ines@cafe.example")
    make_user(role=Role.TEAM, last_name="Payet")
    make_user(role=Role.BOARD, last_name="Hoarau")

    page = desk.get(PAGE, {"q": "hoarau", "role": "equipe", "page": "1"})
    [address] = [part for part in page.text.split('"') if "export.xlsx" in part]
    book = load_workbook(BytesIO(desk.get(address.replace("&amp;", "&")).content))

    assert [row[2] for row in book.active.iter_rows(min_row=2, values_only=True)] == ["ines@cafe.example"]
    assert desk.get(f"{PAGE}export.ods").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_the_file_costs_the_same_whatever_the_number(desk, django_assert_num_queries, count):
    for _ in range(count):
        make_user(role=Role.TEAM)
    with django_assert_num_queries(6):  # session, user, her roles, her factor, the people and their roles
        assert len(lines(desk.get(f"{PAGE}export.csv"))) == count + 2


def test_invitations_come_page_by_page_beside_the_people(desk):
    now = timezone.now()
    for number in range(INVITATIONS_SHOWN + 2):
        make_role_invitation(email=f"invite-{number:02}@cafe.example", sent_at=now - timedelta(minutes=number))

    first, last = desk.get(PAGE), desk.get(PAGE, {"q": "anne", "invitations": "2"})
    beyond = desk.get(PAGE, {"invitations": "99"})

    assert [one.email for one in last.context["invitations"]] == ["invite-10@cafe.example", "invite-11@cafe.example"]
    assert len(first.context["invitations"]) == INVITATIONS_SHOWN
    assert 'href="?q=anne&amp;invitations=1"' in last.text
    assert (last.context["filtered"], beyond.context["filtered"]) == (True, False)
    assert list(beyond.context["invitations"]) == list(last.context["invitations"])
    assert desk.get(PAGE, {"invitations": "ailleurs"}).context["invitations"].number == 1


def test_few_invitations_have_no_pages(desk):
    make_role_invitation()
    assert "Pages des invitations" not in desk.get(PAGE).text
