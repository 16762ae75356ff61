"""Reports for tests, made through the services; what visitors post."""

from datetime import timedelta

from django.utils import timezone

from resources.models import ResourceReport
from resources.services.reports import propose_resource, report_error
from resources.tests.factories import make_resource, numbers


def make_report(*, resource=None, wrong="contact", message="Le numéro ne répond plus.", email=""):
    resource = resource or make_resource()
    return report_error(resource=resource, wrong=wrong, message=message, email=email)


def make_proposal(*, message="Elle reçoit vite.", email="", **values):
    defaults = {"name": f"Médiation {next(numbers)}", "kind": "service", "known": "used"}
    return propose_resource(values=defaults | values, message=message, email=email)


def aged(report, *, received=timedelta(0), examined=None):
    """Push a report's dates back in time."""
    dates = {"created_at": timezone.now() - received}
    if examined is not None:
        dates["handled_at"] = timezone.now() - examined
    ResourceReport.objects.filter(pk=report.pk).update(**dates)
    return report


def error_data(**fields):
    return {"wrong": "contact", "message": "Le numéro ne répond plus.", "email": "Louise@Cafe.example"} | fields


def proposal_data(**fields):
    return {
        "name": "Médiation du port",
        "kind": "service",
        "message": "Elle aide des associés à se parler.",
        "known": "used",
        "needs": ["exercice--conflit-entre-associes", "droit--avocat"],
        "phone": "02 61 91 00 30",
        "contact": "port@cafe.example",
        "website": "mediation.example",
        "commune": "Port-Sauvel",
        "email": "Louise@Cafe.example",
    } | fields
