import pytest

from evaluation.enums import QuestionKind
from evaluation.forms.questionnaire import MISSING, NOTHING, WHO5_MISSING, QuestionnaireForm
from evaluation.models import Answer
from evaluation.services.answering import store_response
from evaluation.tests.factories import make_question, make_survey
from evaluation.values import WHO5_ANSWERS, WHO5_ITEMS
from resources import wellbeing

pytestmark = pytest.mark.django_db

OPTIONS = [{"key": "talk", "label": "Entretien"}, {"key": "group", "label": "Groupe de parole"}]


def asked(**fields):
    survey = make_survey()
    return survey, make_question(survey, **fields)


def typed(question, given):
    """given: what is typed in the one field, or {end of a field's name: what is typed}."""
    given = given if isinstance(given, dict) else {"": given}
    return {f"q{question.pk}{suffix}": value for suffix, value in given.items()}


def kept(survey, data):
    form = QuestionnaireForm(survey, data)
    assert form.is_valid(), form.errors
    response = store_response(survey=survey, answers=form.answers())
    return sorted(response.answers.values_list("value", "text", "comment"), key=str)


def who5(points):
    return {f"_{n}": point for n, point in enumerate(points, start=1)}


@pytest.mark.parametrize(
    ("fields", "given", "answers"),
    [
        ({"kind": "scale"}, "0", [(0, "", False)]),
        ({"kind": "agreement"}, "4", [(4, "", False)]),
        ({"kind": "yes_no"}, "2", [(2, "", False)]),
        ({"kind": "choice", "options": OPTIONS}, "2", [(2, "", False)]),
        ({"kind": "choices", "options": OPTIONS}, ["1", "2"], [(1, "", False), (2, "", False)]),
        ({"kind": "visual"}, "53", [(53, "", False)]),
        ({"kind": "short"}, " un soir \x07par mois ", [(None, "un soir par mois", False)]),
        ({"kind": "long"}, "Deux\r\nlignes", [(None, "Deux\nlignes", False)]),
        ({"kind": "who5"}, who5([5, 4, 3, 2, 0]), [(56, "", False)]),
        (
            {"kind": "scale", "comment": "Pourquoi ?"},
            {"": "7", "_comment": "Le calme."},
            [(7, "", False), (None, "Le calme.", True)],
        ),
    ],
)
def test_each_kind_is_kept_as_its_numbers_or_words(fields, given, answers):
    survey, question = asked(**fields)
    assert kept(survey, typed(question, given)) == sorted(answers, key=str)


@pytest.mark.parametrize(
    ("kind", "given", "answers"),
    [
        ("choice", {"": "99", "_other": "Yoga"}, [(99, "Yoga", False)]),
        ("choice", {"_other": "Yoga"}, [(99, "Yoga", False)]),
        ("choice", {"": "1", "_other": "Yoga"}, [(1, "", False)]),
        ("choices", {"": ["1"], "_other": "Yoga"}, [(1, "", False), (99, "Yoga", False)]),
        ("choices", {"": ["99"]}, [(99, "", False)]),
    ],
)
def test_words_beside_other_are_kept_with_it(kind, given, answers):
    survey, question = asked(kind=kind, options=OPTIONS, with_other=True)
    assert kept(survey, typed(question, given)) == answers


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("scale", "11"),
        ("scale", "-1"),
        ("yes_no", "3"),
        ("choice", "99"),
        ("choices", ["3"]),
        ("visual", "101"),
        ("visual", "1.5"),
        ("short", "x" * 301),
        ("long", "x" * 5001),
        ("long", "a\x00b"),
        ("who5", who5([6, 1, 1, 1, 1])),
    ],
)
def test_what_is_no_answer_is_refused(kind, given):
    survey, question = asked(kind=kind, options=OPTIONS if "choice" in kind else [])
    form = QuestionnaireForm(survey, typed(question, given))
    assert [item.question for item in form.items_in_error] == [question]


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_an_awaited_answer_is_asked_for_again(kind):
    survey, question = asked(kind=kind, required=True, options=OPTIONS, comment="Pourquoi ?")
    form = QuestionnaireForm(survey, typed(question, {"_comment": "Parce que."}))
    (item,) = form.items_in_error
    assert item.errors == [WHO5_MISSING if kind == "who5" else MISSING]
    assert f'id="{item.anchor}"' in str(item.field)  # where the summary leads


def test_of_a_half_filled_index_nothing_is_kept_and_the_person_is_told():
    survey, question = asked(kind="who5")
    other = make_question(survey, kind="scale")
    form = QuestionnaireForm(survey, typed(question, who5([5, 4, 3])) | typed(other, "5"))
    assert form.is_valid()
    assert form.half_index
    assert [answer.question for answer in form.answers()] == [other]


def test_five_sentences_can_be_taken_back():
    survey, question = asked(kind="who5")
    form = QuestionnaireForm(survey, typed(question, who5([1] * 5) | {"_none": "on"}))
    assert form.errors == {"__all__": [NOTHING]}


def test_nothing_at_all_is_no_response():
    survey, _ = asked(kind="scale")
    assert QuestionnaireForm(survey, {}).errors == {"__all__": [NOTHING]}


def test_a_question_whose_condition_is_not_met_was_not_asked():
    survey, first = asked(kind="yes_no")
    second = make_question(survey, kind="scale", required=True, condition=first, condition_values=[1])
    third = make_question(survey, kind="visual", required=True, condition=second, condition_values=[9, 10])
    # What came for the third is no answer, and what came for the second is one: neither was asked.
    data = typed(first, "0") | typed(second, "9") | typed(third, "1000")
    assert kept(survey, data) == [(0, "", False)]
    assert kept(survey, typed(first, "1") | typed(second, "8") | typed(third, "1000")) == [
        (1, "", False),
        (8, "", False),
    ]
    assert set(QuestionnaireForm(survey, typed(first, "1") | typed(second, "9")).errors) == {f"q{third.pk}"}
    assert set(QuestionnaireForm(survey, typed(first, "1")).errors) == {f"q{second.pk}"}


def test_conditions_that_turn_in_a_circle_ask_nothing_and_break_nothing():
    survey, first = asked(kind="yes_no")
    second = make_question(survey, kind="yes_no", condition=first, condition_values=[1])
    first.condition, first.condition_values = second, [1]
    first.save()
    form = QuestionnaireForm(survey, typed(first, "1") | typed(second, "1"))
    assert form.errors == {"__all__": [NOTHING]}


def test_sections_keep_the_order_and_what_comes_before_the_first_heading():
    survey, first = asked(kind="scale")
    second = make_question(survey, section="Vous")
    third = make_question(survey)
    shown = [(part["title"], [item.question for item in part["items"]]) for part in QuestionnaireForm(survey).sections]
    assert shown == [("", [first]), ("Vous", [second, third])]


def test_a_form_of_many_questions_reads_them_at_once(django_assert_num_queries):
    survey = make_survey(questions=[QuestionKind.SCALE] * 12)
    with django_assert_num_queries(1):
        _ = QuestionnaireForm(survey).sections


def test_the_index_has_the_words_of_the_prevention_page():
    assert (WHO5_ITEMS, WHO5_ANSWERS) == (wellbeing.ITEMS, wellbeing.ANSWERS)


def test_answers_keep_no_moment():
    names = {field.name for field in Answer._meta.get_fields() if field.concrete}
    assert names == {"id", "response", "question", "value", "text", "comment"}
