"""The host's phone, in Chromium: twelve of fourteen are present, and the network drops meanwhile."""

from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from activities.models import Attendance
from activities.tests.factories import make_session, sign_up
from members.enums import Role
from members.tests.browsing import NARROW, PHONE, barriers
from members.tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ABSENT = 2


@pytest.fixture
def host():
    return make_user(role=Role.TEAM)


@pytest.fixture
def session(host):
    session = make_session(starts_in=timedelta(minutes=30), hosts=[host], capacity=14)
    for number in range(14):
        sign_up(session, first_name="Louise", last_name=f"Petit {number:02}")
    return session


def open_phone(browser, server, user, session, **options):
    """Sign in, and open the page of attendance on a phone."""
    client = Client()
    client.force_login(user)
    context = browser.new_context(viewport=PHONE, locale="fr-FR", **options)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": server.url}])
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"{server.url}{reverse('attendance', args=[session.slug])}")
    return page


def rows(page):
    return page.locator(".roll > li")


def tick(page, number, choice="Présent"):
    rows(page).nth(number).get_by_role("radio", name=choice).check()


def saved(session):
    return Counter(Attendance.objects.filter(session=session).values_list("presence", flat=True))


def kept(page):
    """Return how many ticks the browser still holds, and whether it holds anything else."""
    texts = page.evaluate("Object.values(localStorage)")
    assert all("Petit" not in text and "@" not in text for text in texts)
    return page.evaluate("Object.values(localStorage).map(text => Object.keys(JSON.parse(text)).length)")


def test_the_host_marks_twelve_of_fourteen_while_the_network_drops_and_nothing_is_lost(browser, server, host, session):
    page = open_phone(browser, server, host, session)
    state = page.locator("[data-state]")
    expect(page.get_by_role("button", name="Enregistrer les présences")).to_be_hidden()

    for number in range(3):
        tick(page, number)
    expect(state).to_have_text("Enregistré.")
    assert saved(session) == {"present": 3}

    page.context.set_offline(True)
    for number in range(3, 12):
        tick(page, number)
    tick(page, 0, "Absent")
    tick(page, 0)
    expect(state).to_have_text("En attente du réseau : 10 personnes à enregistrer. Rien n’est perdu.")
    expect(page.locator("[data-count=present]")).to_have_text("12")
    assert saved(session) == {"present": 3}
    assert kept(page) == [10]

    page.context.set_offline(False)
    expect(state).to_have_text("Enregistré.", timeout=15000)
    for number in range(12, 14):
        tick(page, number, "Absent")
    expect(page.locator("[data-count=unknown]")).to_have_text("0")
    expect(state).to_have_text("Enregistré.")

    assert saved(session) == {"present": 12, "absent": ABSENT}
    assert (kept(page), page.complaints) == ([], [])


def test_ticks_survive_a_page_that_is_closed_before_the_network_comes_back(browser, server, host, session):
    page = open_phone(browser, server, host, session)
    page.context.set_offline(True)
    for number in range(12):
        tick(page, number)
    expect(page.locator("[data-state]")).to_contain_text("12 personnes")
    page.close()
    assert saved(session) == {}

    context = browser.contexts[0]
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"{server.url}{reverse('attendance', args=[session.slug])}")

    expect(again.locator("[data-state]")).to_have_text("Enregistré.")
    expect(again.locator("[data-count=present]")).to_have_text("12")
    assert saved(session) == {"present": 12}


def test_a_host_who_was_signed_out_keeps_the_ticks_until_the_page_is_opened_again(browser, server, host, session):
    page = open_phone(browser, server, host, session)
    cookies = page.context.cookies()
    page.context.clear_cookies()

    tick(page, 0)

    expect(page.get_by_role("link", name="rechargez la page.")).to_be_visible()
    assert (saved(session), kept(page)) == ({}, [1])
    page.context.add_cookies(cookies)
    page.get_by_role("link", name="rechargez la page.").click()
    expect(page.locator("[data-state]")).to_have_text("Enregistré.")
    assert saved(session) == {"present": 1}


def test_a_host_sees_what_the_other_marks_as_soon_as_she_marks_somebody(browser, server, host, session):
    other = make_user(role=Role.TEAM)
    session.hostings.create(user=other, rank=2)
    first, second = (open_phone(browser, server, user, session) for user in (host, other))

    tick(first, 0)
    expect(first.locator("[data-state]")).to_have_text("Enregistré.")
    tick(second, 1, "Excusé")

    expect(second.locator("[data-count=present]")).to_have_text("1")
    assert saved(session) == {"present": 1, "excused": 1}


def test_without_javascript_one_button_marks_twelve_of_fourteen(browser, server, host, session):
    page = open_phone(browser, server, host, session, java_script_enabled=False)
    for number in range(12):
        tick(page, number)
    for number in range(12, 14):
        tick(page, number, "Absent")

    page.get_by_role("button", name="Enregistrer les présences").click()

    expect(page.get_by_text("Les présences sont enregistrées.")).to_be_visible()
    expect(page.locator("[data-count=present]")).to_have_text("12")
    assert saved(session) == {"present": 12, "absent": ABSENT}


def test_a_latecomer_waits_for_the_network_then_is_added(browser, server, host, session):
    page = open_phone(browser, server, host, session)
    page.get_by_text("Ajouter une personne venue sans inscription").click()
    page.get_by_label("Prénom").fill("Noé")
    page.get_by_label("Nom", exact=True).fill("Durand")
    page.get_by_label("Profession ou fonction").select_option("sage-femme")

    page.context.set_offline(True)
    page.get_by_role("button", name="L’ajouter, présente").click()
    expect(page.get_by_text("Pas de réseau pour le moment")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="L’ajouter, présente").click()

    expect(rows(page)).to_have_count(15)
    expect(page.get_by_text("Sage-femme, sans inscription")).to_be_visible()
    assert saved(session) == {"present": 1}


def test_targets_are_large_and_the_pages_have_no_barrier(browser, server, host, session):
    page = open_phone(browser, server, host, session)
    tick(page, 0)
    found = []
    for size in (PHONE, NARROW):
        page.set_viewport_size(size)
        boxes = [page.locator(".choice").nth(number).bounding_box() for number in range(3)]
        assert min(box["height"] for box in boxes) >= 44
        assert min(box["width"] for box in boxes[:2]) >= 80
        found += barriers(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

    assert found == []


def test_a_person_is_marked_from_the_keyboard(browser, server, host, session):
    page = open_phone(browser, server, host, session)

    rows(page).nth(0).get_by_role("radio", name="Présent").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")

    expect(page.locator("[data-state]")).to_have_text("Enregistré.")
    assert saved(session) == {"absent": 1}
