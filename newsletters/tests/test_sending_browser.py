"""The pages from which a newsletter is sent: no barrier on a phone nor on a desk, and the keyboard is enough."""

import pytest
from django.test import Client
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from cafe.mail import deliver_due
from members.enums import Role
from members.tests.browsing import DESKTOP, NARROW, PHONE, barriers, chromium
from members.tests.factories import make_user
from newsletters.services import sending
from newsletters.tests.factories import make_newsletter, make_subscriber

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(transactional_db, settings, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop lives in this thread
    server = LiveServer("localhost")
    settings.SITE_URL = server.url
    client = Client()
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    with chromium() as browser:
        context = browser.new_context(base_url=server.url, viewport=PHONE, locale="fr-FR")
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
        yield context.new_page()
    server.stop()


def looked_at(page):
    """Return what bars the way on a phone, on a desk, and whether a narrow one has to be moved sideways."""
    found = []
    for viewport in (PHONE, DESKTOP):
        page.set_viewport_size(viewport)
        found += barriers(page)
    page.set_viewport_size(NARROW)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return found, wide


def test_a_newsletter_is_counted_sent_paused_and_followed_by_keyboard(page):
    for profession in ("infirmier", "sage-femme"):
        make_subscriber(profession=profession, commune="Vannes")
    letter = make_newsletter(blocks=[("text", {"markdown": "Bonjour {prénom},\n\nDeux séances ce mois-ci."})])
    address = f"/coordination/lettres/{letter.pk}/envoi/"
    page.goto(address)
    assert looked_at(page) == ([], False)

    page.get_by_role("checkbox", name="Sage-femme").press("Space")
    page.get_by_label("Envois par minute").fill("0")
    page.get_by_role("button", name="Compter et relire").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert looked_at(page) == ([], False)
    page.get_by_label("Envois par minute").fill("60")
    page.get_by_role("button", name="Compter et relire").press("Enter")
    assert looked_at(page) == ([], False)

    page.get_by_role("button", name="Envoyer à 1 personne").press("Enter")
    expect(page.get_by_role("status").first).to_be_visible()
    sending.tend()
    page.reload()
    page.get_by_role("link", name="Suspendre").press("Enter")
    assert looked_at(page) == ([], False)
    page.get_by_role("button", name="Suspendre").press("Enter")
    page.get_by_role("link", name="Reprendre").press("Enter")
    page.get_by_role("button", name="Reprendre").press("Enter")
    deliver_due()
    expect(page.locator("[data-count=sent]")).to_have_text("1")
    assert looked_at(page) == ([], False)
