"""The coordination writes the board's report in Chromium, sees, draws and keeps it; the board downloads it."""

from datetime import datetime

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from cafe import pdf
from cafe.board import keeping
from cafe.board.models import KeptReport, ReportText
from cafe.tests.pdf_reader import text_of
from cafe.tests.test_board import PARIS, evening
from members.enums import Role
from members.tests.browsing import DESKTOP, NARROW, PHONE, barriers, chromium
from members.tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]
PAGE = "/coordination/rapport/?du=2023-09&au=2024-08"


@pytest.fixture
def server(transactional_db):
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def browser(server, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop lives in this thread
    with chromium() as browser:
        yield browser


def page_of(browser, server, role, *, javascript=True):
    client = Client()
    client.force_login(make_user(role=role, second_factor=True))
    context = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=javascript)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    return context.new_page()


def judge(page):
    """Axe finds nothing on a phone nor on a desk, and nothing overflows at 320 pixels."""
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert barriers(page) == []
    page.set_viewport_size(NARROW)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.set_viewport_size(PHONE)
    assert wide == 0


def downloaded(page, link):
    with page.expect_download() as download:
        link.press("Enter")
    return download.value.path().read_bytes()


def test_the_report_is_written_chosen_seen_drawn_and_kept_and_the_board_downloads_it(browser, server):
    evening(datetime(2024, 3, 5, 20, tzinfo=PARIS), 10)
    desk, board = page_of(browser, server, Role.COORDINATION), page_of(browser, server, Role.BOARD)
    desk.goto(f"{server.url}/conseil/?du=2023-09&au=2024-08")
    desk.get_by_role("link", name="Écrire le rapport").press("Enter")
    desk.get_by_role("heading", name="Rapport de septembre 2023 à août 2024").wait_for()
    judge(desk)

    desk.get_by_label("En quelques mots").fill("Une belle saison.")
    desk.get_by_label("Ce que nous avons appris").fill("- **Venir tôt** aide.\n- Un mot de Zorglub.")
    desk.get_by_label("Annuaire", exact=True).uncheck()
    desk.get_by_role("button", name="Voir le texte").press("Enter")
    desk.get_by_role("heading", name="Le texte, tel qu’il se lira").wait_for()
    desk.get_by_text("ceci désigne peut-être quelqu’un ou un lieu").wait_for()
    assert desk.locator("#apercu strong", has_text="Venir tôt").is_visible()
    judge(desk)
    desk.get_by_role("button", name="Enregistrer").press("Enter")
    desk.get_by_text("Le texte est enregistré.").wait_for()
    text = ReportText.objects.get()
    desk.get_by_role("link", name="Le préparer (PDF)").press("Enter")
    desk.get_by_role("heading", name="Votre document se prépare").wait_for()
    with desk.expect_download():
        pdf.sweep()

    desk.goto(f"{server.url}{PAGE}")
    desk.get_by_role("button", name="Garder ce rapport").press("Enter")
    desk.get_by_text("Une fois prêt, il sera gardé").wait_for()
    with desk.expect_download() as first:
        pdf.sweep()
    desk.get_by_role("link", name="gardé dans sa liste").press("Enter")
    desk.get_by_role("heading", name="Rapports gardés").wait_for()
    judge(desk)
    board.goto(f"{server.url}/conseil/")
    board.get_by_role("link", name="Rapports", exact=True).press("Enter")
    judge(board)
    file = downloaded(board, board.get_by_role("link", name="Télécharger"))

    assert (text.opening, "annuaire" in text.sections) == ("Une belle saison.", False)
    assert file == keeping.content_of(KeptReport.objects.get()) == first.value.path().read_bytes()
    assert "Une belle saison." in text_of(file)
    assert "Fiches par thème" not in text_of(file)


def test_the_second_of_two_who_write_at_once_one_without_javascript_sees_both_texts(browser, server):
    desk = page_of(browser, server, Role.COORDINATION)
    other = page_of(browser, server, Role.COORDINATION, javascript=False)
    for page in (desk, other):
        page.goto(f"{server.url}{PAGE}")
    for page, words in ((other, "Les autres mots."), (desk, "Mes mots.")):
        page.get_by_label("En quelques mots").fill(words)
        page.get_by_role("button", name="Enregistrer").click()

    desk.get_by_text("Rien n’est perdu").wait_for()
    judge(desk)
    assert desk.locator("#id_opening").input_value() == "Mes mots."
    assert desk.locator("#autre-1").input_value() == "Les autres mots."
    desk.locator("#id_opening").fill("Mes mots et les autres.")
    desk.get_by_role("button", name="Enregistrer").click()
    desk.get_by_text("Le texte est enregistré.").wait_for()
    assert ReportText.objects.get().opening == "Mes mots et les autres."
