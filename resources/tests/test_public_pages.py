import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.tests.factories import make_user
from resources.tests.factories import make_commune, make_resource

pytestmark = pytest.mark.django_db
THEMES = ["Ma santé", "En parler", "Droit et plaintes", "Argent, arrêt, prévoyance", "Mon exercice", "Violences"]


def page(client, address):
    return unescape(client.get(address).content.decode()).replace("\u00a0", " ")


def headings(text):
    """Return the names of the sheets on a page, in order."""
    return [name.strip() for name in re.findall(r'<h2>\s*<a href="/ressources/[a-z0-9-]+/">(.*?)</a>', text)]


def test_the_first_screen_is_one_field_and_six_themes_in_words(client):
    make_resource(name="Médiation du port")

    text = page(client, "/ressources/")

    assert re.findall(r'<a href="/ressources/\?theme=[a-z]+">(.*?)</a>', text) == THEMES
    assert (re.findall(r'type="search"', text), headings(text)) == (['type="search"'], [])


def test_the_first_screen_leads_to_the_booklet_the_proposal_and_the_files_for_neighbours(client):
    text = page(client, "/ressources/")

    main = text[text.index("<main") : text.index("</main>")]
    assert re.findall(r'href="(/ressources/[^"?]+)"', main) == [
        "/ressources/livret.pdf", "/ressources/proposer/", "/ressources/export/",
    ]  # fmt: skip


def test_an_address_can_be_shared_and_keeps_what_was_asked(client):
    make_resource(name="Médiation du port")

    text = page(client, "/ressources/?q=m%C3%A9diation&cost=&mode=sur-place")

    assert (headings(text), 'value="médiation"' in text, "Parce que : « médiation »" in text) == (
        ["Médiation du port"], True, True,
    )  # fmt: skip


def test_danger_brings_the_helplines_before_any_sheet(client):
    make_resource(name="Groupe suicide et deuil")

    text = page(client, "/ressources/?q=suicide")

    main = text[text.index("<main") :]
    assert main.index("Quelqu’un peut vous répondre maintenant") < main.index("tel:3114") < main.index("Groupe suicide")
    assert "Quelqu’un peut vous répondre" not in page(client, "/ressources/?q=deuil")


@pytest.mark.parametrize(
    ("query", "sentence", "way_out"),
    [
        ("?q=xqzwk", "Aucune fiche ne répond à ces mots.", "Voir les six thèmes"),
        ("?q=médiation&mode=a-distance", "Aucune fiche avec ces précisions.", "Recommencer"),
    ],
)
def test_finding_nothing_leads_somewhere(client, query, sentence, way_out):
    make_resource(name="Médiation du port")

    text = page(client, f"/ressources/{query}")

    assert (sentence in text, way_out in text, "Parler à un pair" in text) == (True, True, True)


def test_a_commune_that_is_not_known_is_said_and_left_out(client):
    make_resource(name="Médiation du port")

    text = page(client, "/ressources/?commune=Trifouilly")

    assert "Nous ne connaissons pas la commune « Trifouilly »" in text
    assert headings(text) == ["Médiation du port"]


@pytest.mark.parametrize(
    "query", ["?q=%00", "?km=abc&q=a", "?theme=inconnu&cost=x", "?page=99&tout=on", "?q=" + "é" * 400]
)
def test_an_address_that_makes_no_sense_still_gives_a_page(client, query):
    make_resource()

    assert "<h1>Vers qui se tourner</h1>" in page(client, f"/ressources/{query}")


def test_long_lists_are_cut_into_pages_that_keep_the_question(client):
    for number in range(23):
        make_resource(name=f"Médiation {number:02}")

    first, second = page(client, "/ressources/?q=médiation"), page(client, "/ressources/?q=médiation&page=2")

    assert (len(headings(first)), len(headings(second)), "23 fiches" in first) == (20, 3, True)
    assert re.search(r'rel="next"\s+href="\?q=m%C3%A9diation&page=2"', first)


def test_available_to_me_is_offered_to_whom_is_signed_in(client):
    offered = ['name="mine"' in page(client, "/ressources/")]
    client.force_login(make_user())
    offered.append('name="mine"' in page(client, "/ressources/"))

    assert offered == [False, True]


def test_a_search_costs_the_same_whatever_the_number_of_sheets(client):
    make_commune()
    costs, made = [], 0
    for wanted in (1, 3, 40):
        for _ in range(wanted - made):
            make_resource(name="Médiation", commune="Port-Sauvel")
        made = wanted
        client.get("/ressources/?q=médiation")
        with CaptureQueriesContext(connection) as queries:
            client.get("/ressources/?q=médiation&commune=Port-Sauvel")
        costs.append(len(queries))

    assert costs == [5, 5, 5]


def test_a_sheet_costs_the_same_whatever_it_says(client, django_assert_num_queries):
    one = make_resource(needs=["droit--avocat", "droit--plainte", "droit--ordre"], professions=["infirmier"])

    with django_assert_num_queries(3):
        text = page(client, one.get_absolute_url())

    assert all(words in text for words in ("Être conseillé en droit", "Infirmier, infirmière", one.phone))
