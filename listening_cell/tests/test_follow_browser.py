"""Coming back by one's code in Chromium: with and without JavaScript, by keyboard alone, and what leaving leaves."""

import pytest

from listening_cell.services import booking, casework
from listening_cell.tests.factories import make_case, make_cell, make_peer, make_slot
from members.tests.browsing import DESKTOP, PHONE, barriers

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]
THEIRS, MINE, PENDING = "Nous vous attendons mardi.", "Je n’en peux plus de ce cabinet.", "Un mot jamais envoyé."
PAGES = ("", "date/", "annuler/", "effacer/")


@pytest.fixture
def receipt(transactional_db):
    """A case whose talk is in three days, with a message of a peer, and other dates to choose from."""
    cell = make_cell()
    pair = [make_peer(cell), make_peer(cell, seasoned=False)]
    slots = [make_slot(peer, days=days) for days in range(3, 9) for peer in pair]
    opened, receipt = make_case(*pair)
    booking.hold(case=opened.case, peers=pair, starts_at=slots[0].starts_at)
    casework.write_message(opened=opened, author=pair[0].pk, content=THEIRS)
    return receipt


def come_back(page, server, receipt):
    """Type the code and write a message, without a mouse."""
    page.goto(f"{server.url}/ecoute/suivi/")
    page.get_by_label("Votre code de suivi").focus()
    page.keyboard.type(receipt.lower())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Votre suivi").wait_for()
    page.get_by_label("Votre message").focus()
    page.keyboard.type(MINE)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".mine", has_text=MINE).wait_for()


def faults(page, url):
    """Open an address at both widths; return its barriers, and whether it is wider than the screen."""
    found = []
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        page.goto(url)
        found += barriers(page)
        found += ["too wide"] if page.evaluate("document.documentElement.scrollWidth") > size["width"] else []
    return found


def words_left(page):
    content = page.content()
    return [words for words in (THEIRS, MINE, PENDING) if words in content]


@pytest.mark.parametrize("scripts", [True, False])
def test_after_leaving_back_forward_and_a_reopened_tab_show_no_word(browser, server, receipt, scripts):
    context = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=scripts)
    page = context.new_page()
    come_back(page, server, receipt)
    space = page.url
    page.goto(f"{server.url}/ecoute/suivi/rendez-vous/date/")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Choisir cette date").press("Enter")
    page.locator(".mine", has_text="J’ai déplacé l’entretien").wait_for()
    assert words_left(page) == [THEIRS, MINE]

    page.get_by_label("Votre message").fill(PENDING)
    page.get_by_role("button", name="Fermer mon suivi").press("Enter")
    page.wait_for_url(f"{server.url}/ecoute/")
    seen = {"left": words_left(page)}
    for step in range(4):
        page.go_back(wait_until="load")
        seen[f"back {step}"] = words_left(page)
    for step in range(4):
        page.go_forward(wait_until="load")
        seen[f"forward {step}"] = words_left(page)
    again = context.new_page()
    again.goto(space)
    seen["reopened"] = words_left(again)

    assert {name: words for name, words in seen.items() if words} == {}
    assert again.url.partition("#")[0] == f"{server.url}/ecoute/suivi/"
    assert "cellule" not in {cookie["name"] for cookie in context.cookies()}


def test_no_page_of_a_case_has_a_barrier_and_its_words_leave_the_screen_by_themselves(browser, server, receipt):
    context = browser.new_context(viewport=PHONE, locale="fr-FR")
    page = context.new_page()
    page.clock.install()
    come_back(page, server, receipt)

    assert {name: faults(page, f"{server.url}/ecoute/suivi/rendez-vous/{name}") for name in PAGES} == {
        name: [] for name in PAGES
    }
    page.goto(f"{server.url}/ecoute/suivi/rendez-vous/")
    page.get_by_label("Votre message").fill(PENDING)
    page.clock.fast_forward("15:01")
    page.locator("[data-words]").first.wait_for(state="detached")
    assert (page.get_by_label("Votre message").input_value(), words_left(page)) == (PENDING, [])
    page.goto(f"{server.url}/ecoute/suivi/rendez-vous/")
    context.clear_cookies(name="cellule")
    page.clock.fast_forward("15:01")
    page.wait_for_url(f"{server.url}/ecoute/suivi/", wait_until="networkidle")
    assert words_left(page) == []
