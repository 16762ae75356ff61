"""Questionnaires with written answers, given yesterday, for the tests of what is read of them."""

from datetime import timedelta

from django.utils import timezone

from evaluation.enums import QuestionKind
from evaluation.models import Answer, Response
from evaluation.services.verbatims import corpora
from evaluation.tests.factories import make_survey


def yesterday():
    return timezone.localdate() - timedelta(days=1)


def write(question, count=11, text="Un temps pour soi", **fields):
    fields = {"survey": question.survey, "day": yesterday()} | fields
    responses = Response.objects.bulk_create(Response(**fields) for _ in range(count))
    Answer.objects.bulk_create(
        Answer(response=one, question=question, text=f"{text} {number}") for number, one in enumerate(responses)
    )


def make_written(count=11, **fields):
    """Return the corpus of a questionnaire with one open question and that many answers of yesterday."""
    survey = make_survey(questions=[{"kind": QuestionKind.LONG, "text": "Que changer ?"} | fields])
    write(survey.questions.get(), count)
    return read(survey)


def read(survey):
    return corpora(survey)[0]
