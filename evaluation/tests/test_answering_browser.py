"""A questionnaire on a phone, by keyboard, with and without JavaScript."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from evaluation.models import Answer
from evaluation.tests.factories import make_question, make_survey
from members.tests.browsing import DESKTOP, NARROW, PHONE, barriers

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def survey():
    survey = make_survey(audience="public", title="Besoins du territoire")
    idea = make_question(survey, kind="yes_no", text="Une bonne idée ?", required=True)
    options = [{"key": "talk", "label": "Entretien"}, {"key": "group", "label": "Groupe de parole"}]
    make_question(
        survey, kind="choices", text="Sous quelle forme ?", options=options, with_other=True,
        condition=idea, condition_values=[1], section="Les formes",
    )  # fmt: skip
    make_question(survey, kind="visual", text="Où vous situez-vous ?", section="Vous", low="mal-être", high="bien-être")
    make_question(survey, kind="scale", text="Votre note ?", section="Pour finir", comment="Pourquoi ?")
    make_question(survey, kind="who5", text="Ces deux dernières semaines")
    make_question(survey, kind="long", text="Une idée ?", help_text="En une phrase.")
    return survey


def opened(browser, server, survey, *, viewport=PHONE, **options):
    context = browser.new_context(viewport=viewport, locale="fr-FR", **options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(f"{server.url}{reverse('survey_answer', args=[survey.public_key])}")
    return page


def send(page):
    page.get_by_role("button", name="Envoyer mes réponses").press("Enter")


def answers():
    return sorted(Answer.objects.values_list("question__kind", "value", "text"), key=str)


def test_a_questionnaire_is_answered_on_a_phone_by_keyboard(browser, server, survey):
    page = opened(browser, server, survey)
    forms, cursor = page.get_by_role("group", name="Sous quelle forme ?"), page.get_by_role("slider")
    expect(forms).to_be_hidden()
    expect(page.get_by_role("heading", name="Les formes")).to_be_hidden()
    assert barriers(page) == []

    send(page)
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="Oui")).to_be_checked()
    expect(forms).to_be_visible()
    expect(page.get_by_role("heading", name="Les formes")).to_be_visible()
    assert barriers(page) == []

    forms.get_by_role("checkbox", name="Groupe de parole").press("Space")
    cursor.press("ArrowRight")
    expect(page.get_by_text("51 sur 100")).to_be_visible()
    page.get_by_role("button", name="Effacer cette réponse").press("Enter")
    expect(cursor).to_be_focused()
    cursor.press("Enter")  # the middle, meant
    page.get_by_role("radio", name="Non").press("Space")
    expect(forms).to_be_hidden()
    page.get_by_role("radio", name="Oui").press("Space")
    expect(forms.get_by_role("checkbox", name="Groupe de parole")).to_be_checked()
    send(page)

    expect(page.get_by_role("heading", name="C’est noté, merci.")).to_be_visible()
    assert barriers(page) == []
    assert answers() == [("choices", 2, ""), ("visual", 50, ""), ("yes_no", 1, "")]


def test_it_is_answered_without_javascript_and_its_other_pages_have_no_barrier(browser, server, survey, desk):
    page = opened(browser, server, survey, java_script_enabled=False)
    expect(page.get_by_text("Seulement si vous avez répondu")).to_be_visible()
    expect(page.get_by_role("slider")).to_have_count(0)
    page.get_by_role("radio", name="Non").check()
    page.get_by_label("Entretien").check()  # not asked: dropped
    page.get_by_label("Une idée ?").fill("Un soir par mois.")
    send(page)
    expect(page.get_by_role("heading", name="C’est noté, merci.")).to_be_visible()
    assert answers() == [("long", None, "Un soir par mois."), ("yes_no", 0, "")]

    paper = f"{server.url}{reverse('survey_paper', args=[survey.pk])}"
    wide = opened(browser, server, survey, viewport=DESKTOP)
    wide.context.add_cookies([{"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": server.url}])
    for address in (wide.url, f"{server.url}/questionnaires/inconnu/", paper):
        wide.set_viewport_size(NARROW)
        wide.goto(address)
        assert wide.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        wide.set_viewport_size(DESKTOP)
        assert barriers(wide) == [], address
