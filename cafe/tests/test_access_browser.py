"""Every address that shows a page, opened in Chromium on a phone and on a desk, as somebody who may enter it."""

import pytest
from django.test import Client
from django.urls import reverse

from activities.models import Registration
from activities.tests.factories import make_session
from cafe.tests.roles_table import ANONYMOUS, PROFESSIONAL, TABLE
from cafe.tests.test_roles import enter
from members.tests.browsing import DESKTOP, PHONE, barriers

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]
COOKIES = {"csrftoken", "sessionid"}


def visitor_of(row):
    """Return the least powerful person who may enter: what most people see."""
    for who in (ANONYMOUS, PROFESSIONAL):
        if who in row.who:
            return who
    return min(row.who)


def addresses(who):
    """Return the addresses that this visitor opens, with what they need in the database."""
    names = [name for name, row in TABLE.items() if visitor_of(row) == who and name != "admin_login"]
    return {name: reverse(name, kwargs=TABLE[name].arguments()) for name in names}


def signed_in_context(browser, server, who):
    client = Client()
    enter(client, who)
    context = browser.new_context(locale="fr-FR")
    for name, morsel in client.cookies.items():
        context.add_cookies([{"name": name, "value": morsel.value, "url": server.url}])
    return context


def is_page(client, url):
    """Tell whether an address shows a page. A mail in a frame of its own runs no script, not even what looks at it."""
    response = client.get(url)
    runs_scripts = "sandbox" not in response.headers.get("Content-Security-Policy", "")
    return response.status_code == 200 and response["Content-Type"].startswith("text/html") and runs_scripts


class Visit:
    """A page of Chromium on which addresses are opened one after the other, and what it asked for and complained of."""

    def __init__(self, context, server):
        self.page, self.server = context.new_page(), server
        self.asked, self.complaints = [], []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def faults(self, url):
        """Open an address on a phone, then widen the screen; return everything that is wrong with the page."""
        self.asked.clear()
        self.complaints.clear()
        self.page.set_viewport_size(PHONE)
        self.page.goto(f"{self.server.url}{url}")
        found = []
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)
            found += barriers(self.page)
            width = self.page.evaluate("document.documentElement.scrollWidth")
            found += [f"{width} px wide on a screen of {size['width']}"] if width > size["width"] else []
        found += self.complaints
        return found + [one for one in self.asked if not one.startswith((self.server.url, "data:"))]


PEOPLE = sorted({visitor_of(row) for row in TABLE.values()}, key=str)


@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_has_a_barrier_a_complaint_or_a_stranger(browser, server, who):
    context = signed_in_context(browser, server, who)
    client, visit = Client(), Visit(context, server)
    enter(client, who)

    wrong = {name: visit.faults(url) for name, url in addresses(who).items() if is_page(client, url)}

    assert wrong
    assert {name: found for name, found in wrong.items() if found} == {}
    assert {cookie["name"] for cookie in context.cookies()} <= COOKIES


def test_the_pages_of_errors_have_no_barrier_either(browser, server):
    page = browser.new_context(locale="fr-FR").new_page()

    found = []
    for url in ("/activites/inconnue/", "/inscription/x/"):
        page.goto(f"{server.url}{url}")
        found += barriers(page)

    assert found == []


def test_the_whole_path_to_a_registration_works_from_the_keyboard(browser, server):
    session = make_session()
    page = browser.new_context(viewport=PHONE, locale="fr-FR").new_page()
    page.goto(f"{server.url}{session.get_absolute_url()}")
    page.get_by_label("Prénom").focus()
    for typed in ("Louise", "Petit", "louise@cafe.example"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.type("Inf")
    while page.evaluate("document.activeElement.name") != "commitment":
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/c-est-note/**")

    assert Registration.objects.get().profession == "infirmier"
