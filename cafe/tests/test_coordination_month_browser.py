"""The month at a glance and the monthly mail in Chromium: by the keyboard, on a phone and on a desk, without script."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from activities.tests.factories import make_activity, make_session, make_team_event
from cafe.board import monthly
from cafe.board.models import MonthlyReader
from members.enums import Role
from members.tests.browsing import DESKTOP, PHONE, judge
from members.tests.factories import make_role_invitation, make_user

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]


def opened(browser, server, role, *, script=True):
    client = Client()
    client.force_login(make_user(role=role, second_factor=True))
    context = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=script)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    return context.new_page()


def next_month():
    """A noon of the month that follows."""
    local = timezone.localtime().replace(hour=12, minute=0)
    return (local.replace(day=1) + timedelta(days=36)).replace(day=6)


def test_a_month_leads_to_the_next_and_to_a_session_from_the_keyboard(browser, server):
    make_team_event(title="Bilan", starts_at=timezone.now())
    soon = make_session(activity=make_activity(title="Yoga doux"), starts_at=next_month())
    page = opened(browser, server, Role.COORDINATION)
    page.goto(f"{server.url}/coordination/")
    judge(page)
    assert page.locator("td.today time").inner_text().split()[-1] == "aujourd’hui"
    assert page.locator("table.month td:visible").count() == 1

    page.set_viewport_size(DESKTOP)
    assert page.locator("table.month td:visible").count() >= 28
    page.locator("a[rel=next]").press("Enter")
    page.wait_for_url("**/coordination/?mois=*")
    judge(page)
    page.locator("table.month a").press("Enter")
    page.wait_for_url(f"**/coordination/seances/{soon.slug}/")


def test_invitations_turn_their_pages_and_the_month_shows_without_script(browser, server):
    for number in range(12):
        make_role_invitation(email=f"invite{number}@cafe.example")
    make_team_event(title="Bilan", starts_at=timezone.now())
    page = opened(browser, server, Role.COORDINATION, script=False)
    page.goto(f"{server.url}/coordination/personnes/")
    page.get_by_role("link", name="Invitations suivantes").press("Enter")
    page.get_by_text("Page 2 sur 2").wait_for()
    page.goto(f"{server.url}/coordination/")
    assert page.get_by_role("link", name="Bilan").is_visible()


def test_the_months_figures_are_asked_for_and_ended_without_script(browser, server):
    page = opened(browser, server, Role.BOARD, script=False)
    page.goto(f"{server.url}/conseil/?du=2025-09&au=2025-11")
    page.get_by_role("button", name="Les recevoir", exact=True).press("Enter")
    page.get_by_text("arriveront à l’adresse de votre compte").wait_for()
    assert "du=2025-09" in page.url
    link = monthly.stop_path(MonthlyReader.objects.get())
    page.get_by_role("button", name="Ne plus les recevoir").press("Enter")
    page.get_by_text("vous ne recevrez plus").wait_for()
    page.get_by_role("button", name="Les recevoir", exact=True).wait_for()

    assert MonthlyReader.objects.count() == 0
    stranger = browser.new_context(viewport=PHONE, locale="fr-FR").new_page()
    stranger.goto(f"{server.url}{link}")
    judge(stranger)
    stranger.get_by_role("button", name="Ne plus les recevoir").press("Enter")
    stranger.get_by_role("heading", name="C’est fait").wait_for()
    judge(stranger)
