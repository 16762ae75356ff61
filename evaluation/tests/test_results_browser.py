"""Results and ranking in Chromium: by keyboard, and as a reading machine would find them, on a phone and on a desk."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from activities.tests.factories import make_session
from evaluation.enums import QuestionKind, SurveyKind
from evaluation.tests.factories import make_response, make_sending, make_survey
from members.enums import Role
from members.tests.browsing import DESKTOP, PHONE, barriers, chromium
from members.tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]


def an_answered_survey():
    asked = [{"kind": QuestionKind.SCALE, "national_key": "satisfaction"}, {"kind": QuestionKind.YES_NO}]
    survey = make_survey(kind=SurveyKind.SESSION, questions=asked)
    session = make_session(starts_in=timedelta(days=-9))
    make_sending(survey, session=session)
    mark, again = survey.questions.all()
    for rank in range(14):
        given = {mark: 9 if rank < 8 else 6, again: rank % 2}
        make_response(survey, given, session=session, day=timezone.localdate() - timedelta(days=1))
    return survey


def test_results_are_read_and_concluded_by_keyboard_without_barriers(server, monkeypatch, settings):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop lives in this thread
    client = Client()
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    survey = an_answered_survey()
    results = f"{server.url}/coordination/questionnaires/{survey.pk}/resultats/"
    found, widths = {}, {}
    with chromium() as browser:
        context = browser.new_context(locale="fr-FR", viewport=PHONE)
        context.add_cookies([cookie | {"url": server.url}])
        page = context.new_page()
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            for address in (results, f"{server.url}/coordination/questionnaires/classement/"):
                page.goto(address)
                page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
                found[address, size["width"]] = barriers(page)
                widths[address, size["width"]] = page.evaluate("document.documentElement.scrollWidth") - size["width"]
        page.goto(results)
        page.get_by_label("Séance").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator("p.lead").wait_for()
        page.locator(".told summary").first.press("Enter")
        table = page.get_by_role("rowheader", name="Moyenne").is_visible()
        page.get_by_label("Ce que nous en retenons").fill("Garder le soir.")
        page.get_by_role("button", name="Enregistrer la conclusion").press("Enter")
        page.get_by_text("La conclusion est enregistrée.").wait_for()
        kept = page.get_by_label("Ce que nous en retenons").input_value()

    assert (set(map(tuple, found.values())), max(widths.values())) == ({()}, 0)
    assert (table, kept) == (True, "Garder le soir.")
