"""What the sessions of a cycle owe one another: one registration for all, the first one first, one word to all."""

from django.utils import timezone

from activities.enums import SessionState
from activities.models import Registration, Session
from activities.notifications import cycles as notifications
from activities.notifications import sessions as to_team
from cafe import mail
from cafe.errors import Refusal
from cafe.models import Portal
from cafe.templatetags.french import day


def check_order(session):
    """Raise Refusal where this session's date would no longer leave the first of its cycle before all others."""
    if session.head_id and session.starts_at <= session.head.starts_at:
        raise Refusal(
            f"La première séance du cycle, {day(session.head.starts_at)}, porte les inscriptions : "
            "les autres viennent après elle."
        )
    earlier = session.followers.exclude(state=SessionState.CANCELLED).filter(starts_at__lte=session.starts_at).first()
    if earlier:
        raise Refusal(
            "C’est la première séance du cycle, qui porte les inscriptions : "
            f"elle vient avant celle du {day(earlier.starts_at)}."
        )


def check_carried(session):
    """Raise Refusal where a session would be published before the one that carries its registrations."""
    if session.head_id and session.head.state not in (SessionState.PUBLISHED, SessionState.HELD):
        raise Refusal("Publiez d’abord la première séance du cycle : les autres paraissent avec elle.")


def tell_added(session):
    """Tell those registered to a cycle that a date has just joined it; return how many are told."""
    if not session.head_id:
        return 0
    people = Registration.objects.filter(session_id=session.head_id).live().exclude(email="")
    portal = Portal.load()
    return mail.send_many(notifications.date_added(one, session, portal=portal) for one in people)


def drafts_after(session):
    """Return the drafts that follow this session in the cycle it opens, in order."""
    return session.followers.filter(state=SessionState.DRAFT).order_by("starts_at", "pk")


def unpublish_followers(session, *, by):
    session.followers.filter(state=SessionState.PUBLISHED).update(state=SessionState.DRAFT, moved_by=by)


def cancel_followers(session):
    """Cancel what was still to come of the cycle whose first session has just been cancelled; tell hosts, facilitators.

    The people registered are told once, of the whole.
    """
    portal = Portal.load()
    for follower in Session.objects.filter(head=session, state=SessionState.PUBLISHED, starts_at__gt=timezone.now()):
        for name in ("state", "cancelled_at", "cancel_message", "moved_by"):
            setattr(follower, name, getattr(session, name))
        follower.sequence += 1
        follower.save(update_fields=["state", "cancelled_at", "cancel_message", "moved_by", "sequence"])
        mail.send_many(to_team.cancelled(follower, portal=portal))
