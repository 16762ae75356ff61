"""What the coordination reads of how often sheets were handed over: the published counts, within their rule."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from listening_cell.models import Publication
from listening_cell.tests.test_figures import publish
from members.enums import Role
from members.tests.factories import make_user
from resources.enums import Visibility
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db
PAGE = "/coordination/ressources/orientations/"


@pytest.fixture
def desk(client):
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    return client


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def rows(text):
    """Return [(name, address or "", count)] of the tables of the page, in order."""
    found = re.findall(r'<th scope="row">(.*?)</th>\s*<td class="num"[^>]*>(\d+)</td>', text, re.DOTALL)
    return [(words(cell), "".join(re.findall(r'href="([^"]+)"', cell)), int(count)) for cell, count in found]


def test_each_year_names_the_sheets_that_may_be_the_most_often_handed_over_first(desk):
    lawyer, group = make_resource(name="Avocate du port"), make_resource(name="Groupe Balint")
    peers = make_resource(name="Pour les pairs", visibility=Visibility.PEERS)
    publish(2025, (14, {"resources": (str(lawyer.pk), str(peers.pk))}), (16, {"resources": (str(group.pk),)}))

    text = desk.get(PAGE).text

    assert rows(text) == [
        ("Groupe Balint", group.get_absolute_url(), 16),
        ("Avocate du port", lawyer.get_absolute_url(), 14),
        ("Une fiche qui n’est pas publique", "", 14),
    ]
    assert ("30 demandes comptées." in text, "Pour les pairs" in text) == (True, False)


def test_a_year_that_says_too_much_shows_no_number(desk):
    sheet = make_resource(name="Psychiatre")
    publish(2025, (15, {"resources": (str(sheet.pk),)}), (12, {}))
    publication = Publication.objects.get()
    for table in publication.tables["lists"]:
        for row in table["rows"] if table["key"] == "resources" else []:
            row["count"] = 3
    publication.save()

    text = desk.get(PAGE).text

    assert (rows(text), "Aucune fiche ne peut être nommée cette année-là." in text) == ([], True)


def test_before_any_publication_the_page_says_when_there_will_be_one(desk):
    assert "La cellule le fait une fois par an" in desk.get(PAGE).text


def test_a_sheet_leads_there(desk):
    sheet = make_resource()

    assert f'href="{PAGE}"' in desk.get(f"/coordination/ressources/fiches/{sheet.slug}/").text


def test_it_costs_the_same_for_one_year_and_for_three(desk):
    sheet = make_resource()
    costs = []
    for year in (2023, 2024, 2025):
        publish(year, (15, {"resources": (str(sheet.pk),)}), (12, {}))
        with CaptureQueriesContext(connection) as queries:
            desk.get(PAGE)
        costs.append(len(queries))

    assert costs == [costs[0]] * 3
