"""The calendar of one member of the team: what she hosts, what else takes place, and the team's own dates."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from activities.calendars import session_event
from activities.enums import SessionState
from cafe import ics

COLON = "\u00a0: "
HOSTING = f"J’accueille{COLON}"


def hosting_event(session, *, hosted):
    """Return a session as an event; the title says that one hosts it, and that a draft is still to be confirmed."""
    event = session_event(session)
    draft = " (à confirmer)" if session.state == SessionState.DRAFT else ""
    event["summary"] = f"{HOSTING if hosted else ''}{session.activity.title}{draft}"
    if draft:
        # Its page is not public yet.
        del event["url"]
    return event


def team_event(event):
    return ics.event(
        uid=f"equipe-{event.pk}@{urlsplit(settings.SITE_URL).hostname}",
        start=event.starts_at,
        end=event.starts_at + timedelta(minutes=event.minutes),
        summary=f"{event.get_kind_display()}{COLON}{event.title}",
        stamp=timezone.now(),
        location=event.place,
    )
