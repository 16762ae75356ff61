"""Closing a case: it is counted once, on a slip sealed to the statistics key, and can be read until it is forgotten."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from cafe.errors import Refusal
from listening_cell import vault
from listening_cell.enums import AuditAction, CaseState
from listening_cell.models import Reservation
from listening_cell.services import audit, booking, casework, following, retention, slips

COUNTED = "counted"
NO_KEY = (
    "La clé des statistiques n’est pas reconnue : le suivi n’a pas été terminé, et rien n’est perdu. Prévenez le "
    "référent."
)
NO_SLIP = "Cochez d’abord le bulletin."
NOT_CLOSED = "Ce suivi n’est pas terminé."
ENDED = "Votre binôme a terminé ce suivi."
REOPENED = "Votre binôme a rouvert ce suivi."


@sensitive_variables()
@transaction.atomic
def close(*, opened, envelope, slip=None):
    """End a case: its hours are given back, and it is counted, unless it already was before it was opened again.

    Raises Refusal where the statistics key is not the one ROOT signed: a slip would be read by somebody else.
    """
    held = following.hold_to_write(opened, envelope)
    if not was_counted(held):
        count(slip)
        casework.write_note(opened=held, author=envelope.peer_id, content={"kind": COUNTED})
    booking.release(case=held.case)
    following.tell(held, envelope, ENDED)
    # Not touch(): the week of a talk that has just been given back must not put the forgetting off.
    fields = {"last_week": audit.this_week(), "state": CaseState.CLOSED, "replacement_wanted": False}
    type(held.case).objects.filter(pk=held.case.pk).update(**fields)
    audit.record(AuditAction.CLOSE, actor=envelope.peer_id, case=held.case)


def count(slip):
    """Keep a slip, sealed to the statistics key: one length, no reference, no date. Raises Refusal."""
    if slip is None:
        raise Refusal(NO_SLIP)
    try:
        slips.keep(slip)
    except vault.Unreadable as error:
        raise Refusal(NO_KEY) from error


def was_counted(opened):
    """Tell whether a slip of this case was already kept; it cannot be taken back. Raises Unreadable."""
    return any(note.content.get("kind") == COUNTED for note in casework.read_notes(opened))


@transaction.atomic
def reopen(*, opened, envelope):
    """Open a closed case again, as long as it is not forgotten. Raises Refusal."""
    held = following.hold_case(opened, envelope)
    if casework.is_open(held.case):
        raise Refusal(NOT_CLOSED)
    following.touch(held.case, state=CaseState.FOLLOWED)
    following.tell(following.renewed(held, envelope), envelope, REOPENED)


def kept_until(cases):
    """Return {reference: day after which a closed case is forgotten}, in one statement: see retention, which forgets.

    Sixty days after the week in which it was closed, and never more than a year after its last talk.
    """
    talks = Reservation.objects.filter(case__in=cases).values_list("case").annotate(Max("slot__starts_at"))
    years = {case: timezone.localdate(last) + retention.LONGEST for case, last in talks}
    days = {case.pk: case.last_week + retention.WEEK + retention.CLOSED - timedelta(days=1) for case in cases}
    return {case: min(day, years.get(case, day)) for case, day in days.items()}


def sheet_key(sheet):
    """Return by what a slip names a sheet of the directory: its number, which a new title does not change."""
    return str(sheet.pk)
