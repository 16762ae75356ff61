"""Questionnaires and answers for tests; each argument says only what differs from an open one for invited people."""

import secrets
from itertools import count

from django.utils import timezone

from evaluation.enums import QuestionKind, SurveyState
from evaluation.models import Answer, Invitation, Question, Response, Sending, Survey

# Several processes may make things in one database.
numbers = count(secrets.randbelow(10**9))


def make_survey(*, questions=(), **fields):
    """questions: dicts of fields, or kinds alone; they follow one another."""
    today = timezone.localdate()
    defaults = {"title": f"Questionnaire {next(numbers)}", "state": SurveyState.OPEN, "opened_on": today} | fields
    if defaults["state"] == SurveyState.CLOSED:
        defaults.setdefault("closed_on", today)
    survey = Survey.objects.create(**defaults)
    for question in questions:
        make_question(survey, **(question if isinstance(question, dict) else {"kind": question}))
    return survey


def make_question(survey, **fields):
    position = survey.questions.count() + 1
    defaults = {"position": position, "text": f"Question {position}", "kind": QuestionKind.SCALE}
    return Question.objects.create(survey=survey, **(defaults | fields))


def make_response(survey, values=(), *, session=None, **fields):
    """values: {question: a number, a text, or a list of numbers for several choices}."""
    response = Response.objects.create(survey=survey, session=session, **({"day": timezone.localdate()} | fields))
    for question, given in dict(values).items():
        for one in given if isinstance(given, list) else [given]:
            kept = {"text": one} if isinstance(one, str) else {"value": one}
            Answer.objects.create(response=response, question=question, **kept)
    return response


def make_sending(survey, emails=(), *, session=None, **fields):
    defaults = {"starts_on": timezone.localdate(), "invited": len(emails)} | fields
    sending = Sending.objects.create(survey=survey, session=session, **defaults)
    Invitation.objects.bulk_create([Invitation(sending=sending, email=email) for email in emails])
    return sending
