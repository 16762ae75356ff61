"""The board's pages in Chromium: axe, a phone and a desk, the keyboard without JavaScript, and paper."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from playwright.sync_api import expect

from activities.models import BudgetLine
from evaluation.tests.test_figures import come, held_session
from listening_cell.tests.test_figures import publish
from members.enums import Role
from members.tests.browsing import DESKTOP, PHONE, judge
from members.tests.factories import make_user
from resources.tests.factories import make_resource

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]
PARIS = ZoneInfo("Europe/Paris")
MONTHS = "?du=2022-09&au=2024-08"
PAGES = (f"/conseil/{MONTHS}", "/conseil/saisons/", f"/coordination/participation/{MONTHS}")
TABLE = "Présences, mois par mois et saison par saison, en tableau"


@pytest.fixture
def programme(server):
    """Two years of sessions, a budget, a sheet, a publication of the cell: every part of the page has something."""
    for year, month, people in ((2022, 10, range(14)), (2023, 3, range(8)), (2023, 10, range(6, 26))):
        session = held_session(datetime(year, month, 5, 20, tzinfo=PARIS), capacity=12)
        for person in people:
            profession, gender = ("infirmier", "femme") if person % 2 else ("sage-femme", "homme")
            come(session, person, profession=profession, gender=gender, cpts_member=bool(person % 2))
    BudgetLine.objects.create(season=2023, category="food", label="Thé", planned=10, actual=12)
    make_resource(needs=("droit--avocat",))
    publish(2024, (15, {"motives": ["charge"]}), (12, {}))


def signed_in(browser, server, **options):
    client = Client()
    client.force_login(make_user(role=Role.BOARD, second_factor=True))
    context = browser.new_context(locale="fr-FR", base_url=server.url, viewport=PHONE, **options)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    return context.new_page()


def test_each_page_is_read_on_a_phone_and_on_a_desk_with_its_tables_open(browser, server, programme):
    page = signed_in(browser, server)
    for address in PAGES:
        page.goto(address)
        for folded in page.locator("figure details > summary").all():
            folded.click()
        judge(page)


def test_a_chart_is_read_by_keyboard_without_javascript(browser, server, programme):
    page = signed_in(browser, server, java_script_enabled=False)
    page.set_viewport_size(DESKTOP)
    page.goto(PAGES[0])
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()

    figure = page.get_by_role("figure").filter(has=page.get_by_role("img", name="Présences, mois par mois et saison"))
    defined = figure.get_by_role("link", name="Ce que cela compte")
    defined.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    table = figure.get_by_role("region", name=TABLE)
    expect(table.get_by_role("row", name="22-23")).to_contain_text("14")
    page.keyboard.press("Tab")
    expect(table).to_be_focused()
    defined.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ce que ces chiffres comptent")).to_be_in_viewport()
    page.get_by_role("region", name="Ce que ces chiffres comptent").get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Sur cette page")).to_be_in_viewport()


def test_on_paper_each_chart_has_its_numbers_beside_it_and_nothing_to_click(browser, server, programme):
    page = signed_in(browser, server)
    page.set_viewport_size({"width": 720, "height": 1000})
    page.emulate_media(media="print")
    for address in PAGES:
        page.goto(address)
        hidden = page.locator(".tabs, .within, .back, figure summary, figcaption a, .filters")
        assert [one for one in hidden.all() if one.is_visible()] == []
        for table in page.locator("figure table").all():
            expect(table).to_be_visible()
            assert table.evaluate("one => getComputedStyle(one).display") == "table"
            expect(table.locator("thead")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 720
