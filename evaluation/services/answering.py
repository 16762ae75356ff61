"""An answer comes in: it is kept apart from who gave it.

What is locked first is always the questionnaire: the night's shuffle, which makes its invitations anew, locks it too.
"""

import hashlib
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cafe.errors import Refusal
from evaluation.enums import ResponseSource, SurveyAudience, SurveyState
from evaluation.models import Answer, Invitation, Response, Survey
from evaluation.models.answers import new_token_hash

SPENT = "Ce lien a déjà servi, ou n’est plus valable."


@dataclass(frozen=True)
class Door:
    """Where an address leads: a questionnaire, and the invitation for which it was made, or None on a poster's."""

    survey: Survey
    invitation: Invitation | None = None


def new_token():
    """Return (token for the link, its hash for the database), where the hash alone is kept."""
    token = secrets.token_urlsafe(24)
    return token, hash_of(token)


def hash_of(token):
    return hashlib.sha256(token.encode()).hexdigest()


def door(token):
    """Return where a token leads, or None: unknown, spent or too late are not told apart."""
    if "\0" in token:  # PostgreSQL refuses it
        return None
    return invited_door(token) or public_door(token)


def invited_door(token):
    related = _usable().select_related("sending__survey", "sending__session")
    invitation = related.holding(hash_of(token)).first()
    return Door(invitation.sending.survey, invitation) if invitation else None


def public_door(token):
    found = Survey.objects.running().filter(Q(closes_on=None) | Q(closes_on__gte=timezone.localdate()))
    survey = found.filter(public_key=token, audience=SurveyAudience.PUBLIC).first()
    return Door(survey) if survey else None


def _usable():
    today = timezone.localdate()
    return Invitation.objects.filter(
        Q(sending__closes_on=None) | Q(sending__closes_on__gte=today),
        Q(sending__survey__closes_on=None) | Q(sending__survey__closes_on__gte=today),
        answered=False,
        sending__closed_on=None,
        sending__survey__state=SurveyState.OPEN,
    )


@transaction.atomic
def answer(*, token, answers):
    """Spend the token and keep the answers, or raise Refusal: of two sent together the second finds it spent."""
    if found := door(token):
        lock_survey(found.survey)
        # Looked at again under the lock: between the two, the other click or the night's shuffle may have passed.
        found = door(token)
    if found is None:
        raise Refusal(SPENT)
    if found.invitation is None:
        return store_response(survey=found.survey, answers=answers)
    # One update, no link kept to the response: only that somebody answered, and the token dies with it.
    Invitation.objects.filter(pk=found.invitation.pk).update(
        answered=True, token_hash=new_token_hash(), earlier_hash=""
    )
    return store_response(
        survey=found.survey,
        answers=answers,
        session=found.invitation.sending.session,
        wave=max(found.invitation.sent_times - 1, 0),
    )


def lock_survey(survey):
    """Return the questionnaire, locked until the transaction ends. Raises Survey.DoesNotExist."""
    return Survey.objects.select_for_update(of=("self",), no_key=True).get(pk=survey.pk)


@transaction.atomic
def store_response(*, survey, answers, session=None, wave=0, source=ResponseSource.WEB, day=None):
    """Keep one person's answers (unsaved Answer objects, as QuestionnaireForm.answers() gives); return the response.

    Nothing is kept of the moment but the day, today unless told.
    """
    lock_survey(survey)
    response = Response.objects.create(
        survey=survey, session=session, wave=wave, source=source, day=day or timezone.localdate()
    )
    for one in answers:
        one.response = response
    Answer.objects.bulk_create(answers)
    return response
