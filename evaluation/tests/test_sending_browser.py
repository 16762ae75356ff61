"""The coordination sends to a list in Chromium, by the keyboard, and copies the last call; axe judges each page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.models import Sending
from evaluation.tests.factories import make_sending, make_survey
from members.tests.browsing import PHONE, judge

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser, server, coordinator):
    client = Client()
    client.force_login(coordinator)
    context = browser.new_context(viewport=PHONE, locale="fr-FR", permissions=["clipboard-read", "clipboard-write"])
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    return context.new_page()


def test_a_list_is_sent_from_the_keyboard_and_the_last_call_is_copied(page, server):
    survey = make_survey(title="Évaluation du DIU")
    yesterday = timezone.localdate() - timedelta(days=1)
    make_sending(survey, ["connue@cafe.example"], label="Premiers", starts_on=yesterday, last_sent_on=yesterday)
    page.goto(f"{server.url}/coordination/questionnaires/{survey.pk}/envois/")
    judge(page)
    message = page.get_by_label("Message").input_value()
    page.get_by_role("button", name="Copier le message").press("Enter")
    page.get_by_text("C’est copié.").wait_for()

    page.get_by_role("link", name="Envoyer à une liste").press("Enter")
    page.get_by_label("À qui").press("Enter")
    judge(page)
    page.get_by_label("À qui").fill("Médecins")
    page.get_by_label("Adresses e-mail").fill("une@cafe.example\nfausse\nconnue@cafe.example")
    page.get_by_label("À qui").press("Enter")
    page.get_by_role("heading", name="1 adresse à inviter").wait_for()
    judge(page)
    page.get_by_role("button", name="Inviter 1 personne").press("Enter")
    page.get_by_text("C’est noté.").wait_for()

    assert page.evaluate("navigator.clipboard.readText()") == message
    assert list(Sending.objects.values_list("label", "invited")) == [("Médecins", 1), ("Premiers", 1)]
