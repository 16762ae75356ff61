"""What search engines are shown: public, published, and nothing else."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import Session
from activities.tests.factories import make_session
from members.enums import Role
from members.tests.factories import make_user
from resources.enums import ResourceState, Visibility
from resources.models import PreventionPage
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://cafe.example"
    return settings.SITE_URL


def addresses(client):
    """Return the paths of the sitemap; every address is under SITE_URL."""
    found = [loc.text for loc in ET.fromstring(client.get("/sitemap.xml").content).iter(LOC)]
    assert {one.startswith("https://cafe.example/") for one in found} == {True}
    return [one.removeprefix("https://cafe.example") for one in found]


def test_a_portal_without_content_shows_its_pages_and_they_open(client):
    found = addresses(client)

    assert {"/", "/activites/", "/ressources/", "/urgence/", "/ressources/proposer/"} <= set(found)
    assert [path for path in found if path.startswith("/ecoute/")] == []  # nothing of it is for search engines
    assert {path: client.get(path).status_code for path in found} == dict.fromkeys(found, 200)


def test_only_public_published_sheets_are_in_it_whoever_asks(client):
    sheets = {
        (level, state): make_resource(visibility=level, state=state).get_absolute_url()
        for level in Visibility
        for state in ResourceState
    }
    shown = []
    for role in (None, Role.PEER, Role.COORDINATION):
        client.force_login(make_user(role=role, second_factor=True))
        found = addresses(client)
        shown.append([key for key, path in sheets.items() if path in found])

    assert shown == [[(Visibility.PUBLIC, ResourceState.PUBLISHED)]] * 3


def test_only_published_sessions_to_come_are_in_it(client):
    coming = make_session(slug="a-venir")
    make_session(slug="passee", starts_in=timedelta(days=-2))
    for state in (Session.State.DRAFT, Session.State.CANCELLED, Session.State.HELD):
        make_session(slug=f"seance-{state}", state=state)

    sessions = [path for path in addresses(client) if re.fullmatch(r"/activites/[^/]+/", path)]

    assert [path for path in sessions if path != "/activites/proposer/"] == [coming.get_absolute_url()]


def test_only_published_pages_of_prevention_are_in_it(client):
    for published in (True, False):
        PreventionPage.objects.create(
            slug=f"page-{published}".lower(), title="Dormir", body="Bien.", published=published
        )

    pages = [path for path in addresses(client) if re.fullmatch(r"/prevention/[^/]+/", path)]

    assert pages == ["/prevention/page-true/"]


def test_the_day_of_the_last_change_goes_with_a_sheet(client, time_machine):
    time_machine.move_to("2026-03-03T12:15:00+00:00", tick=False)
    make_resource()

    assert client.get("/sitemap.xml").text.count("<lastmod>2026-03-03</lastmod>") == 1


def test_it_costs_the_same_whatever_there_is(client):
    costs = []
    for wanted in (1, 2, 20):
        for _ in range(wanted):
            make_resource()
            make_session()
        with CaptureQueriesContext(connection) as queries:
            client.get("/sitemap.xml")
        costs.append(len(queries))

    assert len(set(costs)) == 1


def test_robots_are_told_where_it_is(client):
    last = client.get("/robots.txt").text.splitlines()[-1]

    assert re.fullmatch(r"Sitemap: https?://[^/]+/sitemap\.xml", last)
