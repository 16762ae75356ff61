"""Writing a questionnaire, opening it, closing it. What is open is frozen: it is changed by copying it.

The questionnaire is locked before its questions are read, so that opening one while somebody edits it freezes either
what was there before, or what is there after.
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from cafe.errors import Refusal
from evaluation.catalogue import MODELS
from evaluation.enums import QuestionKind, SurveyAudience, SurveyKind, SurveyState
from evaluation.models import Question, Survey
from evaluation.models.surveys import CELL_PUBLISHED_FROM, PUBLISHED_FROM
from evaluation.services import sending
from evaluation.values import OTHER, choices_of

MAX_QUESTIONS = 60
FROZEN = "Ce questionnaire est ouvert : ses questions ne changent plus. Copiez-le pour le modifier."
PROFESSION = "profession"
KEPT_SETTINGS = ("kind", "audience", "title", "intro", "thanks", "reminders", "reminder_days", "model_key")
KEPT_OF_A_QUESTION = (
    *("section", "kind", "text", "help_text", "required", "options", "with_other"),
    *("low", "high", "comment", "condition_values"),
)


# --- The questionnaire ----------------------------------------------------------------------------


def lock(survey):
    """Return the questionnaire, locked until the transaction ends. Raises Refusal where it was deleted meanwhile."""
    found = Survey.objects.select_for_update(of=("self",), no_key=True).filter(pk=survey.pk).first()
    if found is None:
        raise Refusal("Ce questionnaire vient d’être supprimé.")
    return found


def lock_draft(survey):
    """The same of one whose questions may still change. Raises Refusal where it is open or closed."""
    survey = lock(survey)
    if survey.is_frozen:
        raise Refusal(FROZEN)
    return survey


def ruled(kind):
    """Return what the kind of a questionnaire imposes: the cell's is for anybody, and tells nothing below eleven."""
    if kind == SurveyKind.CELL:
        return {"publish_from": CELL_PUBLISHED_FROM, "audience": SurveyAudience.PUBLIC}
    return {"publish_from": PUBLISHED_FROM}


@transaction.atomic
def create_survey(*, model="", values=None):
    """Make a draft, empty or from a ready-made questionnaire (key of catalogue.MODELS); values: fields of its own."""
    ready = MODELS.get(model)
    of_the_model = ("kind", "audience", "title", "intro", "thanks", "reminders")
    fields = {name: getattr(ready, name) for name in of_the_model} if ready else {}
    fields |= {"model_key": model} | (values or {})
    survey = Survey.objects.create(**(fields | ruled(fields.get("kind"))))
    if ready:
        _ask(survey, ready.questions)
    return survey


def _ask(survey, asks):
    made = {}
    for position, ask in enumerate(asks, 1):
        before, awaited = ask.condition or (None, ())
        made[ask.key] = Question.objects.create(
            survey=survey, position=position, kind=ask.kind, section=ask.section, text=ask.text,
            help_text=ask.help_text, required=ask.required, with_other=ask.with_other, low=ask.low, high=ask.high,
            comment=ask.comment, national_key=ask.national_key,
            options=[{"key": key, "label": label} for key, label in ask.options],
            condition=made.get(before), condition_values=values_of(made.get(before), awaited),
        )  # fmt: skip


def values_of(question, named):
    """Return the values of answers named by the keys of a choice's options; the others are values already."""
    rank = {option["key"]: place for place, option in enumerate(question.options, 1)} if question else {}
    return [rank.get(name, name) for name in named]


@transaction.atomic
def update_survey(*, survey, values):
    """Change the settings of a draft. Raises Refusal once it is open."""
    survey = lock_draft(survey)
    for name, value in (values | ruled(values.get("kind", survey.kind))).items():
        setattr(survey, name, value)
    survey.save()
    return survey


@transaction.atomic
def open_survey(*, survey):
    """Let people answer; from now on nothing of it changes. Raises Refusal without a question, or past its closing."""
    survey = lock(survey)
    if survey.state != SurveyState.DRAFT:
        raise Refusal("Ce questionnaire est déjà ouvert." if survey.state == SurveyState.OPEN else "Il est déjà clos.")
    if not survey.questions.exists():
        raise Refusal("Ajoutez au moins une question avant d’ouvrir ce questionnaire.")
    refuse_words_about_the_cell(survey)
    today = timezone.localdate()
    if survey.closes_on and survey.closes_on < today:
        raise Refusal("Sa date de clôture est passée. Changez-la avant d’ouvrir ce questionnaire.")
    survey.state, survey.opened_on = SurveyState.OPEN, today
    for name, value in ruled(survey.kind).items():
        setattr(survey, name, value)
    survey.save()
    return survey


def refuse_words_about_the_cell(survey):
    """The coordination reads written answers, and in a small territory a style is enough to know somebody by."""
    written = Q(kind__in=QuestionKind.open) | ~Q(comment="") | Q(with_other=True)
    asked = survey.questions.filter(written).first() if survey.kind == SurveyKind.CELL else None
    if asked:
        raise Refusal(
            f"Sur la cellule d’écoute, rien ne s’écrit : une tournure suffit à reconnaître quelqu’un. {named(asked)} "
            "demande une réponse écrite. Retirez-la, ou proposez des réponses."
        )


@transaction.atomic
def change_closing(*, survey, closes_on):
    """Let people answer until another day, or until it is closed by hand (None). Raises Refusal unless open.

    Its sendings that end by themselves follow, as far as they would have gone; one that is over stays over.
    """
    survey = lock(survey)
    if survey.state != SurveyState.OPEN:
        raise Refusal("Ce questionnaire n’est pas ouvert.")
    if closes_on and closes_on < timezone.localdate():
        raise Refusal("Cette date est passée.")
    if closes_on and survey.sendings.filter(closed_on=None, last_sent_on=None, starts_on__gt=closes_on).exists():
        raise Refusal("Un envoi doit partir après cette date. Annulez-le d’abord, ou choisissez un autre jour.")
    before, survey.closes_on = survey.closes_on, closes_on
    survey.save(update_fields=["closes_on"])
    sending.follow_closing(survey, before)
    return survey


@transaction.atomic
def close_survey(*, survey):
    """Take no more answers, and end its sendings: the invitations go, with the links. Raises Refusal unless open."""
    survey = lock(survey)
    if survey.state != SurveyState.OPEN:
        raise Refusal("Ce questionnaire n’est pas ouvert.")
    survey.state, survey.closed_on = SurveyState.CLOSED, timezone.localdate()
    survey.save(update_fields=["state", "closed_on"])
    sending.close_sendings(survey)
    return survey


@transaction.atomic
def copy_survey(*, survey):
    """Return a draft that asks the same. The copy of what was opened is its next version; of a draft, a thing apart."""
    source = lock(survey)
    fields = {name: getattr(source, name) for name in KEPT_SETTINGS} | ruled(source.kind)
    if source.is_frozen:
        fields |= {"previous": source, "version": source.version + 1}
    copy = Survey.objects.create(**fields)
    twins = {}
    for question in source.questions.all():
        twins[question.pk] = _twin(question, survey=copy, position=question.position)
    for question in source.questions.exclude(condition=None):
        Question.objects.filter(pk=twins[question.pk].pk).update(condition=twins.get(question.condition_id))
    return copy


def _twin(question, **fields):
    kept = {name: getattr(question, name) for name in KEPT_OF_A_QUESTION}
    return Question.objects.create(**(kept | {"national_key": question.national_key} | fields))


@transaction.atomic
def delete_survey(*, survey):
    """Delete a draft. Raises Refusal once it is open: what people answered is not thrown away."""
    survey = lock(survey)
    if survey.is_frozen:
        raise Refusal("Ce questionnaire a été ouvert : il se clôt, il ne se supprime pas.")
    survey.delete()


def overdue():
    """Return the questionnaires that should have been closed by now."""
    return Survey.objects.running().filter(closes_on__lt=timezone.localdate())


# --- Its questions --------------------------------------------------------------------------------


@transaction.atomic
def add_question(*, survey, values):
    """Ask one more question, after the others; values: fields of Question, options as labels. Raises Refusal."""
    survey = lock_draft(survey)
    questions = list(survey.questions.all())
    refuse_one_too_many(questions)
    return Question.objects.create(survey=survey, position=len(questions) + 1, **fitted(values))


@transaction.atomic
def change_question(*, question, values):
    """Change a question of a draft.

    Answers on which other questions depend stay: their kind does not change, and none that is awaited goes. What no
    longer answers as the national question does is no longer compared with it. Raises Refusal.
    """
    survey = lock_draft(question.survey)
    questions = list(survey.questions.all())
    question = found(question, questions)
    values = fitted(values, before=question)
    dependents = [one for one in questions if one.condition_id == question.pk]
    if dependents and values["kind"] != question.kind:
        raise Refusal(f"{named(dependents[0])} dépend de la réponse à celle-ci : sa sorte ne change pas.")
    if question.national_key and differs(question, values):
        question.national_key = ""
    old_keys = keys_by_rank(question)
    for name, value in values.items():
        setattr(question, name, value)
    new_ranks = {key: rank for rank, key in keys_by_rank(question).items()}
    for one in dependents:
        follow(one, old_keys, new_ranks)
    question.save()
    return question


def follow(dependent, old_keys, new_ranks):
    """Make a condition await the same options where they now stand. Raises Refusal where one of them is gone."""
    if not old_keys:
        return
    keys = [old_keys.get(value) for value in dependent.condition_values]
    if any(key not in new_ranks for key in keys):
        raise Refusal(f"{named(dependent)} dépend d’une réponse que vous retirez. Changez d’abord sa condition.")
    dependent.condition_values = sorted(new_ranks[key] for key in keys)
    dependent.save(update_fields=["condition_values"])


@transaction.atomic
def set_condition(*, question, condition, values):
    """Ask a question only of those who gave one of these answers to an earlier one (None: of everybody).

    Raises Refusal where that one comes later, proposes no answers, or not these.
    """
    survey = lock_draft(question.survey)
    questions = list(survey.questions.all())
    question = found(question, questions)
    if condition is not None and condition not in earlier_closed(question, questions):
        raise Refusal("La condition porte sur une question posée avant, dont les réponses sont proposées.")
    offered = [value for value, _ in choices_of(condition)] if condition else []
    question.condition, question.condition_values = condition, [value for value in offered if value in values]
    if condition and not question.condition_values:
        raise Refusal(f"Choisissez au moins une des réponses à {named(condition)}.")
    question.save(update_fields=["condition", "condition_values"])
    return question


def earlier_closed(question, questions):
    """Return the questions, among these in their order, on whose answer this one may depend."""
    before = questions[: questions.index(question)]
    return [one for one in before if one.kind in QuestionKind.closed]


@transaction.atomic
def delete_question(*, question):
    """Delete a question of a draft. Raises Refusal where another depends on its answer."""
    survey = lock_draft(question.survey)
    questions = list(survey.questions.all())
    question = found(question, questions)
    for one in questions:
        if one.condition_id == question.pk:
            raise Refusal(f"{named(one)} dépend de la réponse à celle-ci. Changez d’abord sa condition.")
    question.delete()
    renumber([one for one in questions if one != question])


@transaction.atomic
def duplicate_question(*, question):
    """Ask a question once more, just after; it is compared with no national figure. Return the copy. Raises Refusal."""
    survey = lock_draft(question.survey)
    questions = list(survey.questions.all())
    question = found(question, questions)
    refuse_one_too_many(questions)
    fields = {"condition": question.condition, "national_key": "", "section": ""}
    twin = _twin(question, survey=survey, position=question.position + 1, **fields)
    questions.insert(questions.index(question) + 1, twin)
    renumber(questions)
    return twin


@transaction.atomic
def shift_question(*, question, step):
    """Move a question one rank up (step -1) or down (step 1); at either end nothing changes.

    Raises Refusal where one of the two depends on the answer to the other.
    """
    survey = lock_draft(question.survey)
    questions = list(survey.questions.all())
    question = found(question, questions)
    here = questions.index(question)
    there = min(max(here + step, 0), len(questions) - 1)
    first, second = questions[min(here, there)], questions[max(here, there)]
    if second.condition_id == first.pk:
        raise Refusal(f"{named(second)} dépend de la réponse à {named(first)} : elle reste après.")
    questions.insert(there, questions.pop(here))
    renumber(questions)


def found(question, questions):
    """Return the question as it is among those read under the lock. Raises Refusal where it is gone."""
    for one in questions:
        if one.pk == question.pk:
            return one
    raise Refusal("Cette question vient d’être supprimée.")


def refuse_one_too_many(questions):
    if len(questions) >= MAX_QUESTIONS:
        raise Refusal(f"Un questionnaire pose au plus {MAX_QUESTIONS} questions : personne n’irait au bout.")


def renumber(questions):
    for position, one in enumerate(questions, 1):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])


def named(question):
    return f"« {question.text} »"


# --- What a question holds ------------------------------------------------------------------------


def fitted(values, before=None):
    """Return the fields of a question, without those that its kind has no use for; options get their keys."""
    kind, values = values["kind"], dict(values)
    with_options = kind in QuestionKind.with_options
    values["options"] = keyed(values.get("options", ()), before.options if before else ()) if with_options else []
    values["with_other"] = with_options and values.get("with_other", False)
    if kind not in (QuestionKind.SCALE, QuestionKind.VISUAL):
        values["low"] = values["high"] = ""
    if kind in (*QuestionKind.open, QuestionKind.WHO5):
        values["comment"] = ""
    return values


def keyed(labels, before):
    """Return options for these labels. One whose words stay, or that stands where one changed, keeps its key.

    before: the options as they were. What was answered, and what awaits an answer, is told by key.
    """
    kept = {option["label"]: option["key"] for option in before}
    keys = [kept.get(label) for label in labels]
    for place, option in enumerate(before[: len(keys)]):
        if keys[place] is None and option["key"] not in keys:
            keys[place] = option["key"]
    for place, label in enumerate(labels):
        keys[place] = keys[place] or new_key(label, {*keys, *kept.values()})
    return [{"key": key, "label": label} for key, label in zip(keys, labels, strict=True)]


def new_key(label, taken):
    base = slugify(label.replace("’", " "))[:30].strip("-") or "reponse"
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key


def keys_by_rank(question):
    """Return {value of an answer: key of the option}, or nothing where answers are not written."""
    if question.kind not in QuestionKind.with_options:
        return {}
    keys = {rank: option["key"] for rank, option in enumerate(question.options, 1)}
    return keys | ({OTHER: OTHER} if question.with_other else {})


def differs(question, values):
    """Tell whether answers would no longer be those of the question that others were asked.

    The list of professions may grow: each is told by its key.
    """
    keys = [option["key"] for option in question.options]
    others = [option["key"] for option in values["options"]] != keys and question.national_key != PROFESSION
    return others or values["kind"] != question.kind
