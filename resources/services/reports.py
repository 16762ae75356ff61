"""What becomes of « Signaler une erreur » and « Proposer une ressource », from their reception to the thanks.

A report waits until the coordination closes it, once: accepted (the sheet is corrected, or was made of the proposal) or
set aside. Every move locks the report's row first, so that of two taken at once the second finds the first.
"""

from django.db import transaction
from django.utils import timezone

from cafe.errors import Refusal
from cafe.limits import within_limit
from cafe.templatetags.french import day
from cafe.text import normalise_email
from resources.enums import AreaKind, ChangeOrigin, ReportKind, ReportState, ResourceKind, ResourceState
from resources.models import Resource, ResourceReport
from resources.notifications import reports as notifications
from resources.services.indexing import hold_index
from resources.services.sheets import create_sheet, update_sheet

SECONDS_A_DAY = 86_400


@transaction.atomic
def report_error(*, resource, wrong, message, email=""):
    """Keep what a visitor finds wrong on a sheet, with a Fault; return the report, the first one if sent twice."""
    resource = Resource.objects.select_for_update(of=("self",), no_key=True).get(pk=resource.pk)
    return _receive(kind=ReportKind.ERROR, resource=resource, fields={"wrong": wrong}, message=message, email=email)


@transaction.atomic
def propose_resource(*, values, message, email=""):
    """Keep a resource that a visitor proposes; return the report, the first one if sent twice.

    values: {name of a Resource's field: value}, the list of "needs", and "known", an Acquaintance.
    """
    hold_index()  # a proposal has no sheet whose row the second of two could wait for
    return _receive(kind=ReportKind.PROPOSAL, fields=values, message=message, email=email)


def _receive(*, email, **typed):
    email = normalise_email(email)
    same = typed | {"email": email, "state": ReportState.RECEIVED}
    known = [one for one in ResourceReport.objects.filter(**_plain(same)) if one.fields == typed["fields"]]
    if known:
        return known[0]
    report = ResourceReport.objects.create(**typed, email=email)
    # The address was typed, not proved: whoever types somebody else's has one short mail sent to it a day, no more.
    if email and within_limit(scope="report-receipt", who=email, limit=1, seconds=SECONDS_A_DAY):
        notifications.received(report)
    return report


def _plain(conditions):
    """Databases do not compare JSON alike: fields are compared once read."""
    return {name: value for name, value in conditions.items() if name != "fields"}


def _locked_open(report):
    """Lock the report's row and read it again. Raises Refusal where it has been examined."""
    report = ResourceReport.objects.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
    if not report.is_open:
        raise Refusal(f"Ce signalement a déjà été examiné, le {day(report.handled_at)}.")
    return report


@transaction.atomic
def make_sheet(*, report, by):
    """Make of a proposal a suggestion that nobody else sees; return the sheet. The report stays open meanwhile.

    Where it takes place is guessed, since a sheet must say so: in its commune if one was given, else from afar.
    """
    report = _locked_open(report)
    if report.resource_id:
        raise Refusal("Ce signalement a déjà sa fiche.")
    typed = dict(report.fields)
    # How the visitor knows it stays in the report: it says something of the visitor, not of the sheet.
    needs, _ = typed.pop("needs", []), typed.pop("known", "")
    report.resource = create_sheet(
        values=typed | _somewhere(typed), needs=needs, by=by, origin=ChangeOrigin.REPORT, state=ResourceState.SUGGESTION
    )
    report.save(update_fields=["resource"])
    return report.resource


def _somewhere(typed):
    commune = typed.get("commune", "")
    area = {"area_kind": AreaKind.COMMUNES, "area": commune, "area_communes": [commune]} if commune else {}
    remote = not commune or typed.get("kind") == ResourceKind.HELPLINE
    return {"on_site": bool(commune), "remote": remote, **area}


@transaction.atomic
def correct_sheet(*, report, values, needs, by):
    """Change the sheet that an open report is about; its history says where the change came from. Raises Refusal.

    Return (sheet, what changed), as update_sheet does.
    """
    report = _locked_open(report)
    return update_sheet(resource=report.resource, values=values, needs=needs, by=by, origin=ChangeOrigin.REPORT)


@transaction.atomic
def accept_report(*, report, by):
    """Close a report whose sheet is right now, and thank whoever left an address. Raises Refusal without a sheet."""
    report = _locked_open(report)
    if report.resource_id is None:
        raise Refusal("Faites d’abord une fiche de cette proposition, ou écartez-la.")
    return _close(report, ReportState.ACCEPTED, by, tell=notifications.accepted)


@transaction.atomic
def set_aside(*, report, by, answer="", tell=True):
    """Close a report that changes nothing; thank whoever left an address with this answer, unless told not to."""
    report = _locked_open(report)
    report.answer = answer
    return _close(report, ReportState.REFUSED, by, tell=notifications.refused if tell else None)


def _close(report, state, by, *, tell):
    report.state, report.handled_by, report.handled_at = state, by, timezone.now()
    report.save(update_fields=["state", "answer", "handled_by", "handled_at"])
    if tell and report.email:
        tell(report)
    return report
