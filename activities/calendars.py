"""Sessions as calendar events.

In mails, a session is published (METHOD:PUBLISH), first and after each change: the portal's page is where one answers,
and a REQUEST would have mail readers show buttons whose replies nobody reads. A calendar that holds the event takes the
change, since the UID stays and SEQUENCE grows. What no longer takes place is cancelled (METHOD:CANCEL).
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from activities.enums import SessionState
from cafe import ics

NAME = "Café des Soignants"


def session_event(session, *, description="", organizer="", attendee="", cancelled=None, private=False):
    """Return a session as a calendar event; its uid stays the same when it moves, so that calendars follow it.

    cancelled: whether it is off for whom it is sent to; by default, whether the session is. private: whether it goes to
    somebody who comes, or to the team, who alone may read a private address.
    """
    place = session.place
    location = (place.location if private else place.public_location) if place else ""
    return ics.event(
        uid=f"seance-{session.pk}@{urlsplit(settings.SITE_URL).hostname}",
        start=session.starts_at,
        end=session.ends_at,
        summary=f"{session.activity.title} – {NAME}",
        stamp=timezone.now(),
        location=location,
        description=description,
        url=f"{settings.SITE_URL}{session.get_absolute_url()}",
        cancelled=session.state == SessionState.CANCELLED if cancelled is None else cancelled,
        sequence=session.sequence,
        organizer=organizer,
        attendee=attendee,
    )


def invitation(session, *, organizer):
    """Return the mail attachment that puts a session, or its whole cycle, in a calendar, or brings it up to date there.

    For those who come and for the team: it tells a private address.
    """
    events = [session_event(one, organizer=organizer, private=True) for one in session.cycle or [session]]
    return _attachment("seance.ics", ics.PUBLISH, events)


def withdrawal(session, *, organizer, attendee):
    """Return the mail attachment that takes a session out of the calendar of whom it is sent to.

    The first session of a cycle takes the others with it, since it carries the registrations of all.
    """
    sessions = [session] if session.head_id else session.cycle or [session]
    events = [session_event(one, organizer=organizer, attendee=attendee, cancelled=True) for one in sessions]
    return _attachment("annulation.ics", ics.CANCEL, events)


def _attachment(name, method, events):
    content = ics.calendar(events, name=NAME, method=method)
    return {"name": name, "type": f"text/calendar; method={method}", "content": content}
