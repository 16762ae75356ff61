"""The page of participation on a phone and on a desk, judged by axe and by the keyboard, without JavaScript."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from playwright.sync_api import expect

from evaluation.tests.test_figures import come, held_session
from members.enums import Role
from members.tests.browsing import DESKTOP, PHONE, barriers
from members.tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]
PARIS = ZoneInfo("Europe/Paris")


def test_a_board_member_chooses_months_by_keyboard_and_reads(browser, server):
    for month in (3, 4):
        session = held_session(datetime(2024, month, 5, 20, tzinfo=PARIS), capacity=12)
        for person in range(12):
            profession, gender = ("infirmier", "femme") if person % 2 else ("sage-femme", "homme")
            come(session, person, profession=profession, gender=gender)
    client = Client()
    client.force_login(make_user(role=Role.BOARD, second_factor=True))
    context = browser.new_context(locale="fr-FR", base_url=server.url)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    page = context.new_page()

    page.goto("/coordination/participation/?du=2024-03&au=2024-03")
    page.get_by_label("au mois de").focus()
    page.get_by_label("au mois de").select_option("2024-04")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="En bref, de mars 2024 à avril 2024")).to_be_visible()
    expect(page.get_by_role("img", name="Présences et places prévues, mois par mois")).to_be_visible()
    page.get_by_text("Les mêmes chiffres en tableau").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="12").first).to_be_visible()

    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
