"""The mail to people whose registration was taken over from another form."""

from activities.calendars import invitation
from activities.enums import RegistrationState
from activities.links import registration_path
from cafe import mail


def imported(registration, session, *, portal):
    """Return the arguments of the mail that says the registration is kept here from now on, with its personal link."""
    waiting = registration.state == RegistrationState.WAITING
    url = mail.absolute(registration_path(registration))
    return {
        "event": "activities/imported",
        "to": registration.email,
        "dedupe_key": f"registration:{registration.pk}:imported",
        "context": {
            **{"registration": registration, "session": session, "url": url},
            **{"portal": portal, "waiting": waiting},
        },
        "attachments": [] if waiting else [invitation(session, organizer=portal.contact_email)],
        "carries_token": True,
    }
