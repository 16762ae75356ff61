"""How many answered, as far as it may be told, and what is said of those who answer late."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.tests.factories import make_session
from evaluation.enums import QuestionKind, ResponseSource
from evaluation.services.rates import Rate, late_sentence, rates_of
from evaluation.tests.factories import make_response, make_sending, make_survey

pytestmark = pytest.mark.django_db
SATISFACTION = {"kind": QuestionKind.SCALE, "national_key": "satisfaction"}


def emails(count):
    return [f"personne{number}@cafe.example" for number in range(count)]


def sent(survey, count, **fields):
    return make_sending(survey, emails(count), last_sent_on=timezone.localdate(), **fields)


def answers(survey, count, *, days_ago=1, **fields):
    for _ in range(count):
        make_response(survey, day=timezone.localdate() - timedelta(days=days_ago), **fields)


def test_answers_of_each_session_online_and_on_paper_up_to_last_night(django_assert_num_queries):
    survey, one, other = make_survey(), make_session(), make_session()
    sent(survey, 20, session=one)
    sent(survey, 10, session=other)
    make_sending(survey, emails(40))
    answers(survey, 6, session=one)
    answers(survey, 2, session=one, source=ResponseSource.PAPER)
    answers(survey, 9, session=one, days_ago=0)
    answers(survey, 9, session=one, source=ResponseSource.IMPORT)
    answers(survey, 5, session=other)

    with django_assert_num_queries(2):
        rates = rates_of(survey)

    assert rates.of_sessions == {one.pk: Rate(20, 8, 5), other.pk: Rate(10, 5, 5)}
    assert (rates.whole, rates.whole.share, rates.is_partial) == (Rate(30, 13, 5), 13 / 30, False)


def test_few_answers_are_not_counted_nor_given_away_by_the_whole():
    survey, one, other = make_survey(), make_session(), make_session()
    sent(survey, 20, session=one)
    sent(survey, 10, session=other)
    answers(survey, 8, session=one)
    answers(survey, 4, session=other)

    rates = rates_of(survey)

    assert (rates.of_sessions[other.pk].words, rates.whole.words) == (
        "moins de 5 réponses",
        "8 réponses, soit 40\u00a0%",
    )
    assert rates.is_partial


def test_more_answers_than_people_invited_make_no_rate():
    survey = make_survey()
    sent(survey, 5)
    answers(survey, 6)

    assert rates_of(survey).whole.words == "6 réponses"


@pytest.mark.parametrize(
    ("late", "words"),
    [(5, "sont moins satisfaits"), (9, "ne se distinguent pas"), (10, "sont plus satisfaits")],
)
def test_late_answers_are_compared_in_words(late, words):
    survey = make_survey(questions=[QuestionKind.SCALE, SATISFACTION])
    question = survey.questions.last()
    for number in range(11):
        answers(survey, 1, values={question: 9 if late == 9 else 7 + number % 2})
        answers(survey, 1, values={question: late - number % 2 * (late == 5)}, wave=1)

    sentence = late_sentence(survey)

    assert words in sentence
    assert not any(char.isdigit() for char in sentence)


def test_marks_are_counted_by_the_database_and_kept_under_the_lock(django_assert_num_queries):
    survey = make_survey(questions=[SATISFACTION])
    question = survey.questions.get()
    answers(survey, 40, values={question: 9})
    with CaptureQueriesContext(connection) as first:
        late_sentence(survey)
    answers(survey, 4, values={question: 3})

    writes = [one["sql"].split()[0] for one in first if '"evaluation_' in one["sql"]]
    assert writes == ["SELECT"] * 7 + ["INSERT"]
    with django_assert_num_queries(3):
        late_sentence(survey)


def test_nothing_is_said_under_eleven_and_the_words_are_renewed_by_five_answers():
    survey = make_survey(questions=[SATISFACTION])
    question = survey.questions.get()
    answers(survey, 15, values={question: 9})
    answers(survey, 10, values={question: 9}, wave=2)
    few = late_sentence(survey)
    answers(survey, 4, values={question: 0}, wave=2)
    still = late_sentence(survey)
    answers(survey, 1, values={question: 0}, wave=2)

    assert (few, still) == ("", "")
    assert "moins satisfaits" in late_sentence(survey)
