"""What facilitators said through their link, until somebody of the coordination has dealt with it."""

from django.urls import reverse

from activities.enums import NoticeKind
from activities.models import FacilitatorNotice
from activities.todo import named
from cafe.todo import Line

VERBS = {NoticeKind.CANCEL: "annuler", NoticeKind.POSTPONE: "reporter"}
SHOWN = 20


def lines():
    """One statement, the latest first."""
    waiting = FacilitatorNotice.objects.filter(handled_at=None).select_related("session__activity")
    return [
        Line(
            f"{named(notice.session)} : l’intervenant doit {VERBS[notice.kind]}.",
            reverse("manage_facilitator_link", args=[notice.session.slug]),
            "Lire et répondre",
        )
        for notice in waiting[:SHOWN]
    ]
