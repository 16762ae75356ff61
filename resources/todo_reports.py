"""What visitors have said of the directory that waits for the coordination."""

from django.db.models import Count
from django.urls import reverse

from cafe.todo import Line
from resources.enums import ReportKind, ReportState
from resources.models import ResourceReport

SENTENCES = {
    ReportKind.ERROR: ("Une erreur est signalée dans l’annuaire.", "{} erreurs sont signalées dans l’annuaire."),
    ReportKind.PROPOSAL: ("Une ressource est proposée à l’annuaire.", "{} ressources sont proposées à l’annuaire."),
}


def lines():
    """One line for each kind. One statement."""
    waiting = ResourceReport.objects.filter(state=ReportState.RECEIVED).order_by().values("kind")
    counts = {row["kind"]: row["count"] for row in waiting.annotate(count=Count("pk"))}
    return [
        Line(one if counts[kind] == 1 else many.format(counts[kind]), _list_of(kind), "Examiner")
        for kind, (one, many) in SENTENCES.items()
        if kind in counts
    ]


def _list_of(kind):
    return f"{reverse('manage_reports')}?etat={ReportState.RECEIVED}&nature={kind}"
