"""Beside the country and beside an earlier wave: from published classes alone, and never more than a gap."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from evaluation.blocks import Place
from evaluation.enums import QuestionKind, SurveyKind, SurveyState
from evaluation.models import Answer, Question, Response
from evaluation.national import figures
from evaluation.services.comparing import against_figure, difference_of_means, same_question, share_of
from evaluation.specs import spec_of
from evaluation.statistics import Gap, Interval
from evaluation.tests.factories import make_question, make_survey
from evaluation.thresholds import Mean, Row, Shown, advance, shown

K = QuestionKind


def table(**counts):
    """counts: {values joined by _: how many}, as « _0_1_2=6 »."""
    classes = {tuple(map(int, key.strip("_").split("_"))): count for key, count in counts.items()}
    n = sum(classes.values())
    return Shown(n, None, tuple(Row(values, count, n, count / n, 0, 1) for values, count in classes.items()))


def against(key, kind, told):
    return against_figure(Question(kind=kind, text="?", national_key=key), figures()[key], told)


# --- From published classes -----------------------------------------------------------------------


def test_a_share_is_made_of_whole_classes_only():
    cut = frozenset(range(7))

    assert share_of(table(_0_1_2_3_4_5_6=12, _7_8=8, _9_10=5), cut).count == 12
    assert share_of(table(_0_1_2_3_4=7, _5_6=5, _7_8_9_10=13), cut).count == 12
    assert share_of(table(_0_1_2_3_4_5_6_7=12, _8_9_10=8), cut) is None
    assert share_of(Shown(9), cut) is None


def test_a_class_on_both_sides_of_the_limit_is_not_compared_and_too_few_is_another_matter():
    merged = against("life_below_7", K.SCALE, table(_0_1_2_3_4_5_6_7=12, _8_9_10=8))
    few = against("life_below_7", K.SCALE, Shown(10))

    assert (merged.here, merged.gap) == (None, None)
    assert (few.here, few.gap) == (None, Gap.TOO_FEW)


@pytest.mark.parametrize(
    ("below", "above", "gap"), [(90, 10, Gap.ABOVE), (10, 90, Gap.BELOW), (53, 47, Gap.UNCLEAR), (6, 5, Gap.UNCLEAR)]
)
def test_a_share_beside_the_country_is_above_below_or_unclear(below, above, gap):
    found = against("life_below_7", K.SCALE, table(_0_1_2_3_4_5_6=below, _7_8_9_10=above))

    assert (found.gap, found.n, found.here.value) == (gap, below + above, below / (below + above))


def test_dont_know_counts_among_all_and_never_in_the_share():
    found = against("no_gp", K.YES_NO, table(_0=20, _1=60, _2=20))

    assert found.here.value == 0.2


def told_at_closing(question, **counts):
    """What is shown of a questionnaire that nobody looked at before it was closed."""
    spec, places = spec_of(question), [Place("all", None, True)]
    live = Counter({int(value.strip("_")): count for value, count in counts.items()})
    return shown(spec, advance(spec, {"all": live}, places), places, "all")


@pytest.mark.parametrize(("key", "counted"), [("no_gp", 0), ("sleeps_too_little", 1)])
def test_a_rare_answer_can_be_compared_and_a_rare_dont_know_joins_the_one_that_does_not_count(key, counted):
    question = Question(kind=K.YES_NO, text="?", national_key=key)
    told = told_at_closing(question, **{f"_{counted}": 14, f"_{1 - counted}": 84, "_2": 2})

    found = against_figure(question, figures()[key], told)

    assert (found.here.value, found.n) == (0.14, 100)


def test_degrees_of_health_join_their_neighbours_so_that_good_and_not_good_stay_apart():
    options = [{"key": key, "label": key} for key in ("very_good", "good", "fairly_good", "bad", "very_bad")]
    question = Question(kind=K.CHOICE, text="?", national_key="health_not_good", options=options)

    told = told_at_closing(question, _1=2, _2=20, _3=30, _4=9, _5=1)

    assert [row.values for row in told.rows] == [(1, 2), (3,), (4, 5)]
    assert round(against_figure(question, figures()["health_not_good"], told).here.value, 3) == round(40 / 62, 3)


def test_a_mean_is_compared_by_its_interval_and_none_without_one():
    sure = Shown(40, Mean(8.0, 0.1, 7.6, 8.4))
    vague = Shown(40, Mean(6.9, 0.1, 6.2, 7.6))
    few = Shown(8, Mean(8.0, 0.3))

    gaps = [against("gp_wellbeing", K.SCALE, told).gap for told in (sure, vague, few)]
    assert gaps == [Gap.ABOVE, Gap.UNCLEAR, Gap.TOO_FEW]


def test_the_interval_of_a_difference_of_means_is_made_of_both():
    gap = difference_of_means(Interval(7.0, 6.7, 7.3), Interval(6.0, 5.6, 6.4))

    assert (gap.value, round(gap.low, 6), round(gap.high, 6)) == (1.0, 0.5, 1.5)


def test_the_same_question_is_known_by_its_key_or_word_for_word_and_answered_in_the_same_way():
    asked = Question(kind=K.SCALE, text="Votre vie, en ce moment ?", national_key="life_below_7")
    reworded = Question(kind=K.SCALE, text="Notez votre vie", national_key="life_below_7")
    other_kind = Question(kind=K.YES_NO, text="Votre vie, en ce moment ?", national_key="life_below_7")
    plain = Question(kind=K.YES_NO, text="Dormez-vous ?")
    choice = Question(kind=K.CHOICE, text="Où ?", options=[{"key": "a", "label": "Ici"}])
    other_choice = Question(kind=K.CHOICE, text="Où ?", options=[{"key": "a", "label": "Là"}])

    assert same_question(asked, [other_kind, reworded]) is reworded
    assert same_question(plain, [Question(kind=K.YES_NO, text="Dormez-vous ?")]) is not None
    assert same_question(choice, [other_choice]) is None


# --- Pages ----------------------------------------------------------------------------------------


def spread(below, above):
    """Marks on both sides of 7, so that classes need not be merged across it."""
    return [3 + number % 4 for number in range(below)] + [7 + number % 2 for number in range(above)]


def health(marks, sleeps=(), **fields):
    """A closed questionnaire; marks: of one's life, one a person; sleeps: 1, 0 or 2, beside them."""
    day = timezone.localdate() - timedelta(days=3)
    survey = make_survey(
        kind=SurveyKind.HEALTH, state=SurveyState.CLOSED, opened_on=day - timedelta(days=30), closed_on=day, **fields
    )
    life = make_question(survey, kind=K.SCALE, text="Votre vie ?", national_key="life_below_7")
    sleep = make_question(survey, kind=K.YES_NO, text="Dormez-vous trop peu ?", national_key="sleeps_too_little")
    responses = Response.objects.bulk_create(Response(survey=survey, day=day) for _ in marks)
    given = [*((life, mark) for mark in marks)], [*((sleep, value) for value in sleeps)]
    Answer.objects.bulk_create(
        Answer(response=response, question=question, value=value)
        for answers in given
        for response, (question, value) in zip(responses, answers, strict=False)
    )
    return survey


def page_of(response):
    return " ".join(response.content.decode().replace("&nbsp;", " ").replace("\u00a0", " ").split())


def look(desk, survey, query=""):
    return page_of(desk.get(reverse("survey_nation", args=[survey.pk]) + query))


def test_the_page_says_where_the_territory_stands_and_where_the_figure_comes_from(desk):
    survey = health(spread(40, 10), sleeps=[1] * 30 + [0] * 15)

    page = look(desk, survey)

    assert "Ici, 80 % (67 à 89 %), sur 50 réponses ; en France, 53 %. Écart significatif, au-dessus." in page
    assert "Ici, 67 % (52 à 79 %), sur 45 réponses ; en France, 77 %. Écart non significatif" in page
    assert "Consultation du ministère chargé de la Santé, 2023. Interrogés : professionnels de santé" in page
    assert "environ 50 000 réponses" in page
    assert "Environ 33 %." in page  # among the figures that this questionnaire does not ask for


def test_eleven_answers_that_merge_across_the_limit_are_not_compared(desk):
    page = look(desk, health([6] * 3 + [7] * 4 + [10] * 5))

    assert "Pas assez de détail pour comparer" in page
    assert "Ici," not in page


def test_what_is_too_few_is_not_compared(desk):
    page = look(desk, health([3] * 10))

    assert "Trop peu de réponses pour comparer : il en faut 11" in page
    assert "Ici," not in page


def test_a_wave_is_compared_with_the_version_it_was_copied_from(desk):
    before = health(spread(45, 15), sleeps=[1] * 30 + [0] * 30, title="Première")
    now = health(spread(15, 45), sleeps=[1] * 28 + [0] * 32, previous=before, version=2, title="Seconde")

    page, alone = look(desk, now), look(desk, now, "?avec=")

    assert "Ici, 25 % (16 à 37 %), sur 60 réponses ; auparavant, 75 %. Écart significatif, en dessous." in page
    assert "Ici, 47 % (35 à 59 %), sur 60 réponses ; auparavant, 50 %. Écart non significatif" in page
    assert "auparavant" not in alone
    assert '<th scope="row">Une vie notée au-dessous de 7 sur 10</th> <td class="num" data-label="Ici">25 %' in page


def test_another_questionnaire_is_compared_when_chosen_and_an_unknown_one_is_not_there(desk):
    before, now = health(spread(45, 15)), health(spread(15, 45))

    assert "auparavant, 75 %" in look(desk, now, f"?avec={before.pk}")
    assert "auparavant" not in look(desk, now)
    assert desk.get(reverse("survey_nation", args=[now.pk]) + f"?avec={now.pk}").status_code == 404


def test_burnout_is_never_crossed_with_the_profession(desk):
    survey = health([5] * 12)
    make_question(survey, kind=K.CHOICE, text="Où en êtes-vous ?", national_key="burnout")

    page = look(desk, survey)

    assert "croiser la profession et l’épuisement désignerait quelqu’un" in page
    assert "56,5 %" in page


def test_a_draft_and_a_questionnaire_that_nobody_asked_elsewhere_say_what_to_do(desk):
    draft = look(desk, make_survey(state=SurveyState.DRAFT))
    other = look(desk, make_survey(questions=[K.SCALE]))

    assert "n’est pas encore ouvert" in draft
    assert "Le modèle « État de santé du territoire » les contient toutes." in other
    assert "Ce questionnaire est le premier de sa nature." in other


def test_the_number_of_statements_depends_neither_on_answers_nor_on_questions(desk):
    before = health(spread(20, 20))
    small = health([3] * 12, previous=before)
    large = health(spread(45, 15), sleeps=[1] * 30 + [0] * 30, previous=before)
    for number in range(10):
        make_question(large, kind=K.SCALE, text=f"Question {number}")
    counts = []
    for survey in (small, large):
        url = reverse("survey_nation", args=[survey.pk])
        desk.get(url)
        with CaptureQueriesContext(connection) as made:
            desk.get(url)
        counts.append(len(made))

    assert counts[0] == counts[1]
