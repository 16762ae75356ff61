"""Calendars in iCalendar form (RFC 5545), with a method where they are sent (RFC 5546)."""

from datetime import UTC

from icalendar import Calendar, Event, vCalAddress

PUBLISH, CANCEL = "PUBLISH", "CANCEL"


def event(
    *,
    uid,
    start,
    end,
    summary,
    stamp,
    location="",
    description="",
    url="",
    cancelled=False,
    sequence=0,
    organizer="",
    attendee="",
):
    """Return one event; times are aware and written in UTC, so that no time-zone table need travel along.

    organizer and attendee are e-mail addresses. A calendar that is published names no attendee, and a cancellation
    names whom it is sent to (RFC 5546, 3.2.1 and 3.2.5).
    """
    component = Event()
    component.add("uid", uid)
    component.add("dtstamp", stamp.astimezone(UTC))
    component.add("dtstart", start.astimezone(UTC))
    component.add("dtend", end.astimezone(UTC))
    component.add("summary", summary)
    component.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    component.add("sequence", sequence)
    for name, value in {"location": location, "description": description, "url": url}.items():
        if value:
            component.add(name, value)
    for name, address in {"organizer": organizer, "attendee": attendee}.items():
        if address:
            component.add(name, vCalAddress(f"mailto:{address}"))
    return component


def calendar(events, *, name, method=PUBLISH, prodid="-//Café des Soignants//FR"):
    """Return a whole calendar as bytes. prodid says which program wrote it."""
    component = Calendar()
    component.add("prodid", prodid)
    component.add("version", "2.0")
    component.add("method", method)
    component.add("x-wr-calname", name)
    for item in events:
        component.add_component(item)
    return component.to_ical()
