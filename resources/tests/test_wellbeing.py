"""« Où j’en suis » without JavaScript: all is in the page, and nothing in it can be sent."""

import re
from html import unescape

import pytest

from resources.enums import PreventionPart
from resources.services.prevention import withdraw_page
from resources.tests.prevention import make_page
from resources.wellbeing import ANSWERS, BANDS, FACTOR, ITEMS

pytestmark = pytest.mark.django_db
PAGE, NOTEBOOK = "/ou-j-en-suis/", "/ou-j-en-suis/carnet/"


def main_of(client, address):
    text = unescape(client.get(address).content.decode()).replace("\u00a0", " ")
    return text[text.index("<main") : text.index("</main>")]


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_every_score_has_its_words_and_only_one_set_of_them():
    scores = [FACTOR * points for points in range(len(ITEMS) * max(points for points, _ in ANSWERS) + 1)]

    found = [[band.title for band in BANDS if band.low <= score <= band.high] for score in scores]

    assert (scores[-1], {len(titles) for titles in found}) == (100, {1})
    assert [titles[0] for titles in found].count(BANDS[0].title) == 8  # 0 to 28
    assert found[28 // FACTOR] + found[32 // FACTOR] + found[48 // FACTOR] + found[52 // FACTOR] == [
        BANDS[0].title, BANDS[1].title, BANDS[1].title, BANDS[2].title,
    ]  # fmt: skip


def test_on_paper_everything_is_there(client):
    text = words(main_of(client, PAGE))

    missing = [one for one in (*ITEMS, *(label for _, label in ANSWERS)) if one not in text]
    assert missing == []
    assert "Additionnez vos cinq chiffres, puis multipliez par quatre." in text
    assert re.findall(r"De (\d+) à (\d+) :", text) == [("0", "28"), ("29", "50"), ("51", "75"), ("76", "100")]
    assert "Organisation mondiale de la Santé, 1998" in text


def test_five_sentences_of_six_answers_that_no_form_can_send(client):
    html = main_of(client, PAGE)

    answers = re.findall(r'<input type="radio"\s+name="who5-(\d)"\s+value="(\d)"', html)
    assert answers == [(str(item), str(points)) for item in range(1, 6) for points in (5, 4, 3, 2, 1, 0)]
    assert re.findall(r"<(?:form|button[^>]*type=.submit)", html) == []


def test_neither_the_browser_nor_a_proxy_keeps_the_page(client):
    response = client.get(PAGE)

    assert "no-store" in response.headers["Cache-Control"]
    assert dict(response.cookies) == {}


def test_an_address_that_carries_answers_is_not_heeded(client):
    assert main_of(client, f"{PAGE}?who5-1=0&who5-2=0") == main_of(client, PAGE)
    assert client.post(PAGE, {"who5-1": "0"}).status_code == 405


def test_signs_of_danger_come_with_the_helplines_first(client):
    html = main_of(client, PAGE)

    aside = html[html.index("<aside") :]
    assert re.findall(r'href="((?:tel|sms):\d+)"', aside) == ["tel:15", "tel:112", "tel:3114", "sms:114"]
    assert html.index('href="tel:3114"') < html.index("<fieldset")
    worst = html[html.index('data-low="0"') : html.index('data-low="29"')]
    assert re.findall(r'href="([^"]+)"', worst) == ["tel:3114", "tel:15", "/ecoute/", "/ressources/?theme=sante"]


def test_every_result_offers_a_way_in(client):
    html = main_of(client, PAGE)

    bands = html.split('data-low="')[1:]
    ways = [re.findall(r'<li>\s*<a href="([^"]+)"', band.partition("</section>")[0]) for band in bands]
    assert ways == [
        ["/ecoute/", "/ressources/?theme=sante"],
        ["/ecoute/", "/ressources/?theme=sante", "/activites/"],
        ["/activites/", "/ecoute/"],
        ["/activites/", "/prevention/#collegue"],
    ]


def test_four_questions_the_notebook_and_the_pages_are_beside_it(client):
    make_page(title="Dormir")
    make_page(title="Repérer", part=PreventionPart.COLLEAGUE)
    make_page(title="Brouillon", published=False)

    html = main_of(client, PAGE)

    assert re.findall(r"<h3>(.*?)</h3>", html[html.index('class="questions"') :]) == [
        "Comment est-ce que je me sens dans mon travail ?",
        "Comment va ma santé, dans l’ensemble ?",
        "Mon travail et ma vie privée débordent-ils l’un sur l’autre ?",
        "Qui me soigne ?",
    ]
    assert (f'href="{NOTEBOOK}"' in html, "OASIS" in html) == (True, True)
    assert re.findall(r'<a href="/prevention/[\w-]+/">(.*?)</a>', html) == ["Dormir"]


def test_other_tools_lead_to_the_page_where_the_coordination_keeps_their_addresses(client):
    page = make_page(title="Des outils", seed_key="soi-outils")
    link = f'<a href="{page.get_absolute_url()}">Comment les choisir</a>'

    shown = link in main_of(client, PAGE)
    withdraw_page(page=page)

    assert (shown, link in main_of(client, PAGE)) == (True, False)


def test_the_notebook_is_blank_and_has_every_part(client):
    html = main_of(client, NOTEBOOK)

    assert re.findall(r"<h2[^>]*>(.*?)</h2>", html) == [
        "Mon médecin", "Dépistages", "Vaccins", "Sommeil", "Temps", "Soutien", "Dans les trois mois",
    ]  # fmt: skip
    assert re.findall(r"<(?:form|input|textarea|select)\b", html) == []


@pytest.mark.parametrize(
    ("address", "links"),
    [
        ("/", [PAGE, "/prevention/#collegue"]),
        ("/ressources/", [PAGE, "/prevention/"]),
        ("/ecoute/", [PAGE]),
        ("/prevention/", [PAGE, NOTEBOOK]),
    ],
)
def test_one_finds_it_where_one_would_look(client, address, links):
    found = re.findall(r'href="(/(?:ou-j-en-suis|prevention)/[^"]*)"', main_of(client, address))

    assert found == links
