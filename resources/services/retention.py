"""What the directory holds on a person: the reports sent with her address, and what she did to sheets.

A report once examined is wiped of what was typed after 12 months; one that nobody examined is deleted after 24. The
history of a sheet lasts as long as the sheet, without the name of who has erased her account (SET_NULL).
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from resources.enums import Acquaintance, ReportKind, ReportState
from resources.models import ResourceChange, ResourceReport
from resources.reported import lines_of

MONTH = timedelta(days=365.25 / 12)
EXAMINED_MONTHS, WAITING_MONTHS = 12, 24


def reports_of(user):
    """Reports sent with an address that this person has verified."""
    emails = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return ResourceReport.objects.filter(email__in=[email.lower() for email in emails])


def export(user):
    """Return this person's reports, and what she did to sheets and to reports, as plain values."""
    changes = ResourceChange.objects.filter(by=user).select_related("resource")
    examined = ResourceReport.objects.filter(handled_by=user).order_by("handled_at", "pk")
    mine = reports_of(user).select_related("resource").order_by("created_at", "pk")
    return {
        "signalements": [_exported(report) for report in mine],
        "changements": [
            {"fiche": one.resource.name, "changement": one.get_kind_display(), "le": one.at.isoformat()}
            for one in changes
        ],
        "signalements_examines": [
            {"nature": one.get_kind_display(), "etat": one.get_state_display(), "le": one.handled_at.isoformat()}
            for one in examined
        ],
    }


def _exported(report):
    return {
        "nature": report.get_kind_display(),
        "recu": report.created_at.isoformat(),
        "etat": report.get_state_display(),
        "email": report.email,
        "fiche": report.resource.name if report.resource and not report.is_proposal else "",
        "saisie": dict(lines_of(report)),
        "message": report.message,
        "reponse": report.answer,
    }


@transaction.atomic
def erase(user):
    """Wipe this person's reports; those still open keep their message, without her address.

    A proposal of her own practice tells who she is: it goes whole, unless the coordination has made a sheet of it.
    """
    mine = reports_of(user)
    waiting = mine.filter(state=ReportState.RECEIVED)
    of_oneself = {"kind": ReportKind.PROPOSAL, "resource": None, "fields__known": Acquaintance.SELF}
    waiting.filter(**of_oneself).delete()
    # From here on they are nobody's: what is wiped next is what has been examined.
    waiting.update(email="")
    wipe(mine)


def wipe(reports):
    """Forget what was typed, and the answer; return how many. That a report came, and what became of it, stays."""
    return reports.update(email="", message="", answer="", fields={})


def purge(now, dry_run):
    """Wipe reports examined over 12 months ago, delete those left for 24; return what was or would be done."""
    examined = ResourceReport.objects.filter(handled_at__lt=now - EXAMINED_MONTHS * MONTH).exclude(message="")
    waiting = ResourceReport.objects.filter(handled_at=None, created_at__lt=now - WAITING_MONTHS * MONTH)
    sentences = [
        f"Signalements sur l’annuaire effacés {EXAMINED_MONTHS} mois après leur examen : {examined.count()}.",
        f"Signalements restés sans examen {WAITING_MONTHS} mois, supprimés : {waiting.count()}.",
    ]
    if not dry_run:
        wipe(examined)
        waiting.delete()
    return sentences
