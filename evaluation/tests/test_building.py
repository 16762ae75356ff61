"""Writing a questionnaire: what each verb does, what it refuses, and that nothing changes once it is open."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from cafe.errors import Refusal
from evaluation.catalogue import MODELS
from evaluation.enums import QuestionKind, SurveyAudience, SurveyKind, SurveyState
from evaluation.forms.questionnaire import QuestionnaireForm
from evaluation.models import Question, Survey
from evaluation.services import building
from evaluation.tests.factories import make_question, make_response, make_sending, make_survey

pytestmark = pytest.mark.django_db
CHOICE = {"kind": QuestionKind.CHOICE, "options": [{"key": key, "label": key.upper()} for key in ("a", "b", "c")]}


def draft(*questions, **fields):
    return make_survey(state=SurveyState.DRAFT, opened_on=None, questions=questions, **fields)


def texts(survey):
    return list(survey.questions.values_list("text", flat=True))


def written(kind=QuestionKind.LONG, **fields):
    return {"text": "Pourquoi ?", "kind": kind} | fields


# --- Ready-made -----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", MODELS)
def test_every_ready_made_questionnaire_opens_and_is_a_form(key):
    ready = MODELS[key]

    survey = building.open_survey(survey=building.create_survey(model=key))

    form = QuestionnaireForm(survey)
    items = [item for section in form.sections for item in section["items"]]
    assert [item.question.text for item in items] == [ask.text for ask in ready.questions]
    assert all(item.condition["words"] for item in items if item.question.condition_id)
    for question in survey.questions.all():
        question.full_clean()
    assert (survey.state, survey.kind, survey.model_key) == (SurveyState.OPEN, ready.kind, key)


def test_a_ready_made_condition_awaits_the_option_that_the_data_names():
    survey = building.create_survey(model="etat-de-sante")

    only_doctors = survey.questions.get(national_key="has_other_gp")

    awaited = [only_doctors.condition.options[value - 1]["key"] for value in only_doctors.condition_values]
    assert (only_doctors.condition.national_key, awaited) == ("profession", ["medecin-generaliste"])


def test_the_mark_of_a_session_is_one_awaited_scale():
    survey = building.create_survey(model="apres-une-seance")

    marks = survey.questions.filter(national_key="satisfaction")
    assert [(mark.kind, mark.required) for mark in marks] == [(QuestionKind.SCALE, True)]


def test_the_cells_is_for_anybody_and_tells_nothing_below_eleven_from_its_draft_on():
    ready = building.create_survey(model="cellule-d-ecoute")
    other = building.update_survey(survey=draft(), values={"kind": SurveyKind.CELL, "audience": "invited"})

    assert {(one.publish_from, one.audience) for one in (ready, other)} == {(11, SurveyAudience.PUBLIC)}
    assert building.update_survey(survey=other, values={"kind": SurveyKind.NEEDS}).publish_from == 5


# --- Opening, closing, copying --------------------------------------------------------------------


def test_opening_needs_a_question_and_a_day_to_come():
    late = draft(QuestionKind.LONG, closes_on=timezone.localdate() - timedelta(days=1))

    with pytest.raises(Refusal, match="Ajoutez au moins une question"):
        building.open_survey(survey=draft())
    with pytest.raises(Refusal, match="clôture est passée"):
        building.open_survey(survey=late)
    assert set(Survey.objects.values_list("state", flat=True)) == {SurveyState.DRAFT}


FROZEN_VERBS = {
    "settings": lambda survey, one: building.update_survey(survey=survey, values={"title": "Autre"}),
    "add": lambda survey, one: building.add_question(survey=survey, values=written()),
    "change": lambda survey, one: building.change_question(question=one, values=written()),
    "condition": lambda survey, one: building.set_condition(question=one, condition=None, values=[]),
    "delete a question": lambda survey, one: building.delete_question(question=one),
    "shift": lambda survey, one: building.shift_question(question=one, step=1),
    "duplicate": lambda survey, one: building.duplicate_question(question=one),
    "delete": lambda survey, one: building.delete_survey(survey=survey),
    "open again": lambda survey, one: building.open_survey(survey=survey),
}


@pytest.mark.parametrize("state", SurveyState.frozen)
@pytest.mark.parametrize("verb", FROZEN_VERBS)
def test_nothing_changes_once_open(state, verb):
    survey = make_survey(state=state, questions=[QuestionKind.SCALE, QuestionKind.LONG])
    before = list(Question.objects.values()), list(Survey.objects.values())

    with pytest.raises(Refusal):
        FROZEN_VERBS[verb](survey, survey.questions.first())

    assert (list(Question.objects.values()), list(Survey.objects.values())) == before


def test_a_stale_page_cannot_write_into_what_was_opened_meanwhile():
    survey = draft(QuestionKind.SCALE)
    seen = Question.objects.select_related("survey").get()
    building.open_survey(survey=survey)

    with pytest.raises(Refusal, match="Copiez-le"):
        building.change_question(question=seen, values=written())


def test_closing_ends_the_sendings_and_keeps_the_answers():
    survey = make_survey(questions=[QuestionKind.SCALE])
    make_response(survey, {survey.questions.get(): 7})
    sending = make_sending(survey, ["une@cafe.example"])

    building.close_survey(survey=survey)

    survey.refresh_from_db()
    sending.refresh_from_db()
    today = timezone.localdate()
    assert (survey.state, survey.closed_on, sending.closed_on) == (SurveyState.CLOSED, today, today)
    assert (sending.invitations.count(), survey.responses.count()) == (0, 1)
    with pytest.raises(Refusal):
        building.close_survey(survey=survey)


@pytest.mark.parametrize(("days", "follows", "chosen"), [(40, 30, 5), (3, 3, 3), (None, 30, 5)])
def test_the_last_day_of_an_open_one_moves_and_its_sendings_follow_as_far_as_they_would_have_gone(
    days, follows, chosen
):
    today = timezone.localdate()
    survey = make_survey(questions=[QuestionKind.SCALE], closes_on=today + timedelta(days=10))
    bound = make_sending(survey, ["une@cafe.example"], starts_on=today, closes_on=survey.closes_on)
    own = make_sending(survey, ["deux@cafe.example"], starts_on=today, closes_on=today + timedelta(days=5))
    over = make_sending(survey, starts_on=today, closes_on=survey.closes_on, closed_on=today)

    building.change_closing(survey=survey, closes_on=days and today + timedelta(days=days))

    for one in (survey, bound, own, over):
        one.refresh_from_db()
    assert survey.closes_on == (days and today + timedelta(days=days))
    assert [(one.closes_on - today).days for one in (bound, own, over)] == [follows, chosen, 10]


@pytest.mark.parametrize(("state", "days"), [(SurveyState.DRAFT, 5), (SurveyState.CLOSED, 5), (SurveyState.OPEN, -1)])
def test_the_last_day_moves_of_an_open_one_alone_and_never_into_the_past(state, days):
    closed_on = timezone.localdate() if state == SurveyState.CLOSED else None
    survey = make_survey(state=state, closed_on=closed_on)
    with pytest.raises(Refusal):
        building.change_closing(survey=survey, closes_on=timezone.localdate() + timedelta(days=days))
    survey.refresh_from_db()
    assert survey.closes_on is None


def test_the_last_day_does_not_come_before_a_sending_that_is_yet_to_leave():
    today = timezone.localdate()
    survey = make_survey(questions=[QuestionKind.SCALE])
    make_sending(
        survey, ["une@cafe.example"], starts_on=today + timedelta(days=6), closes_on=today + timedelta(days=36)
    )

    with pytest.raises(Refusal, match="doit partir"):
        building.change_closing(survey=survey, closes_on=today + timedelta(days=5))
    building.change_closing(survey=survey, closes_on=today + timedelta(days=6))


def test_a_copy_is_the_next_version_and_its_conditions_are_on_its_own_questions():
    source = make_survey(kind=SurveyKind.NEEDS, title="Besoins", questions=[QuestionKind.YES_NO, QuestionKind.LONG])
    first, second = source.questions.all()
    second.condition, second.condition_values = first, [0, 2]
    second.save()
    make_response(source, {first: 1})

    copy = building.copy_survey(survey=source)

    asked, depends = copy.questions.all()
    assert (copy.state, copy.version, copy.previous, copy.opened_on) == (SurveyState.DRAFT, 2, source, None)
    assert (depends.condition, depends.condition_values) == (asked, [0, 2])
    assert (copy.responses.count(), copy.public_key != source.public_key, texts(copy)) == (0, True, texts(source))
    assert building.copy_survey(survey=copy).previous is None


# --- Questions ------------------------------------------------------------------------------------


def test_a_question_keeps_only_what_its_kind_has_a_use_for():
    everything = {
        "options": ["Oui", "Peut-être"], "with_other": True, "low": "peu", "high": "beaucoup", "comment": "Pourquoi ?"
    }  # fmt: skip

    survey = draft()
    for kind in (QuestionKind.SCALE, QuestionKind.CHOICE, QuestionKind.LONG):
        building.add_question(survey=survey, values=written(kind=kind, **everything))

    kept = [(len(one.options), one.with_other, one.low, one.comment) for one in survey.questions.all()]
    assert kept == [(0, False, "peu", "Pourquoi ?"), (2, True, "", "Pourquoi ?"), (0, False, "", "")]


def test_a_question_may_not_leave_the_one_it_depends_on_behind():
    survey = draft(*({"kind": QuestionKind.YES_NO, "text": text} for text in "abc"))
    a, b, c = survey.questions.all()
    building.set_condition(question=b, condition=a, values=[1])

    for question, step in ((b, -1), (a, 1)):
        with pytest.raises(Refusal, match="« b » dépend de la réponse à « a »"):
            building.shift_question(question=question, step=step)
    building.shift_question(question=c, step=-1)
    building.shift_question(question=c, step=-1)

    assert texts(survey) == ["c", "a", "b"]
    assert list(survey.questions.values_list("position", flat=True)) == [1, 2, 3]


def test_a_condition_is_on_an_earlier_question_whose_answers_are_proposed():
    survey = draft(QuestionKind.LONG, QuestionKind.YES_NO, QuestionKind.LONG, QuestionKind.YES_NO)
    words, closed, asked, later = survey.questions.all()
    foreign = make_question(draft(), kind=QuestionKind.YES_NO)

    for condition in (words, later, asked, foreign):
        with pytest.raises(Refusal, match="posée avant"):
            building.set_condition(question=asked, condition=condition, values=[1])
    with pytest.raises(Refusal, match="au moins une des réponses"):
        building.set_condition(question=asked, condition=closed, values=[7])
    kept = building.set_condition(question=asked, condition=closed, values=[2, 0, 7])
    assert (kept.condition, kept.condition_values) == (closed, [0, 2])
    assert building.set_condition(question=asked, condition=None, values=[1]).condition_values == []


def test_what_others_depend_on_stays():
    survey = draft(CHOICE, QuestionKind.LONG)
    choice, depends = survey.questions.all()
    building.set_condition(question=depends, condition=choice, values=[2])

    with pytest.raises(Refusal, match="sa sorte ne change pas"):
        building.change_question(question=choice, values=written(QuestionKind.YES_NO))
    with pytest.raises(Refusal, match="une réponse que vous retirez"):
        building.change_question(question=choice, values=written(QuestionKind.CHOICE, options=["A", "C"]))
    with pytest.raises(Refusal, match="Changez d’abord sa condition"):
        building.delete_question(question=choice)

    building.change_question(question=choice, values=written(QuestionKind.CHOICE, options=["C", "Zéro", "A", "B"]))
    depends.refresh_from_db()
    assert depends.condition_values == [4]


@pytest.mark.parametrize(
    ("labels", "keys"),
    [
        (["A", "B", "C"], ["a", "b", "c"]),
        (["C", "B", "A"], ["c", "b", "a"]),
        (["A", "Bé", "C"], ["a", "b", "c"]),
        (["A", "C"], ["a", "c"]),
        (["A", "B", "C", "D’abord"], ["a", "b", "c", "d-abord"]),
        (["A", "A !", "B", "C"], ["a", "a-2", "b", "c"]),
    ],
)
def test_an_option_keeps_its_key_where_its_words_stay_or_change_in_place(labels, keys):
    assert [option["key"] for option in building.keyed(labels, CHOICE["options"])] == keys


def test_what_no_longer_answers_as_the_national_question_is_not_compared_with_it():
    survey = building.create_survey(model="etat-de-sante")
    health, life = (survey.questions.get(national_key=key) for key in ("health_not_good", "life_below_7"))
    labels = [option["label"] for option in health.options]

    building.change_question(question=health, values=written(health.kind, options=labels))
    assert survey.questions.filter(national_key="health_not_good").exists()
    building.change_question(question=health, values=written(health.kind, options=labels[1:]))
    building.change_question(question=life, values=written(QuestionKind.VISUAL))

    assert not survey.questions.filter(national_key__in=["health_not_good", "life_below_7"]).exists()


def test_a_question_is_repeated_just_after_and_compared_with_nothing():
    survey = building.create_survey(model="apres-une-seance")
    mark = survey.questions.get(national_key="satisfaction")

    twin = building.duplicate_question(question=mark)

    twin.refresh_from_db()
    assert (twin.text, twin.position, twin.national_key) == (mark.text, mark.position + 1, "")
    assert list(survey.questions.values_list("position", flat=True)) == list(range(1, 9))


def test_a_questionnaire_that_nobody_would_finish_is_refused(monkeypatch):
    monkeypatch.setattr(building, "MAX_QUESTIONS", 1)
    survey = draft(QuestionKind.LONG)

    with pytest.raises(Refusal, match="au bout"):
        building.add_question(survey=survey, values=written())
    with pytest.raises(Refusal, match="au bout"):
        building.duplicate_question(question=survey.questions.get())


def test_deleting_a_question_closes_the_ranks():
    survey = draft(*({"kind": QuestionKind.LONG, "text": text} for text in "abc"))

    building.delete_question(question=survey.questions.get(text="b"))

    assert list(survey.questions.values_list("text", "position")) == [("a", 1), ("c", 2)]


def test_a_question_that_somebody_has_just_deleted_is_said_to_be_gone(db):
    survey = draft(written(text="Un"), written(text="Deux"))
    first = survey.questions.first()
    building.delete_question(question=Question.objects.get(pk=first.pk))

    for verb in (partial(building.shift_question, step=1), building.delete_question):
        with pytest.raises(Refusal) as refused:
            verb(question=first)
        assert refused.value.sentence == "Cette question vient d’être supprimée."
    assert texts(survey) == ["Deux"]
