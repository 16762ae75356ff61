"""Pages of the cell in letters twice as large, on a phone; and axe on those of a key, which only its holder sees."""

import pytest
from django.test import Client
from django.urls import reverse

from listening_cell.models import CaseEnvelope
from listening_cell.services import booking, casework, sessions
from listening_cell.tests.factories import make_case, make_cell, make_peer, make_slot, private_of
from listening_cell.views.spaces import COOKIE
from members.tests.browsing import DESKTOP, PHONE, barriers

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]
PATIENCE = 60_000  # milliseconds, on a machine that does other things
LONG = "chrysalide" * 30
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LARGE = "document.documentElement.style.fontSize = '200%'"
KEY = ("cell_key", "cell_recover", "cell_passphrase", "cell_code")
OF_A_PEER = ("cell_peers", "cell_closed", "cell_hours", "cell_debriefings", "cell_guide")
OF_A_CASE = ("cell_case", "cell_interview_write", "cell_case_pass", "cell_case_close")
OF_A_REQUESTER = ("cell_follow", "cell_follow_date", "cell_follow_cancel", "cell_follow_forget")


@pytest.fixture
def pair(transactional_db):
    cell = make_cell()
    return [make_peer(cell), make_peer(cell, seasoned=False)]


@pytest.fixture
def case(pair):
    """A case that was read, with long words, a talk, and other hours to choose from: (Opened, receipt)."""
    slots = [make_slot(peer, days=days) for days in range(3, 9) for peer in pair]
    opened, receipt = make_case(*pair, words=LONG, name="Alouette")
    booking.hold(case=opened.case, peers=pair, starts_at=slots[0].starts_at)
    casework.write_message(opened=opened, author=pair[0].pk, content=LONG)
    CaseEnvelope.objects.update(opened=True)
    return opened, receipt


def a_page(browser, server, cookies):
    context = browser.new_context(viewport=PHONE, locale="fr-FR")
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
    return context.new_page()


def signed_in(peer):
    client = Client()
    client.force_login(peer.user)
    return {"sessionid": client.cookies["sessionid"].value}


def opened_space(kind, owner, secret):
    return {COOKIE: sessions.open_space(sessions.Space(kind, owner, secret))}


def too_wide_in_large_letters(page, server, paths):
    """Return, of the pages that do not fit the width of a phone in letters twice as large, by how many pixels."""
    found = {}
    for path in paths:
        response = page.goto(f"{server.url}{path}")
        assert (page.url, response.status) == (f"{server.url}{path}", 200)
        page.evaluate(LARGE)
        found[path] = page.evaluate(WIDE)
    return {path: pixels for path, pixels in found.items() if pixels > 0}


def test_the_pages_of_a_peer_fit_a_phone_in_letters_twice_as_large(browser, server, pair, case):
    space = opened_space("peer", pair[0].pk, private_of(pair[0]))
    page = a_page(browser, server, signed_in(pair[0]) | space)
    paths = [reverse(name) for name in OF_A_PEER]
    paths += [reverse(name, args=[case[0].case.pk]) for name in OF_A_CASE]

    assert too_wide_in_large_letters(page, server, paths) == {}


def test_the_pages_of_a_requester_fit_a_phone_in_letters_twice_as_large(browser, server, case):
    page = a_page(browser, server, opened_space("receipt", "", case[1].encode()))

    assert too_wide_in_large_letters(page, server, map(reverse, OF_A_REQUESTER)) == {}


def test_the_pages_of_a_key_have_no_barrier_and_fit_a_phone_in_letters_twice_as_large(browser, server, pair):
    page, paths = a_page(browser, server, signed_in(pair[0])), [reverse(name, args=["peer"]) for name in KEY]

    found = {}
    for path in paths:
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            page.goto(f"{server.url}{path}")
            found[path, size["width"]] = barriers(page)
            page.get_by_role("heading", level=1).wait_for()

    assert {where: wrong for where, wrong in found.items() if wrong} == {}
    assert too_wide_in_large_letters(page, server, paths) == {}
