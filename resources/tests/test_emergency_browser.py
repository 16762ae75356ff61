"""The emergency page in Chromium: without a network, on paper, in large letters, from the keyboard."""

from io import BytesIO

import pytest
from playwright.sync_api import Error
from pypdf import PdfReader

from members.tests.browsing import DESKTOP, NARROW, PHONE, barriers

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]
PATIENCE = 60_000  # milliseconds, on a machine that does other things
NUMBERS = ["15", "112", "3114", "114", "0805 23 23 36", "0608 282 589", "0800 288 038", "3919"]
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const asked = await (await caches.open(name)).keys();
    found[name] = asked.map((one) => new URL(one.url).pathname).sort();
  }
  return found;
}"""


@pytest.fixture
def context(browser):
    context = browser.new_context(viewport=PHONE, locale="fr-FR")
    context.set_default_timeout(PATIENCE)
    return context


def visit(context, server):
    """Open the page for the first time; it says when the device has kept it."""
    page = context.new_page()
    page.goto(f"{server.url}/urgence/")
    page.locator("#gardee").wait_for(state="visible")
    return page


def cut(server):
    """Have the server answer nobody; the fixture ends it."""
    server.thread.httpd.shutdown()
    server.thread.httpd.server_close()


def numbers(page):
    return [" ".join(words.split()) for words in page.locator(".tel").all_inner_texts()]


def looks(page):
    """Return what tells that the styles and the fonts are there."""
    page.evaluate("document.fonts.ready")
    return page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.tel')).fontSize,"
        " document.fonts.check('16px Atkinson'), document.fonts.check('600 16px Fraunces')]"
    )


def test_once_opened_it_opens_without_a_network_and_looks_the_same(context, server):
    page = visit(context, server)
    seen = looks(page)
    context.set_offline(True)
    cut(server)

    page.reload()

    page.get_by_text("Vous êtes hors connexion.").wait_for()
    assert (numbers(page), looks(page)) == (NUMBERS, seen)
    assert seen[2:] == [True, True]
    page.goto(f"{server.url}/urgence/?source=affiche")
    assert numbers(page) == NUMBERS
    with pytest.raises(Error):
        context.new_page().goto(f"{server.url}/ressources/")


@pytest.mark.parametrize("trouble", ["down", "broken"])
def test_a_portal_in_trouble_shows_the_copy_even_where_there_is_a_network(context, server, settings, trouble):
    page = visit(context, server)
    if trouble == "down":
        cut(server)
    else:
        settings.ALLOWED_HOSTS = ["elsewhere.example"]  # every address now answers with an error

    page.goto(f"{server.url}/urgence/")

    assert (numbers(page), page.locator("#hors-connexion").is_visible()) == (NUMBERS, False)


def test_no_other_page_is_ever_kept(context, server):
    page = visit(context, server)
    for url in ("/ressources/", "/contact/", "/"):
        page.goto(f"{server.url}{url}")
    page.goto(f"{server.url}/urgence/")

    kept = page.evaluate(KEPT)

    assert len(kept) == 1
    files = next(iter(kept.values()))
    assert "/urgence/" in files
    assert [url for url in files if not url.startswith("/static/")] == ["/urgence/"]


def test_an_older_copy_is_forgotten(context, server):
    page = context.new_page()
    page.goto(f"{server.url}/contact/")
    page.evaluate("async () => { await caches.open('urgence-ancienne'); await caches.open('autre'); }")

    page = visit(context, server)
    page.wait_for_function("async () => !(await caches.keys()).includes('urgence-ancienne')")

    assert len([name for name in page.evaluate(KEPT) if name.startswith("urgence-")]) == 1
    assert "autre" in page.evaluate(KEPT)


def test_it_prints_on_one_page(context, server):
    page = visit(context, server)

    printed = [page.pdf(format="A4"), page.pdf(prefer_css_page_size=True)]

    read = [PdfReader(BytesIO(one)) for one in printed]
    words = " ".join(read[0].pages[0].extract_text().split())
    assert [len(one.pages) for one in read] == [1, 1]
    assert [number for number in NUMBERS if number not in words] == []
    assert "/urgence" in words


@pytest.mark.parametrize("size", [NARROW, PHONE, DESKTOP], ids=["320", "390", "1280"])
def test_it_has_no_barrier_at_any_width_nor_in_letters_twice_as_large(context, server, size):
    page = visit(context, server)
    page.set_viewport_size(size)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

    found = [barriers(page), page.evaluate(wide)]
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert [*found, page.evaluate(wide)] == [[], 0, 0]


def test_every_number_is_reached_from_the_keyboard(context, server):
    page = visit(context, server)
    page.locator("main").focus()

    reached = []
    for _ in NUMBERS:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('href')"))

    assert reached == page.locator(".tel").evaluate_all("links => links.map((link) => link.getAttribute('href'))")


def test_without_javascript_the_page_says_the_same(context, server):
    plain = context.browser.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    plain.goto(f"{server.url}/urgence/")

    assert numbers(plain) == NUMBERS
    assert plain.get_by_role("button", name="Imprimer").is_visible() is False
