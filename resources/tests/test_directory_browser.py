"""The directory in Chromium, with what the walk through every address does not meet: results, danger, nothing found."""

import pytest

from members.tests.browsing import DESKTOP, NARROW, PHONE, barriers
from resources.services.seeding import load_seed
from resources.tests.factories import make_commune, make_resource

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]
LONG = "Consultation interprofessionnelle d’accompagnement psychologique des professionnels de santé libéraux"


def faults(page):
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*barriers(page), *([f"{wide} px too wide"] if wide > 0 else [])]


@pytest.mark.parametrize("size", [NARROW, PHONE, DESKTOP], ids=["320", "390", "1280"])
def test_results_danger_and_nothing_found_have_no_barrier_at_any_width(browser, server, size):
    load_seed()
    make_commune()
    make_resource(name=LONG, commune="Port-Sauvel", needs=["sante--soutien-psychologique"], alert_note="Fermé en août.")
    page = browser.new_context(viewport=size, locale="fr-FR").new_page()
    wrong = {}

    for query in ("q=suicide+et+violences", "q=xqzwk", "theme=sante&commune=Port-Sauvel&km=20", "tout=on"):
        page.goto(f"{server.url}/ressources/?{query}")
        wrong[query] = faults(page)
    page.goto(f"{server.url}/ressources/?q=accompagnement")
    page.get_by_role("link", name=LONG).first.click()
    wrong["sheet"] = faults(page)

    assert {query: found for query, found in wrong.items() if found} == {}


def test_one_searches_from_the_keyboard_without_javascript(browser, server):
    make_resource(name="Médiation du port")
    page = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=False).new_page()
    page.goto(f"{server.url}/ressources/")

    page.get_by_label("Que cherchez-vous").focus()
    page.keyboard.type("mediaton")
    page.keyboard.press("Enter")

    page.get_by_role("link", name="Médiation du port", exact=True).wait_for()
    assert page.url == f"{server.url}/ressources/?q=mediaton&theme=&profession=&commune=&km=20&mode=&cost="
    why = " ".join(page.locator(".why").inner_text().split())
    assert why == "Pourquoi cette fiche ? Parce que : mediaton → médiation"
