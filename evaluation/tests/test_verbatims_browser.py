"""Written answers are classified from the keyboard alone, and their pages bar nobody."""

import re

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from evaluation.models import Answer, Coding
from evaluation.services.coding import code_answer
from evaluation.services.verbatims import decide
from evaluation.tests.written import make_written
from members.enums import Role
from members.tests.browsing import DESKTOP, PHONE, barriers, chromium
from members.tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(server, monkeypatch):
    """A phone on which the coordination is signed in."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop lives in this thread
    client = Client()
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    with chromium() as browser:
        context = browser.new_context(viewport=PHONE, locale="fr-FR", base_url=server.url)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
        yield context.new_page()
        connections.close_all()  # inside that loop Django has opened one of its own


def test_answers_are_classified_from_the_keyboard_on_pages_that_bar_nobody(page):
    corpus = make_written(11)
    where = (corpus.question.survey_id, corpus.question.pk, corpus.part)
    first = corpus.answers()[0]
    Answer.objects.filter(pk=first.pk).update(text="Merci à Camille, de Saint-Paul.\nUn autre horaire ?")

    page.goto(reverse("survey_verbatims_code", args=where))
    expect(page.get_by_role("heading", name="Réponse 1 sur 11")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Horaires")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Réponse 2 sur 11")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 classées sur 11")).to_be_visible()
    assert set(Coding.objects.values_list("answer", "heading__label")) == {(pk, "Horaires") for pk in corpus.ids[:2]}

    for coder in (make_user(role=Role.COORDINATION), make_user(role=Role.COORDINATION)):
        for place, answer in enumerate(corpus.answers()):
            code_answer(answer=answer, headings=[], new="Lieux" if place else coder.last_name, coder=coder)
    Coding.objects.filter(heading__label="Horaires").delete()
    decide(answer=first, words="Merci à [prénom].", cleared=True, quoted=True)
    page.goto(reverse("survey_agreement", args=where))
    page.get_by_role("button", name="Comparer nos lectures").click()
    expect(page.get_by_role("heading", name="1 désaccord à trancher")).to_be_visible()
    heading = corpus.question.headings.get(label="Lieux").pk
    addresses = [
        *(reverse(name, args=where[:1]) for name in ("survey_verbatims", "survey_quotations")),
        *(reverse(name, args=where) for name in ("survey_verbatims_read", "survey_headings", "survey_agreement")),
        reverse("survey_verbatim", args=[*where, first.pk]),
        reverse("survey_heading_merge", args=[*where, heading]),
    ]
    for address in addresses:
        page.goto(address)
        expect(page).to_have_title(re.compile("Café des Soignants"))
        found = []
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            found += barriers(page)
        assert (address, found, page.evaluate("document.documentElement.scrollWidth - innerWidth")) == (address, [], 0)
