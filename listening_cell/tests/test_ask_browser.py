"""Asking in Chromium: on a phone, without JavaScript, by keyboard alone, in letters twice as large, on paper."""

import re

import pytest
from playwright.sync_api import expect

from listening_cell.models import Case
from listening_cell.services import casework
from listening_cell.tests.asked import ASK
from listening_cell.tests.factories import make_cell, make_peer, make_slot
from members.tests.browsing import DESKTOP, NARROW, PHONE, barriers

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]
PATIENCE = 60_000  # milliseconds, on a machine that does other things
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def pair():
    cell, pair = make_cell(), []
    for name in ("Claire", "Nadia", "Paul"):
        peer = make_peer(cell)
        peer.user.first_name, peer.user.commune = name, "Port-Sauvel"
        peer.user.save()
        pair.append(peer)
        for days in range(3, 12):
            make_slot(peer, days=days)
    return pair


def open_page(browser, size=PHONE, **options):
    context = browser.new_context(viewport=size, locale="fr-FR", **options)
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def code_of(page):
    return "".join(page.locator(".code").inner_text().split())


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_talk_is_asked_for_on_a_phone(browser, server, pair, scripted):
    page = open_page(browser, java_script_enabled=scripted)
    page.goto(f"{server.url}/ecoute/")
    page.get_by_role("link", name="Demander un entretien").click()

    page.get_by_label("Pour moi").check()
    page.get_by_label("Votre profession").select_option(label="Sage-femme")
    page.get_by_label("Claire").check()
    page.get_by_label("Par téléphone").check()
    page.locator("input[name=slot]").first.check()
    page.get_by_label("Quelques mots").fill("Je dors mal.")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("heading", name="C’est noté.")).to_be_visible()

    opened = casework.open_by_receipt(code_of(page))
    kept = casework.read_request(opened)
    assert (kept.words, kept.profession, kept.excluded) == ("Je dors mal.", "sage-femme", (pair[0].pk,))
    assert "Nadia" in page.locator("main").inner_text()
    assert page.url == f"{server.url}{ASK}"
    assert page.get_by_role("button", name="Imprimer le code").is_visible() is scripted
    assert {cookie["name"] for cookie in page.context.cookies()} == {"csrftoken"}
    with page.expect_download() as download:
        page.get_by_role("button", name="Ajouter à mon agenda").click()
    assert download.value.suggested_filename == "rendez-vous.ics"


def press_until(page, name):
    """Go on by Tab to a field of this name."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    pytest.fail(f"The keyboard never reaches {name}.")


def test_a_talk_is_asked_for_by_keyboard_alone(browser, server, pair):
    page = open_page(browser)
    page.goto(f"{server.url}{ASK}")
    page.locator("main").focus()

    press_until(page, "for_whom")
    page.keyboard.press("Space")
    press_until(page, "profession")
    press_until(page, "excluded")
    press_until(page, "mode")
    page.keyboard.press("ArrowDown")
    press_until(page, "slot")
    page.keyboard.press("Space")
    press_until(page, "words")
    page.keyboard.type("Au clavier.")
    page.keyboard.press("Tab")
    hidden = page.evaluate("document.activeElement.name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="C’est noté.")).to_be_visible()

    kept = casework.read_request(casework.open_by_receipt(code_of(page)))
    assert (kept.for_whom, kept.mode, kept.words) == ("self", "phone", "Au clavier.")
    assert hidden != "fax_reference"


@pytest.mark.parametrize("size", [NARROW, PHONE, DESKTOP], ids=["320", "390", "1280"])
def test_every_state_has_no_barrier_at_any_width_nor_in_letters_twice_as_large(browser, server, pair, size):
    page, wrong = open_page(browser, size), {}

    def look(name):
        wrong[name] = [*barriers(page), page.evaluate(WIDE)]
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wrong[name].append(page.evaluate(WIDE))
        page.evaluate("document.documentElement.style.fontSize = ''")

    for path in ("/ecoute/", "/ecoute/confidentialite/", "/ecoute/collegue/", ASK):
        page.goto(f"{server.url}{path}")
        look(path)
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_text("Quelques points à corriger")).to_be_visible()
    look("errors")
    page.get_by_label("Pour moi").check()
    page.get_by_label("En personne").check()
    page.locator("input[name=slot]").first.check()
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("heading", name="C’est noté.")).to_be_visible()
    look("receipt")

    assert {name: found for name, found in wrong.items() if found != [0, 0]} == {}


def test_an_error_leads_to_its_question(browser, server, pair):
    page = open_page(browser)
    page.goto(f"{server.url}{ASK}")
    page.get_by_role("button", name="Envoyer ma demande").click()

    page.get_by_role("link", name=re.compile("Choisissez un créneau")).click()
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.name") == "slot"
    assert Case.objects.count() == 0


def test_only_the_code_and_its_dates_are_printed(browser, server, pair):
    page = open_page(browser)
    page.goto(f"{server.url}{ASK}")
    page.get_by_label("Pour moi").check()
    page.get_by_label("En personne").check()
    page.locator("input[name=slot]").first.check()
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("heading", name="C’est noté.")).to_be_visible()
    code = code_of(page)

    page.emulate_media(media="print")

    printed = page.locator("body").inner_text()
    assert code in "".join(printed.split())
    told = ("coute", "Claire", "Nadia", "Paul", "associations", "Quitter", "Urgence")
    assert [word for word in told if word in printed] == []
    assert re.findall(r"(À taper sur|Rendez-vous|Revenir voir avant)", printed) == [
        "À taper sur", "Rendez-vous", "Revenir voir avant",
    ]  # fmt: skip


UNDER_THE_WAY_OUT = """() => {
  const both = [document.activeElement, document.querySelector(".quick-exit")];
  const [one, out] = both.map((element) => element.getBoundingClientRect());
  const inSight = out.top > 0 && out.bottom <= innerHeight && out.right <= innerWidth;
  return [inSight, one.left >= out.left && one.top >= out.top && one.bottom <= out.bottom];
}"""


def test_the_way_out_stays_in_sight_and_hides_nothing_that_has_focus(browser, server, pair):
    page, seen = open_page(browser), []
    page.goto(f"{server.url}{ASK}")

    page.locator("main").focus()
    while page.evaluate("document.activeElement.type") != "submit":
        page.keyboard.press("Tab")
        seen.append(tuple(page.evaluate(UNDER_THE_WAY_OUT)))

    assert set(seen) == {(True, False)}
