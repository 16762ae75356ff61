"""What visitors have said of the directory: an error on a sheet, and a resource to add. Nobody left an address."""

from datetime import timedelta

from django.utils import timezone

from resources.enums import Acquaintance, Fault, ReportKind, ResourceKind
from resources.models import Resource, ResourceReport

ERROR_AGO, PROPOSAL_AGO = timedelta(days=2), timedelta(days=6)


def load_reports():
    """Write both, once: where there are reports already, nothing is added."""
    sheet = Resource.objects.public().filter(seed_key__startswith="demo-").order_by("pk").first()
    if sheet is None or ResourceReport.objects.exists():
        return
    error = ResourceReport.objects.create(
        kind=ReportKind.ERROR,
        resource=sheet,
        fields={"wrong": Fault.HOURS},
        message="J’ai appelé mercredi : c’est fermé ce jour-là, mais ouvert le samedi matin.",
    )
    proposal = ResourceReport.objects.create(
        kind=ReportKind.PROPOSAL,
        fields={
            "name": "Groupe Balint du littoral",
            "kind": ResourceKind.GROUP,
            "known": Acquaintance.USED,
            "needs": ["entraide--groupe-de-parole"],
        },
        message="J’y vais depuis deux hivers. On y dépose les situations difficiles, et l’accueil est bon.",
    )
    # Inserting stamps the present: the past is put back afterwards.
    now = timezone.now()
    ResourceReport.objects.filter(pk=error.pk).update(created_at=now - ERROR_AGO)
    ResourceReport.objects.filter(pk=proposal.pk).update(created_at=now - PROPOSAL_AGO)
