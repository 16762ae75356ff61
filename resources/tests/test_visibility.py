"""Who meets which sheet, and where: role x visibility x state."""

import pytest
from django.test import Client

from members.enums import Role
from members.tests.factories import make_superuser, make_user
from resources.enums import ResourceState, Visibility
from resources.models import Resource, ResourceReport
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db
PUBLIC, ACCOUNT, PEERS = (level.value for level in Visibility)
OPEN = {
    "anonymous": {PUBLIC},
    "professional": {PUBLIC, ACCOUNT},
    "superuser": {PUBLIC, ACCOUNT},
    Role.TEAM: {PUBLIC, ACCOUNT},
    Role.BOARD: {PUBLIC, ACCOUNT},
    Role.PEER: {PUBLIC, ACCOUNT, PEERS},
    Role.CELL_REFERENT: {PUBLIC, ACCOUNT, PEERS},
    Role.COORDINATION: {PUBLIC, ACCOUNT, PEERS},
}


def browser_of(who):
    client = Client()
    if who == "superuser":
        client.force_login(make_superuser())
    elif who != "anonymous":
        role = None if who == "professional" else who
        client.force_login(make_user(role=role, second_factor=role is not None))
    return client


@pytest.mark.parametrize(("who", "levels"), OPEN.items())
def test_a_sheet_is_found_and_opened_by_those_who_may_read_it_and_by_nobody_else(who, levels):
    sheets = {level: make_resource(name=f"Zébulon {level}", visibility=level) for level in (PUBLIC, ACCOUNT, PEERS)}
    client = browser_of(who)

    for address in (
        "/ressources/?q=zebulon",
        "/ressources/?tout=on",
        "/ressources/?theme=droit",
        "/ressources/?q=zébulo",
    ):
        page = client.get(address).content.decode()
        assert {level for level, sheet in sheets.items() if sheet.slug in page or sheet.name in page} == levels
    opened = {level for level, sheet in sheets.items() if client.get(sheet.get_absolute_url()).status_code == 200}
    assert opened == levels
    sitemap = client.get("/sitemap.xml").content.decode()
    assert {level for level, sheet in sheets.items() if sheet.get_absolute_url() in sitemap} == {PUBLIC}


@pytest.mark.parametrize(("who", "levels"), OPEN.items())
def test_an_error_is_reported_by_those_who_may_read_the_sheet_and_by_nobody_else(who, levels):
    sheets = {level: make_resource(visibility=level) for level in (PUBLIC, ACCOUNT, PEERS)}
    client, said = browser_of(who), {"wrong": "gone", "message": "Le bureau est fermé."}

    met = {
        act: {level for level, one in sheets.items() if client.get(one.get_absolute_url() + act).status_code == 200}
        for act in ("signaler/", "signaler/merci/")
    }
    for sheet in sheets.values():
        client.post(f"{sheet.get_absolute_url()}signaler/", said)

    reported = set(ResourceReport.objects.values_list("resource__visibility", flat=True))
    assert (met, reported) == ({"signaler/": levels, "signaler/merci/": levels}, levels)


@pytest.mark.parametrize("state", [state for state in ResourceState if state != ResourceState.PUBLISHED])
def test_what_is_not_published_has_a_page_for_the_coordination_alone_and_is_found_by_nobody(state):
    sheet = make_resource(name="Zébulon", state=state)

    met = {}
    for who in OPEN:
        client = browser_of(who)
        page = client.get("/ressources/?q=zebulon").content.decode()
        page += client.get("/sitemap.xml").content.decode()
        opened = [client.get(sheet.get_absolute_url() + act).status_code for act in ("", "signaler/")]
        met[who] = (*opened, sheet.get_absolute_url() in page)

    assert met == {who: (200, 200, False) if who == Role.COORDINATION else (404, 404, False) for who in OPEN}


def test_what_may_leave_the_portal_is_public_and_published():
    for level in Visibility:
        for state in ResourceState:
            make_resource(name=f"{level} {state}", visibility=level, state=state)

    assert list(Resource.objects.public().values_list("name", flat=True)) == ["public published"]


def test_a_person_who_did_not_agree_shows_no_contact():
    contact = {"phone": "02 61 91 00 99", "email": "louise@cafe.example", "address": "3 rue du Bac"}
    access = {"own_access": "Sonnez au 3.", "referral_access": "Appelez le 02 61 91 00 99."}
    shy = make_resource(kind="personne", **contact, **access)
    agreed = make_resource(kind="personne", contact_agreed_on="2026-01-05", **contact, **access)
    seen = [*contact.values(), *access.values()]

    pages = [Client().get(one.get_absolute_url()).content.decode() for one in (shy, agreed)]

    assert [[word in page for word in seen] for page in pages] == [[False] * 5, [True] * 5]
