from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.seasons import Season
from activities.tests.factories import make_session
from evaluation.enums import QuestionKind, SurveyState
from evaluation.models import ResultSnapshot
from evaluation.services.results import TOTAL, _read, _renewed, results_of, season_place, session_place
from evaluation.specs import label_of, spec_of
from evaluation.tests.factories import make_question, make_response, make_sending, make_survey
from evaluation.thresholds import Mean, Shown

TODAY = date(2026, 3, 12)
BEFORE = date(2026, 3, 2)

pytestmark = pytest.mark.django_db


def answered(survey, question, *values, **fields):
    for value in values:
        make_response(survey, {question: value}, **({"day": BEFORE} | fields))


def a_survey(*questions, **fields):
    survey = make_survey(questions=questions or [QuestionKind.SCALE], opened_on=date(2026, 3, 1), **fields)
    return survey, *survey.questions.all()


def an_evening(day, **fields):
    return make_session(starts_at=datetime(*day, 18, tzinfo=UTC), **fields)


def test_nothing_is_told_of_four_answers_and_the_mean_of_five():
    survey, mark = a_survey()
    answered(survey, mark, 8, 9, 7, 8)
    four = results_of(survey, today=TODAY).shown(mark)
    answered(survey, mark, 9)

    assert (four, results_of(survey, today=TODAY).shown(mark)) == (Shown(), Shown(5, Mean(8.3, 0.3)))


def test_answers_of_the_day_wait_for_the_morrow_at_closing_too():
    survey, mark = a_survey(state=SurveyState.CLOSED, closed_on=TODAY)
    answered(survey, mark, 8, 9, 7, 8, 9, day=TODAY)

    assert results_of(survey, today=TODAY).shown(mark) == Shown()
    assert results_of(survey, today=TODAY + timedelta(days=1)).shown(mark).n == 5


def test_sessions_seasons_and_the_total_each_tell_whole_blocks():
    survey, mark = a_survey()
    evenings = [an_evening((2025, 10, 7)), an_evening((2026, 1, 6)), an_evening((2025, 5, 6))]
    for evening, count in zip(evenings, (6, 3, 5), strict=True):
        answered(survey, mark, *[8] * count, session=evening)
    results = results_of(survey, today=TODAY)
    places = [*(session_place(evening.pk) for evening in evenings), *map(season_place, results.seasons), TOTAL]

    assert [results.shown(mark, place).n for place in places] == [6, 0, 5, 6, 5, 11]
    assert (results.seasons, results.shown(mark, "session:0")) == ([Season(2025), Season(2024)], Shown())


def test_what_a_closed_sending_cannot_show_joins_the_total_once_its_season_is_over():
    survey, mark = a_survey()
    for month in (3, 4):
        evening = an_evening((2025, month, 4))
        make_sending(survey, session=evening, closed_on=date(2025, 5, 4))
        answered(survey, mark, *[7] * 3, session=evening)
    running = an_evening((2025, 10, 7))
    make_sending(survey, session=running, closed_on=date(2025, 11, 7))
    answered(survey, mark, *[7] * 4, session=running)
    results = results_of(survey, today=TODAY)

    assert [results.shown(mark, place).n for place in ("season:2024", "season:2025", TOTAL)] == [6, 0, 6]


def test_a_look_writes_only_when_more_may_be_told():
    survey, mark = a_survey()
    answered(survey, mark, *[8] * 4)
    results_of(survey, today=TODAY)
    none_yet = ResultSnapshot.objects.count()
    answered(survey, mark, 8)
    results_of(survey, today=TODAY)
    answered(survey, mark, *[3] * 4)
    with CaptureQueriesContext(connection) as looked:
        again = results_of(survey, today=TODAY)
    answered(survey, mark, 3)
    results_of(survey, today=TODAY)

    assert [q["sql"] for q in looked if not q["sql"].startswith("SELECT")] == []
    assert (none_yet, again.shown(mark)) == (0, Shown(5, Mean(8.3, 0.3)))
    assert ResultSnapshot.objects.get().content["questions"][str(mark.pk)]["blocks"][TOTAL]["taken"] == {"3": 5, "8": 5}


def test_of_two_who_look_at_once_the_second_starts_from_what_the_first_told():
    survey, mark = a_survey()
    answered(survey, mark, *[8] * 5)
    slow = _read({survey.pk: survey}, TODAY)[survey.pk]
    answered(survey, mark, 0)
    quick = results_of(survey, today=TODAY)
    answered(survey, mark, *[8] * 4)

    assert (slow.results.shown(mark).n, quick.shown(mark).n) == (5, 6)
    assert _renewed(slow, TODAY).shown(mark).n == results_of(survey, today=TODAY).shown(mark).n == 6


def test_the_threshold_of_the_cell_is_eleven():
    survey, mark = a_survey(kind="cell", publish_from=11)
    answered(survey, mark, *[8] * 10)
    ten = results_of(survey, today=TODAY).shown(mark).n
    answered(survey, mark, 8)

    assert (ten, results_of(survey, today=TODAY).shown(mark).n) == (0, 11)


def test_each_kind_of_question_is_counted_in_its_own_way():
    options = [{"key": "a", "label": "Le lundi"}, {"key": "b", "label": "Le mardi"}]
    survey, visual, who5, choices, words = a_survey(
        QuestionKind.VISUAL, QuestionKind.WHO5, {"kind": QuestionKind.CHOICES, "options": options, "with_other": True},
        QuestionKind.LONG,
    )  # fmt: skip
    for rank in range(12):
        given = {visual: 44 + rank % 2, who5: 4 * rank, choices: [1, 2] if rank < 6 else [2], words: "Merci"}
        make_response(survey, given, day=BEFORE)
    results = results_of(survey, today=TODAY)

    assert (results.shown(visual).n, results.shown(visual).mean.value) == (12, 44.6)
    assert [(row.values, row.count) for row in results.shown(who5).rows] == []
    assert [(row.values, row.count, row.n) for row in results.shown(choices).rows] == [((1,), 6, 12)]
    assert (spec_of(words), results.shown(words)) == (None, Shown())


def test_a_question_under_a_condition_is_told_with_the_table_of_the_one_it_hangs_on():
    survey, asked = a_survey(QuestionKind.YES_NO)
    then = make_question(survey, condition=asked, condition_values=[1])
    for _ in range(7):
        make_response(survey, {asked: 1, then: 8}, day=BEFORE)
    answered(survey, asked, 0, 0, 0, 0)
    seen = [results_of(survey, today=TODAY).shown(then).n]
    for values in ({asked: 1, then: 3}, {asked: 0}):
        for _ in range(5):
            make_response(survey, values, day=BEFORE)
        results = results_of(survey, today=TODAY)
        seen.append((results.shown(asked).rows[0].count if results.shown(asked).rows else 0, results.shown(then).n))

    assert seen == [0, (0, 0), (12, 12)]


def test_what_hangs_on_an_answer_that_is_merged_with_others_is_not_told():
    survey, asked = a_survey(QuestionKind.YES_NO)
    then = make_question(survey, condition=asked, condition_values=[0])
    for values, times in (({asked: 1}, 8), ({asked: 0, then: 8}, 7), ({asked: 2}, 1)):
        for _ in range(times):
            make_response(survey, values, day=BEFORE)
    results = results_of(survey, today=TODAY)

    assert ([row.count for row in results.shown(asked).rows], results.shown(then)) == ([8, 8], Shown())


@pytest.mark.parametrize(("responses", "questions"), [(1, 2), (3, 2), (30, 20)])
def test_reading_takes_as_many_statements_whatever_there_is(responses, questions, django_assert_max_num_queries):
    survey, *asked = a_survey(*[QuestionKind.SCALE, QuestionKind.CHOICES] * (questions // 2))
    for number in range(responses):
        evening = an_evening((2025, 10, 1 + number % 9)) if number < 9 else None
        make_response(survey, dict.fromkeys(asked, 1), day=BEFORE, session=evening)
    results_of(survey, today=TODAY)
    make_response(survey, dict.fromkeys(asked, 1), day=BEFORE)
    with django_assert_max_num_queries(7):
        results_of(survey, today=TODAY)


def test_classes_are_called_by_what_they_gather():
    mark, visual, agreement = (make_question(make_survey(), kind=kind) for kind in ("scale", "visual", "agreement"))
    yes_no = make_question(make_survey(), kind="yes_no")

    assert [label_of(mark, values) for values in ((7,), (7, 8), (0, 1, 2, 3))] == ["7", "7 ou 8", "de 0 à 3"]
    assert (label_of(visual, (40, 50, 60)), label_of(yes_no, (0, 2))) == ("de 40 à 60", "Non ou je ne sais pas")
    assert label_of(agreement, (1, 2)) == "Pas du tout d’accord ou plutôt pas d’accord"
