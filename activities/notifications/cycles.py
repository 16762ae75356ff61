"""Mails about a cycle as a whole."""

from activities.calendars import invitation
from activities.enums import RegistrationState
from activities.notifications.registrations import _message


def date_added(registration, session, *, portal):
    """Return the arguments of the mail that says a date has joined the cycle that this person registered to."""
    key = f"date_added:{session.pk}:{session.published_at:%Y%m%d%H%M%S}"
    message = _message("date_added", registration, session, key=key, portal=portal)
    if registration.state == RegistrationState.CONFIRMED:
        message["attachments"] = [invitation(session, organizer=portal.contact_email)]
    return message
