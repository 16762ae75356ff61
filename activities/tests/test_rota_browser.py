"""From « oui » on a phone to a published session, without JavaScript."""

import re

import pytest
from django.test import Client
from playwright.sync_api import expect

from activities.models import Session
from activities.tests.factories import make_activity, make_session
from members.enums import Role
from members.tests.browsing import PHONE
from members.tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def signed_in(browser, server, user):
    """Return a phone without JavaScript on which this person is signed in."""
    client = Client()
    client.force_login(user)
    context = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=False, base_url=server.url)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    return context.new_page()


def test_a_member_answers_the_coordination_keeps_the_proposal_and_publishes(browser, server):
    host = make_user(role=Role.TEAM, first_name="Anne", last_name="Duval")
    draft = make_session(state=Session.State.DRAFT, activity=make_activity(title="Yoga"))
    phone = signed_in(browser, server, host)
    desk = signed_in(browser, server, make_user(role=Role.COORDINATION, second_factor=True))

    desk.goto(f"/coordination/seances/{draft.slug}/")
    desk.get_by_role("button", name="Publier").click()
    expect(desk.get_by_text("Choisissez au moins un référent avant de publier.")).to_be_visible()

    phone.goto("/equipe/")
    phone.get_by_role("group", name=re.compile("Pouvez-vous accueillir Yoga")).get_by_label("Oui").check()
    phone.get_by_role("button", name="Enregistrer mes réponses").click()
    expect(phone.get_by_text("Vos réponses sont enregistrées.")).to_be_visible()

    desk.goto("/coordination/rota/")
    desk.get_by_role("link", name="Proposer une répartition").click()
    expect(desk.get_by_text("aucune soirée, disponible, seule personne disponible")).to_be_visible()
    desk.get_by_role("button", name="Enregistrer cette répartition").click()
    desk.goto(f"/coordination/seances/{draft.slug}/")
    desk.get_by_role("button", name="Publier").click()
    expect(desk.get_by_text("La séance est publiée")).to_be_visible()

    phone.goto("/equipe/")
    phone.get_by_role("link", name=re.compile("Je ne peux plus")).click()
    phone.get_by_role("button", name="Je ne peux plus").click()
    desk.goto("/coordination/")
    expect(desk.get_by_text(re.compile("un référent s’est désisté")).first).to_be_visible()
