"""Every mail about a registration: one function each. All go through the outbox, in the caller's transaction."""

from django.utils import timezone

from activities.calendars import invitation, withdrawal
from activities.enums import RegistrationState
from activities.links import email_change_path, registration_path
from cafe import mail
from cafe.models import Portal

QUIET_SECONDS = 600


def _message(event, registration, session, *, key, to=None, **context):
    """Return the arguments of one mail to a registered person; the key makes it unique, whoever asks for it again."""
    url = mail.absolute(registration_path(registration))
    return {
        "event": f"activities/{event}",
        "to": to or registration.email,
        "dedupe_key": f"registration:{registration.pk}:{key}",
        "context": {"registration": registration, "session": session, "url": url, **context},
        "carries_token": True,
    }


def confirmed(registration, session):
    key = f"confirmed:{registration.confirmed_at:%Y%m%d%H%M%S}"
    portal = Portal.load()
    attached = [invitation(session, organizer=portal.contact_email)]
    mail.send(**_message("confirmed", registration, session, key=key, portal=portal), attachments=attached)


def waiting(registration, session, *, position):
    mail.send(**_message("waiting", registration, session, key="waiting", position=position))


def offered(registration, session):
    key = f"offered:{registration.offer_ends_at:%Y%m%d%H%M%S}"
    mail.send(**_message("offered", registration, session, key=key))


def offer_expired(registration, session):
    mail.send(**_message("offer_expired", registration, session, key="offer_expired"))


def cancelled(registration, session, *, had_place):
    """Tell a person that her registration is cancelled; who held a place is sent what clears her calendar."""
    portal = Portal.load()
    attached = [withdrawal(session, organizer=portal.contact_email, attendee=registration.email)] if had_place else []
    message = _message("cancelled", registration, session, key="cancelled", portal=portal)
    mail.send(**message, attachments=attached)


def link_again(registration, session):
    """Mail the personal link again, once an hour at most, not within minutes of the first mail; tell if it leaves."""
    now = timezone.now()
    if (now - registration.created_at).total_seconds() < QUIET_SECONDS:
        return False
    return mail.send(**_message("link_again", registration, session, key=f"link:{now:%Y%m%d%H}"))


def confirm_email(registration, session, email):
    change_url = mail.absolute(email_change_path(registration, email))
    key = f"confirm_email:{registration.link_key}:{timezone.now():%Y%m%d%H%M}"
    mail.send(**_message("confirm_email", registration, session, key=key, to=email, change_url=change_url))


def email_changed(registration, session):
    mail.send(**_message("email_changed", registration, session, key=f"email_changed:{registration.link_key}"))


def reminder(registration, session, *, days):
    """Return the arguments of a reminder; the session's time is in its key, so that a moved session reminds again."""
    key = f"reminder:{days}:{session.starts_at:%Y%m%d%H%M}"
    return _message("reminder", registration, session, key=key, days=days)


def session_cancelled(registration, session, *, portal):
    """Return the arguments of the mail that says a session will not take place.

    registration is as it was: whoever held a place is also sent what takes the session out of her calendar.
    """
    message = _message("session_cancelled", registration, session, key=f"session_cancelled:{session.pk}", portal=portal)
    if registration.state == RegistrationState.CONFIRMED:
        message["attachments"] = [withdrawal(session, organizer=portal.contact_email, attendee=registration.email)]
    return message


def session_changed(registration, session, *, changes, portal):
    """Return the arguments of the mail that says what changed; `changes` is a list of French sentences.

    Whoever must say again that she comes is asked to; only those who have a place have the session in a calendar.
    """
    key = f"changed:{timezone.now():%Y%m%d%H%M%S%f}"
    message = _message("session_changed", registration, session, key=key, changes=changes, portal=portal)
    if registration.state == RegistrationState.CONFIRMED:
        message["attachments"] = [invitation(session, organizer=portal.contact_email)]
    return message


def reconfirm(registration, session):
    """Return the arguments of the mail that asks again whether she still comes: one for each time she was asked."""
    return _message("reconfirm", registration, session, key=f"reconfirm:{registration.reconfirm_asked_at:%Y%m%d%H%M%S}")


def transferred(registration, session, *, former, had_place, position, portal):
    """Return the arguments of the mail to a person whom the team moved here from the session `former`.

    had_place: she held a place there, so her calendar has to let go of it. position: her rank where she has to wait.
    """
    key = f"transferred:{session.pk}:{timezone.now():%Y%m%d%H%M%S%f}"
    context = {"former": former, "position": position, "portal": portal}
    organizer = portal.contact_email
    attached = [withdrawal(former, organizer=organizer, attendee=registration.email)] if had_place else []
    if registration.state == RegistrationState.CONFIRMED:
        attached = [invitation(session, organizer=organizer), *attached]
    return _message("transferred", registration, session, key=key, **context) | {"attachments": attached}


def word(registration, session, *, subject, text, nonce):
    """Return the arguments of a word from the team; the nonce of its preview keeps it from leaving twice."""
    live = registration.state in RegistrationState.live
    return _message("word", registration, session, key=f"word:{nonce}", subject=subject, text=text, live=live)
