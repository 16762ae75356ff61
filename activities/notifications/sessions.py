"""What hosts and facilitators are told when a session changes or is cancelled; they have mails of their own."""

from django.urls import reverse

from activities.calendars import invitation, withdrawal
from cafe import mail


def _letter(event, session, *, to, key, portal, **context):
    return {
        "event": f"activities/{event}",
        "to": to,
        "dedupe_key": f"session:{session.pk}:{event}:{key}:{session.sequence}",
        "context": {"session": session, "portal": portal, **context},
    }


def _people(session, *, with_facilitator=True):
    """Return (event suffix, address, key, name) of each host, and of the facilitator where an address is known."""
    people = [("hosts", host.email, host.pk, host.first_name) for host in session.hosts.all()]
    facilitator = session.facilitator
    if with_facilitator and facilitator and facilitator.email:
        people.append(("facilitator", facilitator.email, facilitator.pk, facilitator.name))
    return people


def changed(session, *, changes, portal, with_facilitator=True):
    """Return the mails that tell hosts and facilitator what changed: a list of French sentences."""
    url = mail.absolute(reverse("session", args=[session.slug]))
    attached = [invitation(session, organizer=portal.contact_email)]
    return [
        _letter(f"session_changed_{who}", session, to=to, key=key, portal=portal, name=name, changes=changes, url=url)
        | {"attachments": attached}
        for who, to, key, name in _people(session, with_facilitator=with_facilitator)
    ]


def cancelled(session, *, portal):
    """Return the mails that tell hosts and facilitator that the session will not take place."""
    return [
        _letter(f"session_cancelled_{who}", session, to=to, key=key, portal=portal, name=name)
        | {"attachments": [withdrawal(session, organizer=portal.contact_email, attendee=to)]}
        for who, to, key, name in _people(session)
    ]
