import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activities.tests.factories import make_session
from cafe import pdf
from cafe.tests.pdf_reader import ACCESSIBLE, promises, read, tags_of, text_of
from evaluation.enums import QuestionKind, SurveyAudience, SurveyState
from evaluation.models import Reading
from evaluation.services import reports
from evaluation.services.results import results_of
from evaluation.services.verbatims import corpora
from evaluation.tests.factories import make_response, make_sending, make_survey
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return signed_in(Role.COORDINATION)


def signed_in(role):
    client = Client()
    client.force_login(make_user(role=role, second_factor=True))
    return client


def yesterday():
    return timezone.localdate() - timedelta(days=1)


def answered(survey, count, session=None, **values):
    """values: {position of a question, as q1: its answer}, alike for all."""
    questions = {f"q{question.position}": question for question in survey.questions.all()}
    given = {questions[name]: value for name, value in values.items()}
    for _ in range(count):
        make_response(survey, given, day=yesterday(), session=session)


def words(response):
    content = response.content.decode()
    main = content[content.index("<main") : content.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main.replace("&nbsp;", " ").replace("\u00a0", " ")).split())


def page(client, survey, **query):
    return client.get(reverse("survey_results", args=[survey.pk]), query)


def test_four_answers_or_none_read_alike_and_five_give_the_mean(desk):
    survey = make_survey(questions=[QuestionKind.SCALE])
    none = words(page(desk, survey))
    answered(survey, 4, q1=8)
    four = words(page(desk, survey))
    answered(survey, 1, q1=8)
    five = words(page(desk, survey))

    assert none == four
    assert "Pas encore assez de réponses : il en faut 5." in four
    assert "La moyenne est de 8,3 sur 10, arrondie à 0,30 près au plus. Elle repose sur 5 réponses." in five
    assert "Le détail se donne à partir de 11 réponses." in five


def test_eleven_answers_give_the_interval_and_the_shares_with_their_table(desk):
    survey = make_survey(questions=[QuestionKind.SCALE, QuestionKind.YES_NO])
    answered(survey, 6, q1=9, q2=1)
    answered(survey, 5, q1=4, q2=0)
    told = words(page(desk, survey))

    assert "l’intervalle à 95 % va de" in told
    assert "Le plus souvent : « Oui », 55 % (6 sur 11), l’intervalle à 95 % allant de 28 à 79 %." in told
    assert "Réponse Nombre Part Intervalle à 95 % Oui 6 sur 11 55 % 28 à 79 %" in told


def test_a_whole_season_or_a_whole_session_may_be_chosen_and_nothing_else(desk):
    survey = make_survey(questions=[QuestionKind.SCALE])
    evening, unheard, silent = make_session(), make_session(), make_session()
    make_sending(survey, session=silent)
    answered(survey, 5, evening, q1=8)
    answered(survey, 1, unheard, q1=0)
    shown = page(desk, survey, seance=evening.pk)

    assert (shown.context["scope"].title, shown.context["parts"][0].told[0].shown.n) == (
        f"{evening.activity}, {shown.context['scope'].title.split(', ')[-1]}", 5,
    )  # fmt: skip
    assert (str(unheard.activity) in words(shown), str(silent.activity) in words(shown)) == (False, True)
    assert [page(desk, survey, **odd).status_code for odd in ({"seance": unheard.pk}, {"saison": "1999"})] == [404, 404]


def test_the_conclusion_is_written_by_the_coordination_and_read_by_the_board(desk):
    survey = make_survey(questions=[QuestionKind.SCALE])
    url = reverse("survey_conclusion", args=[survey.pk])
    desk.post(url, {"conclusion": "Revenir **au jardin**."})
    too_long = desk.post(url, {"conclusion": "a" * 5001})

    board = signed_in(Role.BOARD)
    assert "Revenir <strong>au jardin</strong>." in page(board, survey).content.decode()
    assert board.post(url, {"conclusion": "non"}).status_code == 404
    assert ("a" * 5001 in too_long.content.decode(), "Ce que nous en retenons" in words(too_long)) == (True, True)
    survey.refresh_from_db()
    assert survey.conclusion == "Revenir **au jardin**."


def test_a_draft_has_neither_results_nor_report(desk):
    survey = make_survey(questions=[QuestionKind.SCALE], state=SurveyState.DRAFT, opened_on=None)
    told = page(desk, survey)
    refused = desk.get(reverse("survey_report", args=[survey.pk]), follow=True)

    assert "Ce questionnaire n’est pas encore ouvert." in words(told)
    assert "il n’y a rien à rapporter" in words(refused) + refused.content.decode()


def test_a_public_questionnaire_says_that_somebody_may_have_answered_twice(desk):
    survey = make_survey(questions=[QuestionKind.SCALE], audience=SurveyAudience.PUBLIC)

    assert "des doublons sont possibles" in words(page(desk, survey))


@pytest.mark.parametrize(("responses", "questions"), [(1, 2), (12, 2), (12, 20)])
def test_the_page_takes_as_many_statements_whatever_there_is(desk, django_assert_max_num_queries, responses, questions):
    survey = make_survey(questions=[QuestionKind.SCALE, QuestionKind.CHOICES] * (questions // 2))
    answered(survey, responses, **{f"q{rank}": 1 for rank in range(1, questions + 1)})
    page(desk, survey)
    with django_assert_max_num_queries(14):
        page(desk, survey)


def test_the_report_is_a_pdf_that_everyone_can_read_with_words_of_eleven_people_at_least():
    survey = make_survey(
        questions=[QuestionKind.SCALE, QuestionKind.LONG, QuestionKind.SHORT],
        state=SurveyState.CLOSED,
        closed_on=date(2026, 1, 31),
        conclusion="Revenir au jardin.",
    )
    answered(survey, 10, q1=8, q2="Un vrai moment pour soi", q3="Trop tard")
    answered(survey, 3, q1=3, q2="Un vrai moment pour soi")
    corpora(survey)
    for answer in survey.questions.get(position=2).answers.all()[:2]:
        Reading.objects.create(answer=answer, cleared=True, quoted=True, words="Un moment à soi.")
    late = survey.questions.get(position=3).answers.first()
    Reading.objects.create(answer=late, cleared=True, quoted=True, words="Plus tôt.")

    content = pdf.render(reports.KIND, {"survey": survey.pk})

    told = text_of(content)
    assert promises(content) == ACCESSIBLE
    assert {"H1", "H2", "H3", "Table", "Figure"} <= tags_of(read(content))
    assert ("Revenir au jardin." in told, "« Un moment à soi. »" in told, "Plus tôt" in told) == (True, True, False)
    assert "13 réponses" in told


def test_results_are_the_same_through_the_page_and_the_report(desk):
    survey = make_survey(questions=[QuestionKind.SCALE])
    answered(survey, 7, q1=6)
    question, reading = survey.questions.get(), page(desk, survey).context["parts"][0].told[0].drawings[0].reading

    assert results_of(survey).shown(question).n == 7
    assert reading in reports.report(survey=survey.pk).replace("&nbsp;", "\u00a0")
