import re
from datetime import date

import pytest
from django.urls import reverse

from activities.tests.factories import make_session
from evaluation.models import Answer, Response
from evaluation.tests.factories import make_question, make_response, make_sending, make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(clock):
    survey = make_survey()
    make_question(survey, kind="scale", required=True)
    return survey


@pytest.fixture
def url(survey):
    return reverse("survey_paper", args=[survey.pk])


def a_sheet(survey, value="8", **fields):
    return {"day": "2026-02-20", f"q{survey.questions.get().pk}": value} | fields


def test_a_sheet_is_kept_with_its_own_day_and_session_and_the_next_one_has_them_too(desk, survey, url):
    session = make_session()
    make_sending(survey, session=session)

    page = desk.post(url, a_sheet(survey, session=session.pk), follow=True).content.decode()

    kept = list(Response.objects.values_list("survey", "session", "day", "source", "wave"))
    assert kept == [(survey.pk, session.pk, date(2026, 2, 20), "paper", 0)]
    assert "1 feuille saisie de suite" in page
    assert 'value="2026-02-20"' in page
    assert f'value="{session.pk}" selected' in page
    assert not re.search(r"(?<!Sans )value=\"8\"[^>]*checked", page)


def test_only_the_sheets_of_this_sitting_are_counted(desk, survey, url):
    make_response(survey, source="paper")
    assert "saisie de suite" not in desk.get(url).content.decode()
    first = desk.post(url, a_sheet(survey)).url
    second = desk.post(first, a_sheet(survey)).url
    assert "2 feuilles saisies de suite" in desk.get(second).content.decode()


def test_the_last_sheet_can_be_taken_back_once_and_no_other(desk, survey, url):
    make_response(survey)
    first = desk.post(url, a_sheet(survey)).url
    second = desk.post(first, a_sheet(survey, "3")).url

    back = desk.post(second, {"take_back": "1"}).url
    again = desk.post(second, {"take_back": "1"}, follow=True).content.decode()

    assert sorted(Response.objects.values_list("source", flat=True)) == ["paper", "web"]
    assert Answer.objects.get().value == 8
    page = desk.get(back).content.decode()
    assert "1 feuille saisie de suite" in page
    assert "Retirer la dernière" not in page
    assert "déjà été retirée" in again


def test_a_pile_says_nothing_of_another_questionnaire(desk, survey, url):
    sealed = desk.post(url, a_sheet(survey)).url.partition("?")[2]
    other = reverse("survey_paper", args=[make_survey().pk])
    assert "saisie de suite" not in desk.get(f"{other}?{sealed}").content.decode()
    desk.post(f"{other}?{sealed}", {"take_back": "1"})
    assert Response.objects.count() == 1


def test_what_the_sheet_left_blank_stays_blank_and_an_empty_one_is_not_kept(desk, survey, url):
    words = make_question(survey, kind="long")
    required = survey.questions.first()
    desk.post(url, {"day": "2026-02-20", f"q{words.pk}": "Merci."})
    assert list(Answer.objects.values_list("question", "text")) == [(words.pk, "Merci.")]
    page = desk.post(url, {"day": "2026-02-20", f"q{required.pk}": ""}).content.decode()
    assert "Répondez au moins à une question." in page
    assert Response.objects.count() == 1


@pytest.mark.parametrize("day", ["2026-03-04", "2025-03-01", "", "hier"])
def test_a_sheet_is_of_the_past_year(desk, survey, url, day):
    page = desk.post(url, a_sheet(survey, day=day)).content.decode()
    assert "Donnez un jour de l’année écoulée" in page
    assert not Response.objects.exists()


@pytest.mark.parametrize(("state", "words"), [("draft", "pas encore ouvert"), ("closed", "est clos")])
def test_only_an_open_questionnaire_takes_sheets(desk, survey, url, state, words):
    survey.state = state
    survey.closed_on = date(2026, 3, 1)
    survey.save()
    assert words in desk.get(url).content.decode()
    desk.post(url, a_sheet(survey))
    assert not Response.objects.exists()
