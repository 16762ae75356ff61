"""Answers given on paper, typed in by the coordination. They say nobody's name, and no invitation is spent."""

from django.db import transaction

from cafe.errors import Refusal
from evaluation.enums import ResponseSource, SurveyState
from evaluation.models import Response
from evaluation.services.answering import lock_survey, store_response

NOT_OPEN = "Ce questionnaire n’est pas ouvert : rien ne peut y être saisi."
GONE = "Cette saisie a déjà été retirée."


@transaction.atomic
def type_in(*, survey, answers, day, session=None):
    """Keep one sheet, of the day when it was filled in; return the response. Raises Refusal once closed."""
    if lock_survey(survey).state != SurveyState.OPEN:
        raise Refusal(NOT_OPEN)
    return store_response(survey=survey, answers=answers, session=session, source=ResponseSource.PAPER, day=day)


@transaction.atomic
def take_back(*, survey, key):
    """Delete the sheet of this key, typed in by mistake. Raises Refusal where it is gone, or the results are final."""
    if lock_survey(survey).state != SurveyState.OPEN:
        raise Refusal(NOT_OPEN)
    deleted, _ = Response.objects.filter(survey=survey, pk=key, source=ResponseSource.PAPER).delete()
    if not deleted:
        raise Refusal(GONE)
