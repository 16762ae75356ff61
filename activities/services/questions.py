"""The questions of a session, and the answers of those who register."""

from django.db import transaction

from activities.models import Answer, Question
from activities.services.locking import lock_session
from cafe.errors import Refusal

MAX_QUESTIONS = 20
COPIED = ("text", "kind", "choices", "required", "position")


def _renumber(questions):
    for position, question in enumerate(questions):
        if question.position != position:
            question.position = position
            question.save(update_fields=["position"])


@transaction.atomic
def add_question(*, session, values):
    """Add a question after the others. Raises Refusal past MAX_QUESTIONS."""
    session = lock_session(pk=session.pk)
    count = session.questions.count()
    if count >= MAX_QUESTIONS:
        raise Refusal(f"Une séance pose au plus {MAX_QUESTIONS} questions : personne n’en lirait davantage.")
    last = session.questions.last()
    return Question.objects.create(session=session, position=last.position + 1 if last else 0, **values)


@transaction.atomic
def change_question(*, question, values):
    """Change a question. Once somebody has answered, its kind stays, lest answers no longer fit. Raises Refusal."""
    lock_session(pk=question.session_id)
    if values["kind"] != Question.objects.get(pk=question.pk).kind and question.answers.exists():
        raise Refusal("Des personnes ont déjà répondu : la forme de la réponse ne change plus. Ajoutez une question.")
    for name, value in values.items():
        setattr(question, name, value)
    question.save(update_fields=list(values))
    return question


@transaction.atomic
def delete_question(*, question, with_answers):
    """Delete a question; its answers too, where the coordinator has read that there are some. Raises Refusal."""
    lock_session(pk=question.session_id)
    if question.answers.exists() and not with_answers:
        raise Refusal("Des personnes viennent d’y répondre. Relisez avant de supprimer.")
    question.delete()


@transaction.atomic
def shift_question(*, question, step):
    """Move a question one rank up (step -1) or down (step 1); at either end nothing changes."""
    session = lock_session(pk=question.session_id)
    questions = list(session.questions.all())
    here = questions.index(question)
    there = min(max(here + step, 0), len(questions) - 1)
    questions.insert(there, questions.pop(here))
    _renumber(questions)


def copy_questions(*, source, target):
    """Ask the questions of one session in another."""
    Question.objects.bulk_create(
        Question(session=target, **{name: getattr(one, name) for name in COPIED}) for one in source.questions.all()
    )


def save_answers(*, registration, answers):
    """Keep what a person answers, {key of the question: text}; an empty text takes her answer back.

    A question deleted meanwhile, or of another session, is ignored. The caller holds the session's lock, in a
    transaction of its own.
    """
    if not answers:
        return
    known = set(Question.objects.filter(session_id=registration.session_id).values_list("pk", flat=True))
    registration.answers.filter(question_id__in=known & set(answers)).delete()
    Answer.objects.bulk_create(
        Answer(registration=registration, question_id=pk, value=value)
        for pk, value in answers.items()
        if value and pk in known
    )


def carry_answers(*, registrations, target):
    """Keep the answers of people moved to another session where it asks the same question; the others are deleted."""
    answers = list(Answer.objects.filter(registration__in=registrations).select_related("question"))
    same = {(one.text, one.kind): one for one in target.questions.all()} if answers else {}
    for answer in answers:
        question = same.get((answer.question.text, answer.question.kind))
        if question:
            answer.question = question
            answer.save(update_fields=["question"])
        else:
            answer.delete()
