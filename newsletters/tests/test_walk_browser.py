"""From the empty page to a letter that was sent, read by anybody, and left in one click as a mail program does it."""

import re
from email import message_from_bytes, policy
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from django.test import Client
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from activities.tests.factories import make_activity, make_session
from cafe.mail import deliver_due
from cafe.tests.smtp import smtp_sink
from members.enums import Role
from members.tests.browsing import DESKTOP, NARROW, PHONE, barriers
from members.tests.factories import make_user
from newsletters.models import Departure, Newsletter, Subscriber
from newsletters.services import sending
from newsletters.tests.factories import make_subscriber
from resources.tests.prevention import make_message

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
READERS, FIRST_BATCH = 10, 4


@pytest.fixture
def server(transactional_db, settings):
    server = LiveServer("localhost")
    settings.SITE_URL = server.url
    yield server
    server.stop()


@pytest.fixture
def sink(settings):
    with smtp_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 5
        yield sink


def opened(browser, viewport):
    context = browser.new_context(viewport=viewport, locale="fr-FR")
    context.set_default_timeout(10_000)
    return context.new_page()


def desk(browser, server):
    """The coordination's browser, on the page of the letters."""
    client = Client()
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    page = opened(browser, DESKTOP)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    page.goto(f"{server.url}/coordination/lettres/")
    return page


def write_and_send(page):
    expect(page.get_by_text("Aucune lettre pour le moment")).to_be_visible()
    page.get_by_role("link", name="Choisir un modèle").press("Enter")
    page.get_by_role("radio", name="Agenda du mois").press("Space")
    page.get_by_role("button", name="Faire le brouillon").press("Enter")
    page.get_by_role("link", name="Envoyer", exact=True).press("Enter")
    page.get_by_role("button", name="Compter et relire").press("Enter")
    page.get_by_role("button", name=f"Envoyer à {READERS} personnes").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Les séances")).to_be_visible()


def received(sink, subscriber):
    [raw] = [raw for to, _, raw in sink.kept if to == subscriber.email]
    return message_from_bytes(raw, policy=policy.default)


def asked(url, **posted):
    """Send a request as a program does, without cookie; return the status."""
    try:
        with urlopen(Request(url, data=urlencode(posted).encode() if posted else None), timeout=10) as answer:
            return answer.status
    except HTTPError as error:
        return error.code


def test_a_letter_is_written_sent_read_and_left(browser, server, sink):
    make_session(activity=make_activity(title="Yoga doux"))
    make_message(text="Buvez un verre d’eau.")
    camille, *_ = (make_subscriber(first_name=name) for name in ["Camille", *["Noé"] * (READERS - 1)])
    page = desk(browser, server)

    write_and_send(page)
    sending.tend()
    page.reload()
    bar = page.get_by_role("progressbar", name="Avancement de l’envoi")
    expect(bar).to_have_js_property("value", 0)
    deliver_due(limit=FIRST_BATCH)
    expect(bar).to_have_js_property("value", 100 * FIRST_BATCH // READERS)
    deliver_due()
    sending.tend()
    expect(page.locator("[data-count=sent]")).to_have_text(str(READERS))
    expect(page.locator("#letter-progress")).to_have_attribute("data-state", "sent")
    assert sorted(sink.recipients()) == sorted(Subscriber.objects.values_list("email", flat=True))

    mail = received(sink, camille)
    words = mail.get_body(("html",)).get_content()
    assert "Bonjour Camille," in words
    links = set(re.findall(rf'href="({re.escape(server.url)}[^"]+)"', words))
    visitor = opened(browser, PHONE)
    visitor.goto(next(link for link in links if link.endswith(Newsletter.objects.get().get_absolute_url())))
    expect(visitor.get_by_text("Bonjour,", exact=True)).to_be_visible()
    expect(visitor.get_by_role("link", name="Yoga doux")).to_be_visible()
    assert barriers(visitor) == []
    visitor.set_viewport_size(DESKTOP)
    visitor.get_by_role("link", name="Lettres d’information", exact=True).press("Enter")
    visitor.get_by_label("Chercher dans les lettres").fill("seance")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("status")).to_contain_text("1 lettre avec")
    assert barriers(visitor) == []
    visitor.set_viewport_size(NARROW)
    assert visitor.evaluate("document.documentElement.scrollWidth <= innerWidth")

    way_out = mail["List-Unsubscribe"].strip("<>")
    assert {asked(link) for link in links | {way_out}} == {200}  # a scanner follows them all
    assert Subscriber.objects.count() == READERS
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert asked(way_out, **{"List-Unsubscribe": "One-Click"}) == 200
    assert not Subscriber.objects.filter(email=camille.email).exists()
    assert Departure.objects.get().newsletter == Newsletter.objects.get()
    page.goto(f"{server.url}/coordination/lettres/rappels/")
    assert barriers(page) == []
