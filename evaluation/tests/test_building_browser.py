"""A questionnaire is written by keyboard, on a phone, and shown as it will read."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from evaluation.models import Survey
from members.tests.browsing import PHONE, judge

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser, server, desk):
    context = browser.new_context(viewport=PHONE, locale="fr-FR", base_url=server.url)
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": server.url}])
    return context.new_page()


def press(page, role, name):
    page.get_by_role(role, name=name).first.focus()
    page.keyboard.press("Enter")


def test_a_question_is_added_moved_made_conditional_and_previewed_by_keyboard(page):
    page.goto(reverse("survey_new"))
    page.get_by_role("radio", name="Votre avis sur la séance").focus()
    page.keyboard.press("Space")
    press(page, "button", "Faire le brouillon")
    press(page, "link", "Ajouter une question à la fin")
    press(page, "link", "Un seul choix")
    page.get_by_label("Question", exact=True).focus()
    page.keyboard.type("À quelle heure ?")
    page.get_by_label("Réponses proposées").focus()
    page.keyboard.type("Le matin")
    press(page, "button", "Enregistrer")
    expect(page.get_by_role("alert")).to_contain_text("une par ligne")
    judge(page)
    page.get_by_label("Réponses proposées").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nLe soir")
    press(page, "button", "Enregistrer")

    press(page, "button", "Monter À quelle heure ?")
    expect(page.locator(".questions li:target .asked")).to_contain_text("7. À quelle heure ?")
    judge(page)
    press(page, "link", "Condition À quelle heure ?")
    page.get_by_label("Elle dépend de la réponse à").select_option(
        "Reviendriez-vous à une séance de cette activité\u00a0?"
    )
    press(page, "button", "Choisir")
    page.get_by_role("checkbox", name="Oui").focus()
    page.keyboard.press("Space")
    judge(page)
    press(page, "button", "Enregistrer")
    press(page, "link", "Aperçu")

    expect(page.get_by_role("group", name="À quelle heure ?")).to_be_hidden()
    page.get_by_role("group", name="Reviendriez-vous").get_by_role("radio", name="Oui").check(force=True)
    expect(page.get_by_role("group", name="À quelle heure ?")).to_contain_text("Le soir")
    judge(page)
    asked = list(Survey.objects.get().questions.values_list("text", "condition__position", "condition_values"))
    assert asked[6] == ("À quelle heure ?", 6, [1])
