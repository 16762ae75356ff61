"""Who did what lately, from what the portal keeps of it: roles, sessions, and sheets of the directory."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Coalesce
from django.urls import reverse

from activities.enums import SessionState
from activities.models import Session
from cafe.templatetags.french import short_day
from members.models import RoleChange
from resources.models import ResourceChange

SHOWN = 20
ERASED = "(compte effacé)"
SESSION_MOVES = {
    SessionState.PUBLISHED: "a publié la séance",
    SessionState.CANCELLED: "a annulé la séance",
    SessionState.HELD: "a marqué tenue la séance",
}


@dataclass(frozen=True)
class Deed:
    at: datetime
    who: str
    what: str
    about: str
    url: str = ""


def deeds():
    """Return the last ones, the latest first. Three statements."""
    roles = RoleChange.objects.select_related("by", "person", "invitation")
    sheets = ResourceChange.objects.exclude(by=None).select_related("by", "resource")
    found = [*map(of_role, roles[:SHOWN]), *map(of_sheet, sheets[:SHOWN]), *map(of_session, moved_sessions()[:SHOWN])]
    return sorted(found, key=lambda deed: deed.at, reverse=True)[:SHOWN]


def of_role(change):
    """Of whoever accepted, who and what say the same person: only the role is told."""
    role = change.get_role_display()
    if change.move == "accepted":
        return Deed(change.at, str(change.by or ERASED), change.get_move_display(), role)
    whom = change.person or (change.invitation and change.invitation.email) or ERASED
    return Deed(change.at, str(change.by or ERASED), change.get_move_display(), f"{whom}, {role}")


def of_sheet(change):
    url = reverse("manage_resource", args=[change.resource.slug])
    return Deed(change.at, str(change.by), f"{change.get_kind_display()} de la fiche", str(change.resource), url)


def moved_sessions():
    """Sessions with `moved_at`, when they came to their state: of each, the portal keeps the last move alone."""
    moved = Session.objects.filter(state__in=SESSION_MOVES).exclude(moved_by=None)
    moved = moved.annotate(moved_at=Coalesce("cancelled_at", "held_at", "published_at")).exclude(moved_at=None)
    return moved.select_related("activity", "moved_by").order_by("-moved_at", "-pk")


def of_session(session):
    about = f"{session.activity.title}, {short_day(session.starts_at)}"
    url = reverse("manage_session", args=[session.slug])
    return Deed(session.moved_at, str(session.moved_by), SESSION_MOVES[session.state], about, url)
