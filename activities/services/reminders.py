"""Reminders, seven days and one day before, counted in calendar days of the portal's time zone."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from activities.models import Registration, Session
from activities.notifications import registrations as notifications
from cafe import mail

DAYS = (7, 1)
HOUR = time(9)
BATCH = 200


def reminder_due(starts_at, days):
    """Return when the reminder is due: nine in the morning, `days` calendar days before the session's local date.

    Counted on the calendar, not in hours: a night of 23 or 25 hours moves nothing.
    """
    zone = timezone.get_current_timezone()
    date = starts_at.astimezone(zone).date() - timedelta(days=days)
    return datetime.combine(date, HOUR, tzinfo=zone)


def due_reminders(session, *, now):
    """Return which reminder of DAYS is due for a session now, or None; a missed one gives way to the next."""
    due = [days for days in DAYS if reminder_due(session.starts_at, days) <= now < session.starts_at]
    return min(due) if due else None


def send_reminders(*, now=None):
    """Write the reminders that are due and not yet written; return how many.

    Safe to run at any time, twice, or late: the outbox knows each one by registration, session time and days. Whoever
    was confirmed after a reminder was due has just had a mail, and gets the next one only.
    """
    now = now or timezone.now()
    horizon = now + timedelta(days=max(DAYS) + 1)
    sessions = Session.objects.upcoming().filter(starts_at__gt=now, starts_at__lt=horizon)
    written = 0
    for session in sessions.select_related("activity", "place"):
        days = due_reminders(session, now=now)
        if days is not None:
            written += _remind(session, days)
    return written


def _remind(session, days):
    """Remind those who have a place; in a cycle they registered to its first session, and are reminded of each."""
    confirmed = Registration.objects.filter(
        session_id=session.registering_session_id,
        state=Registration.State.CONFIRMED,
        confirmed_at__lt=reminder_due(session.starts_at, days),
    ).exclude(email="")
    return mail.send_many(notifications.reminder(one, session, days=days) for one in confirmed.iterator(BATCH))
