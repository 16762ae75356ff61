"""Comparing, exporting and importing in Chromium: no barrier at any width, and the keyboard is enough to import."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluation.enums import QuestionKind, SurveyKind, SurveyState
from evaluation.models import Answer, Response, Survey
from evaluation.tests.factories import make_question, make_survey
from members.tests.browsing import DESKTOP, PHONE, barriers

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]
TITLES = "Horodateur;Adresse e-mail;Votre satisfaction, sur 10;Quels moments ?;Un mot ?"
FORM = "\r\n".join([TITLES, *(f"1/10/2023;p{n}@cafe.example;{n % 5 + 6};Midi, Soir;Mot {n}" for n in range(12))])


def told(marks, **fields):
    day = timezone.localdate() - timedelta(days=2)
    closed = {"state": SurveyState.CLOSED, "opened_on": day, "closed_on": day, "kind": SurveyKind.HEALTH}
    survey = make_survey(**closed, **fields)
    life = make_question(survey, kind=QuestionKind.SCALE, text="Votre vie ?", national_key="life_below_7")
    make_question(survey, kind=QuestionKind.CHOICE, text="Où en êtes-vous ?", national_key="burnout")
    people = Response.objects.bulk_create(Response(survey=survey, day=day) for _ in marks)
    Answer.objects.bulk_create(
        Answer(response=one, question=life, value=mark) for one, mark in zip(people, marks, strict=True)
    )
    return survey


def faults(page):
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*barriers(page), *([f"{wide} px too wide"] if wide > 0 else [])]


def test_one_compares_exports_and_imports_without_a_barrier_and_by_keyboard(browser, server, desk):
    earlier = told([3, 4, 5, 6, 7, 8] * 10)
    survey = told([4, 5, 6, 7, 8, 8] * 10, previous=earlier, version=2)
    wrong = {}
    for size in (PHONE, DESKTOP):
        context = browser.new_context(viewport=size, locale="fr-FR")
        context.add_cookies([{"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": server.url}])
        page = context.new_page()
        for name in ("survey_nation", "survey_files"):
            page.goto(server.url + reverse(name, args=[survey.pk]))
            wrong[name, size["width"]] = faults(page)
        page.goto(server.url + reverse("survey_import"))
        wrong["upload", size["width"]] = faults(page)
        file = {"name": "ancien.csv", "mimeType": "text/csv", "buffer": FORM.encode()}
        page.get_by_label("Fichier").set_input_files(file)
        page.get_by_role("button", name="Voir ce qu’il contient").press("Enter")
        page.get_by_role("heading", name="Aperçu de l’import").wait_for()
        wrong["preview", size["width"]] = faults(page)
    page.get_by_label("Ce que devient « Un mot ? »").focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Importer", exact=True).press("Enter")
    page.get_by_text("C’est importé. Réponses : 12.").wait_for()

    assert {where: found for where, found in wrong.items() if found} == {}
    assert Survey.objects.latest("pk").questions.count() == 2
