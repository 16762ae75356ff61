"""Opening and closing one's space in Chromium: what a shared computer still shows, and what an idle hour loses."""

from contextlib import contextmanager

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright

from listening_cell.models import CellSession, Peer
from listening_cell.services import following, keys
from listening_cell.tests.factories import PASSPHRASE, make_case, make_cell, make_peer
from listening_cell.tests.test_following import opened_by
from members.enums import Role
from members.tests.browsing import DESKTOP, PHONE, barriers
from members.tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "chrysalide au bord du canal"


@contextmanager
def chromium_that_keeps_pages():
    """A Chromium that keeps pages aside for Back and Forward, as people's do: Playwright forbids it by default."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


@pytest.fixture
def browser(server, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop lives in this thread
    with chromium_that_keeps_pages() as browser:
        yield browser


@pytest.fixture
def cell(server):
    return make_cell()


@pytest.fixture
def peer(cell):
    return make_peer(cell)


@pytest.fixture
def reading(peer, server):
    """The address of a case of which this peer has read the request: her words are on that page."""
    opened, _ = make_case(peer, words=WORDS)
    following.take_up(**opened_by(peer))
    return f"{server.url}{reverse('cell_case', args=[opened.case.pk])}"


def context_of(browser, server, user, **options):
    client = Client()
    client.force_login(user)
    context = browser.new_context(locale="fr-FR", viewport=PHONE, **options)
    for name, morsel in client.cookies.items():
        context.add_cookies([{"name": name, "value": morsel.value, "url": server.url}])
    return context


def unlock(page):
    page.get_by_label("Votre phrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Ouvrir", exact=True).click()


def open_reading(page, reading):
    page.goto(reading)
    unlock(page)
    page.get_by_text(WORDS).wait_for()


def shown(page):
    page.wait_for_load_state()
    page.get_by_role("heading", level=1).first.wait_for()
    return page.content()


@pytest.mark.parametrize("javascript", [True, False])
def test_lock_then_back_forward_or_a_reopened_tab_show_no_word(browser, server, peer, reading, javascript):
    context = context_of(browser, server, peer.user, java_script_enabled=javascript)
    page = context.new_page()
    open_reading(page, reading)
    page.goto(f"{server.url}{reverse('cell_key', args=['peer'])}")
    page.goto(reading)
    read = WORDS in shown(page)
    page.get_by_role("button", name="Fermer mon espace").click()
    page.get_by_role("heading", name="Votre espace est fermé").wait_for()

    seen = []
    for move in (page.go_back, page.go_back, page.go_back, page.go_forward, page.go_forward, page.go_forward):
        move()
        seen.append(shown(page))
    page.close()
    reopened = context.new_page()
    reopened.goto(reading)
    seen.append(shown(reopened))

    assert read
    assert [WORDS in content for content in seen] == [False] * 7
    assert "Ouvrez votre espace" in seen[-1]
    assert CellSession.objects.count() == 0


def test_that_chromium_does_keep_the_pages_that_do_not_forbid_it(browser, server):
    """Without this control, the test above would prove nothing."""
    page = browser.new_context(locale="fr-FR").new_page()
    page.goto(f"{server.url}/contact/")
    page.evaluate("window.addEventListener('pageshow', (event) => { window.kept = event.persisted })")
    page.goto(f"{server.url}/mentions-legales/")

    page.go_back(wait_until="commit")

    page.wait_for_function("window.kept === true")


def test_what_one_was_writing_outlives_an_idle_quarter_of_an_hour(browser, server, peer, reading):
    page = context_of(browser, server, peer.user, java_script_enabled=False).new_page()
    open_reading(page, reading)
    page.get_by_label("Votre message").fill("L’été, « deux lignes »\net la fin")
    CellSession.objects.all().delete()

    page.get_by_role("button", name="Envoyer", exact=True).click()
    said = page.get_by_role("status").inner_text()
    page.get_by_label("Votre phrase").fill("une phrase qui n’est pas la bonne")
    page.get_by_role("button", name="Ouvrir", exact=True).click()
    refused = page.get_by_role("alert").inner_text()
    unlock(page)
    page.get_by_role("button", name="Reprendre l’envoi").click()

    assert "Ce que vous envoyiez est gardé" in said
    assert keys.NOT_OPENED in refused
    assert "L’été, « deux lignes »\net la fin" in page.locator(".thread").inner_text()


def make_key_on_screen(page):
    """Fill the form of a passphrase with the words proposed and return the code's groups and the key's mark."""
    words = page.locator(".words").inner_text()
    page.get_by_label("Votre phrase", exact=True).fill(words)
    page.get_by_label("Votre phrase, une seconde fois").fill(words)
    page.locator("form button[type=submit]").first.click()
    page.get_by_role("heading", name="Votre code de secours").wait_for()
    groups = page.locator(".groups li").all_inner_texts()
    return words, groups, page.get_by_text("Empreinte de votre clé").locator("strong").inner_text()


def confirm(page, groups):
    page.get_by_label("Le 2ᵉ groupe").fill(groups[1])
    page.get_by_label("Le 7ᵉ groupe").fill(groups[6])
    page.get_by_role("button", name="C’est sur papier").click()
    page.get_by_role("heading", name="Votre clé").wait_for()


def looked_at(page, found):
    """Note what axe finds, and whether the page is wider than the screen, on a phone and on a desk."""
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        found += barriers(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [(page.url, width)] if width > size["width"] else []


def test_from_the_ceremony_to_the_signature_of_a_peer_no_page_has_a_barrier(browser, server):
    referent, user = (make_user(role=role, second_factor=True) for role in (Role.CELL_REFERENT, None))
    hers, his = (context_of(browser, server, one).new_page() for one in (referent, user))
    found = []

    hers.goto(f"{server.url}/ecoute/cle/referent/")
    looked_at(hers, found)
    words, groups, _ = make_key_on_screen(hers)
    looked_at(hers, found)
    confirm(hers, groups)
    hers.get_by_role("link", name="Ouvrir mon espace").click()
    looked_at(hers, found)
    hers.get_by_label("Votre phrase").fill(words)
    hers.get_by_role("button", name="Ouvrir", exact=True).click()
    hers.get_by_role("link", name="Pairs et référents").click()
    hers.get_by_role("link", name="Inviter une personne").click()
    looked_at(hers, found)
    hers.get_by_label("Adresse e-mail du compte").fill(user.email)
    hers.get_by_role("button", name="Inviter").click()
    hers.get_by_role("heading", name=str(user)).wait_for()

    his.goto(f"{server.url}/ecoute/cle/peer/")
    looked_at(his, found)
    _, groups, mark = make_key_on_screen(his)
    confirm(his, groups)
    looked_at(his, found)

    hers.reload()
    looked_at(hers, found)
    hers.get_by_role("link", name="Signer sa clé").click()
    looked_at(hers, found)
    hers.get_by_label("L’empreinte que la personne vous lit").fill(mark)
    hers.get_by_role("button", name="Signer").click()
    hers.get_by_text("valable jusqu’au").wait_for()
    for path in ("", "pairs/", "pairs/racine/", f"pairs/{Peer.objects.get().pk}/revoquer/"):
        hers.goto(f"{server.url}/ecoute/referent/{path}")
        looked_at(hers, found)

    assert found == []
    assert keys.valid_peers() == [Peer.objects.get(user=user)]
