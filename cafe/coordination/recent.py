"""Who did what lately, from the histories that the portal keeps: roles, and sheets of the directory."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from members.models import RoleChange
from resources.models import ResourceChange

SHOWN = 20
ERASED = "(compte effacé)"


@dataclass(frozen=True)
class Deed:
    at: datetime
    who: str
    what: str
    about: str
    url: str = ""


def deeds():
    """Return the last ones, the latest first. Two statements."""
    roles = RoleChange.objects.select_related("by", "person", "invitation")
    sheets = ResourceChange.objects.exclude(by=None).select_related("by", "resource")
    found = [*map(of_role, roles[:SHOWN]), *map(of_sheet, sheets[:SHOWN])]
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
