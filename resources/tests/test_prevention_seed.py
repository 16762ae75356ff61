"""What prevention holds from the first start: whole, sober, and never written over."""

import re

import pytest
from django.core.management import call_command
from django.urls import Resolver404, resolve

from cafe.markdown import render
from resources.enums import PreventionPart
from resources.models import PreventionMessage, PreventionPage
from resources.services.prevention import messages_for, remove_message, remove_page, save_page
from resources.services.seeding_prevention import load_prevention, seed_messages, seed_pages
from resources.tests.prevention import make_message, make_page

SOI, COLLEGUE = PreventionPart
NUMBERS = {"15", "3114"}
pytestmark = pytest.mark.django_db


def rows():
    return list(PreventionPage.objects.order_by("pk").values()), list(PreventionMessage.objects.values())


def test_the_first_start_brings_the_pages_in_their_order():
    call_command("directory", verbosity=0)

    pages = PreventionPage.objects.published().in_order()
    assert list(pages.values_list("part", "slug")) == [
        (SOI, "sommeil"), (SOI, "medecin-traitant"), (SOI, "temps"), (SOI, "sport"), (SOI, "dire-non"),
        (SOI, "outils"), (COLLEGUE, "reperer"), (COLLEGUE, "aborder"), (COLLEGUE, "orienter"),
    ]  # fmt: skip
    assert len(messages_for()) == 14


def test_every_page_is_short_and_whole():
    odd = {
        page.seed_key: words
        for page in seed_pages()
        if not 150 <= (words := len(re.findall(r"\w[\w’-]*", page.body))) <= 300 or not (page.title and page.summary)
    }
    assert odd == {}


def test_every_link_of_a_page_leads_somewhere_in_the_portal_or_to_a_helpline():
    links = {link for page in seed_pages() for link in re.findall(r'href="([^"]+)"', render(page.body))}

    numbers = {link.removeprefix("tel:") for link in links if link.startswith("tel:")}
    lost = []
    for link in links - {f"tel:{number}" for number in numbers}:
        try:
            resolve(link.partition("?")[0])
        except Resolver404:
            lost.append(link)
    assert (numbers, lost) == (NUMBERS, [])


def test_the_words_are_typeset_in_french_and_shout_at_nobody():
    texts = [f"{page.title} {page.summary} {page.body}" for page in seed_pages()] + [
        one.text for one in seed_messages()
    ]

    assert [text for text in texts if re.search(r"!|'| [;?»%]|« |[^-] :", text.replace("\n", " "))] == []
    assert [one.text for one in seed_messages() if not (one.tags and len(one.text) <= 280)] == []


def test_loading_again_changes_nothing_that_was_edited_removed_or_moved():
    load_prevention()
    page = PreventionPage.objects.get(seed_key="soi-sommeil")
    page.title = "Dormir, chez nous"
    save_page(page=page)
    remove_page(page=PreventionPage.objects.get(seed_key="collegue-aborder"))
    remove_message(message=PreventionMessage.objects.get(seed_key="pause"))
    before = rows()

    assert (load_prevention(), rows()) == ((0, 0), before)
    assert PreventionPage.objects.published().filter(seed_key="collegue-aborder").exists() is False


def test_an_address_or_a_sentence_already_taken_is_left_to_who_has_it():
    mine = make_page(title="Sommeil")
    make_message(next(one.text for one in seed_messages() if one.seed_key == "pause"))

    assert load_prevention() == (9, 13)
    assert PreventionPage.objects.get(pk=mine.pk).slug == "sommeil"
    assert PreventionPage.objects.get(seed_key="soi-sommeil").slug == "sommeil-2"


def test_the_address_of_a_removed_page_can_be_used_again():
    load_prevention()
    remove_page(page=PreventionPage.objects.get(slug="temps"))

    assert make_page(title="Temps").slug == "temps"
