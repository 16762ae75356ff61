"""Each night, what a database lets one guess of who gave which answer is wiped.

Until then an administrator could join the two: a row's place and its transaction (ctid and xmin on PostgreSQL, rowid on
SQLite), or a reminder that somebody no longer received. So both sides are written anew, each in an order drawn by lot,
in one transaction. Out of reach: copies of the database made on successive days, which tell who answered in between;
docs/installation.md leaves invitations out of them.
"""

import secrets
import uuid

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from cafe.models import Outgoing
from evaluation.models import Answer, Invitation, Response, Survey
from evaluation.notifications.invitations import key_of
from evaluation.services.answering import lock_survey

ROWS_PER_STATEMENT = 500


def shuffle_responses():
    """Shuffle every questionnaire that has to be; return how many. A night that was missed is made up for."""
    keys = list(due_surveys().order_by("pk").values_list("pk", flat=True))
    for key in keys:
        shuffle(Survey(pk=key))
    if keys:
        leave_no_trace()
    return len(keys)


def due_surveys():
    """Return the questionnaires answered on an earlier day than today, and not shuffled since."""
    earlier = Response.objects.filter(survey=OuterRef("pk"), day__lt=timezone.localdate())
    earlier = earlier.filter(Q(survey__shuffled_on=None) | Q(day__gte=F("survey__shuffled_on")))
    return Survey.objects.filter(Exists(earlier))


@transaction.atomic
def shuffle(survey):
    """Write the answers and the invitations of a questionnaire anew, in an order that tells nothing.

    Responses and answers keep their ids, drawn by lot and on which coding rests; invitations get new ones. Whoever
    writes or deletes either locks the questionnaire too, or a row could come back or be lost.
    """
    survey = lock_survey(survey)
    responses = list(Response.objects.filter(survey=survey))
    answers = list(Answer.objects.filter(response__survey=survey))
    invitations = list(Invitation.objects.filter(sending__survey=survey).select_related("sending"))
    for rows in (answers, responses, invitations):
        _delete(rows)
    for rows in (responses, answers, [_forgetful(one) for one in invitations]):
        _insert(rows)
    # A reminder that one person was sent and another was not tells who had answered by then.
    Outgoing.objects.finished().filter(dedupe_key__startswith=key_of(survey)).delete()
    survey.shuffled_on = timezone.localdate()
    survey.save(update_fields=["shuffled_on"])


def _forgetful(invitation):
    """Of whoever has answered, what was mailed is forgotten: one knows only when the whole sending last mailed."""
    invitation.pk = uuid.uuid4()
    if invitation.answered:
        invitation.sent_times, invitation.last_sent_on = 0, invitation.sending.last_sent_on
    return invitation


def _delete(rows):
    """Delete these rows and nothing that points to them: the coding of an answer waits for it to come back."""
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        chunk = rows[start : start + ROWS_PER_STATEMENT]
        some = type(chunk[0]).objects.filter(pk__in=[row.pk for row in chunk])
        some._raw_delete(some.db)


def _insert(rows):
    secrets.SystemRandom().shuffle(rows)
    if rows:
        type(rows[0]).objects.bulk_create(rows, batch_size=ROWS_PER_STATEMENT)


def leave_no_trace():
    """Have PostgreSQL give up the rows as they were; it would by itself, later. Not inside a transaction.

    SQLite overwrites what is deleted (secure_delete, see the settings).
    """
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in (Response, Answer, Invitation))
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM {tables}")
