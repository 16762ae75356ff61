"""After a session has moved: those who keep their place say whether they still come, and are asked once more."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from activities.enums import SessionState
from activities.models import Registration
from activities.notifications import registrations as notifications
from activities.permissions import why_fixed
from activities.services.locking import lock_session
from activities.services.reminders import reminder_due
from cafe import mail
from cafe.errors import Refusal

PATIENCE = timedelta(days=3)
DAYS_BEFORE = 2
SHORTEST = timedelta(days=1)


@transaction.atomic
def confirm_again(*, registration, by=None):
    """Note that a person who was asked still comes. Saying so twice changes nothing. Raises Refusal.

    `by` is the coordinator to whom she said it.
    """
    session = lock_session(pk=registration.session_id)
    registration = Registration.objects.get(pk=registration.pk)
    sentence = why_fixed(session)
    if sentence:
        raise Refusal(sentence)
    if registration.state != Registration.State.CONFIRMED:
        raise Refusal("Cette inscription n’a plus de place à confirmer.")
    if registration.to_reconfirm:
        registration.to_reconfirm = False
        registration.moved_by = by
        registration.save(update_fields=["to_reconfirm", "moved_by"])
    return registration


def second_call_due(*, asked_at, starts_at):
    """Return when somebody who has not answered is asked again.

    Three days after the first time, or two days before the session at nine, whichever comes first; but never within a
    day of the first time.
    """
    return max(min(asked_at + PATIENCE, reminder_due(starts_at, DAYS_BEFORE)), asked_at + SHORTEST)


def call_again(*, now=None):
    """Write the second calls that are due; return how many. Safe to run at any time, twice, or late."""
    now = now or timezone.now()
    silent = Registration.objects.filter(
        to_reconfirm=True,
        state=Registration.State.CONFIRMED,
        session__state=SessionState.PUBLISHED,
        session__starts_at__gt=now,
    )
    due = [
        notifications.reconfirm(one, one.session)
        for one in silent.exclude(email="").select_related("session__activity", "session__place")
        if second_call_due(asked_at=one.reconfirm_asked_at, starts_at=one.session.starts_at) <= now
    ]
    return mail.send_many(due)
