"""« Où j’en suis » in Chromium: the sum is made in the page, nothing leaves it, nothing stays."""

import pytest

from members.tests.browsing import DESKTOP, NARROW, PHONE, barriers
from resources.wellbeing import BANDS

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]
PAGE = "/ou-j-en-suis/"
KEPT = "[localStorage.length, sessionStorage.length, document.cookie, location.search, location.hash]"


@pytest.fixture
def page(browser, server):
    page = browser.new_context(viewport=PHONE, locale="fr-FR").new_page()
    page.goto(f"{server.url}{PAGE}")
    page.wait_for_load_state("networkidle")
    return page


def answer(page, points, items=range(1, 6)):
    for item, one in zip(items, points, strict=True):
        page.locator(f"label:has(input[name='who5-{item}'][value='{one}'])").click()


def shown(page):
    """Return the sentence of the result and the titles of the words shown under it."""
    titles = page.locator(".outcome:visible h3").all_inner_texts()
    return page.locator("[data-result]").inner_text(), titles


@pytest.mark.parametrize(
    ("points", "score", "band"),
    [("00000", 0, 0), ("22111", 28, 0), ("22211", 32, 1), ("32322", 48, 1), ("33322", 52, 2), ("55555", 100, 3)],
)
def test_the_result_is_five_answers_times_four_in_words(page, points, score, band):
    answer(page, points)

    assert shown(page) == (f"Votre résultat : {score} sur 100.", [BANDS[band].title])


def test_nothing_is_said_before_the_last_answer_and_a_change_of_mind_counts(page):
    before = shown(page)
    answer(page, "555", items=(1, 2, 3))
    half = shown(page)
    answer(page, "55", items=(4, 5))
    answer(page, "0", items=(1,))

    assert (before, half, shown(page)) == (
        ("", []),
        ("Encore 2 réponses.", []),
        ("Votre résultat : 80 sur 100.", [BANDS[3].title]),
    )


def test_nothing_is_sent_and_nothing_is_kept(page):
    sent, kept_before = [], page.evaluate(KEPT)
    page.on("request", lambda request: sent.append(request.url))

    answer(page, "11111")
    page.get_by_text("Votre résultat : 20 sur 100.").wait_for()

    databases = page.evaluate("indexedDB.databases().then((all) => all.length)")
    assert (sent, page.evaluate(KEPT), kept_before, databases) == ([], kept_before, [0, 0, "", "", ""], 0)
    assert page.context.cookies() == []


def test_leaving_the_page_forgets(page, server):
    answer(page, "11111")

    page.goto(f"{server.url}/urgence/")
    page.go_back()
    page.wait_for_load_state("load")

    assert (page.locator("input:checked").count(), shown(page)) == (0, ("", []))


def test_answers_can_be_wiped(page):
    answer(page, "11111")

    page.get_by_role("button", name="Effacer mes réponses").click()

    assert (page.locator("input:checked").count(), shown(page)) == (0, ("", []))
    assert page.evaluate("document.activeElement.name") == "who5-1"


def test_it_is_answered_from_the_keyboard_and_enter_sends_nothing(page, server):
    page.locator("input[name='who5-1']").first.focus()
    for _ in range(5):
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")

    assert (page.url, shown(page)) == (f"{server.url}{PAGE}", ("Votre résultat : 100 sur 100.", [BANDS[3].title]))


def test_without_javascript_every_band_is_read_and_enter_sends_nothing(browser, server):
    page = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=False).new_page()
    page.goto(f"{server.url}{PAGE}")
    answer(page, "11111")
    page.keyboard.press("Enter")

    titles = page.locator(".outcome h3").all_inner_texts()
    assert [" ".join(title.split()) for title in titles] == [
        f"De {band.low} à {band.high} : {band.title}" for band in BANDS
    ]
    assert page.url == f"{server.url}{PAGE}"
    assert page.get_by_text("multipliez par quatre").is_visible()


@pytest.mark.parametrize("size", [NARROW, PHONE, DESKTOP], ids=["320", "390", "1280"])
def test_a_result_has_no_barrier_at_any_width(page, size):
    page.set_viewport_size(size)
    answer(page, "11111")

    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (barriers(page), max(wide, 0)) == ([], 0)


def test_the_notebook_prints_without_the_frame_of_the_site(browser, server):
    page = browser.new_context(viewport=PHONE, locale="fr-FR").new_page()
    page.goto(f"{server.url}/ou-j-en-suis/carnet/")
    on_screen = page.get_by_role("button", name="Imprimer").is_visible()

    page.emulate_media(media="print")

    seen = [page.locator(one).first.is_visible() for one in (".urgent", "[data-print]", ".bottom", ".notebook")]
    assert (on_screen, seen) == (True, [False, False, False, True])
