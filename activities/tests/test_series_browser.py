"""The coordinator makes a series of ten dates and a cycle, on a phone and on a desk, and axe judges each page."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from activities.models import Session
from activities.tests.factories import make_activity, make_place, make_session
from members.enums import Role
from members.tests.browsing import DESKTOP, PHONE, barriers
from members.tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desk"])
def page(request, browser, server):
    client = Client()
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    context = browser.new_context(viewport=request.param, locale="fr-FR")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    context.set_default_timeout(20_000)
    return context.new_page()


def judge(page, name):
    """Axe finds nothing, nothing overflows; a picture is kept where PICTURES names a folder."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (barriers(page), wide) == ([], 0)


def next_first_tuesday():
    day = (timezone.localtime() + timedelta(days=32)).replace(day=1, hour=12, minute=30, second=0, microsecond=0)
    return day + timedelta(days=(1 - day.weekday()) % 7)


def make_draft(**fields):
    session = make_session(state=Session.State.DRAFT, hosts=[make_user(role=Role.TEAM)], **fields)
    session.starts_at = next_first_tuesday()
    session.save()
    return session


def choose(page, *, form, rhythm, count):
    page.get_by_label(form).check()
    page.get_by_label("Rythme").select_option(label=rhythm)
    page.get_by_label("Nombre de dates en tout").fill(str(count))
    page.get_by_role("button", name="Voir les dates").click()


def test_the_coordinator_makes_a_series_of_ten_dates_and_looks_at_its_pages(page, server):
    session = make_draft(activity=make_activity(title="Yoga du midi"))
    page.goto(f"{server.url}{reverse('manage_session', args=[session.slug])}")
    page.get_by_role("link", name="Répéter").click()
    judge(page, "repeat-empty")

    choose(page, form="À chaque séance", rhythm="Chaque premier mardi du mois", count=10)
    expect(page.get_by_role("checkbox")).to_have_count(9)
    judge(page, "repeat-dates")
    page.get_by_role("button", name="Enregistrer ces brouillons").click()

    expect(page.get_by_text("9 brouillons sont enregistrés.")).to_be_visible()
    judge(page, "series")
    starts = [timezone.localtime(one) for one in Session.objects.values_list("starts_at", flat=True)]
    assert {(one.weekday(), one.day <= 7, f"{one:%H:%M}") for one in starts} == {(1, True, "12:30")}
    assert len(starts) == 10
    page.goto(f"{server.url}{reverse('manage_session_edit', args=[session.slug])}")
    judge(page, "edit")


def test_a_cycle_is_opened_and_shown_to_all(page, server):
    place = make_place(name="Chez Agnès", address="7 impasse du Verger", commune="Dunes", private=True)
    session = make_draft(activity=make_activity(title="Groupe de parole"), place=place, audience="familles")
    page.goto(f"{server.url}{reverse('manage_session_repeat', args=[session.slug])}")
    choose(page, form="Une seule fois", rhythm="Chaque mardi", count=8)
    page.get_by_role("button", name="Enregistrer ces brouillons").click()
    page.get_by_role("button", name="Publier les 8 brouillons").click()
    expect(page.get_by_text("8 séances sont publiées.")).to_be_visible()
    judge(page, "cycle-managed")

    page.goto(f"{server.url}{session.followers.last().get_absolute_url()}")
    expect(page.get_by_text("Cycle de 8 séances.", exact=True)).to_be_visible()
    judge(page, "cycle-public")
    page.goto(f"{server.url}{reverse('session_list')}")
    judge(page, "list")


def test_a_season_is_copied_and_what_is_wrong_is_said(page, server):
    page.goto(f"{server.url}{reverse('manage_season_copy')}")
    judge(page, "season-empty")
    session = make_session(activity=make_activity(title="Yoga du midi"))
    session.starts_at = timezone.make_aware(datetime(timezone.localdate().year, 11, 11, 12, 30))
    session.save()

    page.goto(f"{server.url}{reverse('manage_season_copy')}")
    judge(page, "season")
    page.goto(f"{server.url}{reverse('manage_session_repeat', args=[session.slug])}")
    page.get_by_label("Nombre de dates en tout").fill("99")
    page.get_by_role("button", name="Voir les dates").click()

    expect(page.get_by_role("alert").first).to_be_visible()
    judge(page, "repeat-error")
