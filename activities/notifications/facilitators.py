"""Mails to the facilitator of a session, who has no account, and to the coordination on his behalf."""

from django.urls import reverse
from django.utils import timezone

from activities.facilitator_links import facilitator_path
from cafe import mail
from cafe.models import Portal
from members.enums import Role
from members.models import User


def _send(event, session, *, key, attachments=()):
    """Write one mail to the facilitator; the key makes it unique among those about this session and this person."""
    return mail.send(
        event=f"activities/{event}",
        to=session.facilitator.email,
        dedupe_key=f"facilitator:{session.pk}:{session.facilitator_id}:{key}",
        context={"session": session, "url": mail.absolute(facilitator_path(session))},
        attachments=attachments,
        carries_token=True,
    )


def link(session):
    """Once for each session and facilitator, however often the session is published."""
    return _send("facilitator_link", session, key=f"link:{session.facilitator_link}")


def link_again(session):
    """Once a minute at most: a button pressed twice sends one mail."""
    return _send("facilitator_link", session, key=f"again:{session.facilitator_link}:{timezone.now():%Y%m%d%H%M}")


def list_key(session):
    """The session's time is in the key, so that a moved session sends its list again."""
    return f"list:{session.starts_at:%Y%m%d%H%M}"


def attendee_list(session, pdf):
    part = {"name": "liste-des-inscrits.pdf", "type": "application/pdf", "content": pdf}
    return _send("facilitator_list", session, key=list_key(session), attachments=[part])


def notice(notice, session):
    """Tell every member of the coordination at once, or the general contact where there is none; return how many."""
    team = User.objects.filter(groups__name=Role.COORDINATION, is_active=True).values_list("email", flat=True)
    addresses = sorted(team) or [Portal.load().contact_email]
    url = mail.absolute(reverse("manage_facilitator_link", args=[session.slug]))
    reply = {"Reply-To": session.facilitator.email} if session.facilitator.email else {}
    return mail.send_many(
        {
            "event": "activities/facilitator_notice",
            "to": address,
            "dedupe_key": f"facilitator-notice:{notice.pk}:{number}",
            "context": {"notice": notice, "session": session, "url": url},
            "headers": reply,
        }
        for number, address in enumerate(addresses)
    )
