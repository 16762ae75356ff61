"""The coordination invites, searches and takes a role back in Chromium, by the keyboard; axe judges each page."""

import pytest
from django.test import Client

from activities.tests.factories import make_session, sign_up
from members.enums import Role
from members.models import RoleInvitation
from members.tests.browsing import PHONE, judge
from members.tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser, server):
    client = Client()
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    context = browser.new_context(viewport=PHONE, locale="fr-FR")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    return context.new_page()


def test_people_are_invited_found_and_let_go_from_the_keyboard(page, server):
    member = make_user(first_name="Inès", last_name="Hoarau", role=Role.TEAM)
    sign_up(make_session(), first_name="Inès", last_name="Hoarau")
    page.goto(f"{server.url}/coordination/")
    judge(page)
    page.get_by_label("Séance, personne").fill("Hoarau")
    page.get_by_label("Séance, personne").press("Enter")
    page.get_by_role("link", name="Inès Hoarau").wait_for()
    judge(page)

    page.goto(f"{server.url}/coordination/personnes/inviter/")
    page.get_by_label("Adresse e-mail").fill("fausse")
    page.get_by_label("Adresse e-mail").press("Enter")
    page.get_by_text("Vérifiez cette adresse e-mail").first.wait_for()
    judge(page)
    page.get_by_label("Adresse e-mail").fill("elle@cafe.example")
    page.get_by_label("Conseil d’administration").check()
    page.get_by_role("button", name="Envoyer l’invitation").press("Enter")
    page.get_by_text("L’invitation part à elle@cafe.example.").wait_for()
    judge(page)

    page.get_by_role("link", name="Retirer le rôle « Groupe de travail » de Inès Hoarau").press("Enter")
    page.get_by_role("heading", name="Retirer ce rôle ?").wait_for()
    judge(page)
    page.get_by_role("button", name="Retirer le rôle").press("Enter")
    page.get_by_text("ne tient plus le rôle").wait_for()
    for path in ("courriels/", "recemment/"):
        page.goto(f"{server.url}/coordination/{path}")
        judge(page)

    assert member.groups.count() == 0
    assert RoleInvitation.objects.get().role == "conseil"
