"""A facilitator proposes from a phone, the working group decides: in Chromium, with and without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from activities.forms.proposals import COMMITMENTS
from activities.models import Proposal, Session
from activities.tests.proposals import pdf
from members.enums import Role
from members.tests.browsing import PHONE, barriers, chromium
from members.tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def browser(request, server, monkeypatch):
    """Return a function that opens a phone, signed in where a person is given."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop lives in this thread
    with chromium() as browser:

        def phone(user=None):
            context = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=request.param)
            client = Client()
            if user:
                client.force_login(user)
            for name, morsel in client.cookies.items():
                context.add_cookies([{"name": name, "value": morsel.value, "url": server.url}])
            return context.new_page()

        phone.scripted = request.param
        yield phone
        connections.close_all()  # inside that loop Django has opened one of its own


def fill_in(page, day):
    page.get_by_label("Prénom et nom").fill("Dominique Laurent")
    page.get_by_label("Profession ou qualité").fill("sophrologue")
    page.get_by_label("Pratique proposée").fill("Sophrologie")
    page.get_by_label("Comment se passe la séance").fill("Respirer, puis relâcher.")
    page.get_by_label("J’apporte un lieu").check()
    page.get_by_label("Nom et adresse de ce lieu").fill("Salle Ronde, 2 rue du Port")
    first = page.get_by_role("group", name="Première date possible")
    first.get_by_label("Date").fill(day.isoformat())
    first.get_by_label("Heure").fill("19:30")
    for sentence, _ in COMMITMENTS.values():
        page.get_by_label(sentence).check()


def attach(page):
    page.get_by_label("Diplôme ou certificat").set_input_files(
        {"name": "diplome.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )


def test_from_the_proposal_to_the_draft(server, browser, outbox):
    anne, paul = make_user(role=Role.TEAM, first_name="Anne"), make_user(role=Role.TEAM, first_name="Paul")
    page = browser()
    page.goto(f"{server.url}/activites/")
    page.get_by_role("link", name="Proposez une activité").click()
    fill_in(page, timezone.localdate() + timedelta(days=40))
    attach(page)
    page.get_by_role("button", name="Envoyer ma proposition").click()
    expect(page.get_by_text("Joignez à nouveau votre fichier").first).to_be_visible()
    expect(page.get_by_label("Pratique proposée")).to_have_value("Sophrologie")
    page.get_by_label("Adresse e-mail").fill("dominique@cafe.example")
    attach(page)
    page.get_by_role("button", name="Envoyer ma proposition").click()
    expect(page.get_by_role("heading", name="C’est noté.")).to_be_visible()
    received = outbox.deliver()[0]
    page.goto(re.sub(r"^https?://[^/]+", server.url, re.search(r"https?://\S+/propositions/\S+", received.body)[0]))
    expect(page.get_by_role("heading", name="Votre proposition est à l’étude")).to_be_visible()

    address = f"{server.url}/equipe/propositions/{Proposal.objects.get().pk}/"
    for member in (anne, paul):
        desk = browser(member)
        desk.goto(address)
        desk.get_by_label("Favorable", exact=True).check()
        desk.get_by_role("button", name="Donner mon avis").click()
        expect(desk.get_by_text("Votre avis est noté.")).to_be_visible()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Télécharger le diplôme").click()
    assert download.value.suggested_filename.endswith(".pdf")
    desk.locator("summary", has_text="Accepter").click()
    if browser.scripted:
        assert barriers(desk) == []
    desk.get_by_role("group", name="Dates retenues").get_by_role("checkbox").check()
    desk.get_by_role("button", name="Accepter la proposition").click()
    expect(desk.get_by_text("La proposition est acceptée.")).to_be_visible()

    session = Session.objects.get()
    assert (session.state, session.activity.title, session.place.name) == ("draft", "Sophrologie", "Salle Ronde")


def test_the_form_with_errors_has_no_barrier(server, browser):
    page = browser()
    page.goto(f"{server.url}/activites/proposer/")
    page.get_by_role("button", name="Envoyer ma proposition").click()
    expect(page.get_by_text("Joignez votre diplôme").first).to_be_visible()

    if browser.scripted:
        assert barriers(page) == []
    assert page.get_by_label("Pratique proposée").get_attribute("aria-invalid") == "true"
