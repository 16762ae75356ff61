"""Reports kept as they were laid before the board: drawn once by a worker, with the date of their figures."""

import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from activities.seasons import parse_month
from cafe import pdf
from cafe.board import report
from cafe.board.models import KeptReport
from cafe.models import Document, DocumentState
from evaluation.figures import Period
from members.models import User

KIND = "board_report_kept"


def preparing(user):
    """Documents that will be reports to keep, as this person asked for them."""
    waiting = Document.objects.filter(kind=KIND, requested_by=user, state=DocumentState.WAITING)
    return waiting.filter(expires_at__gt=timezone.now()).order_by("-created_at")


@transaction.atomic
def request_kept(*, period, user):
    """Ask for the report of a period to be kept; return the Document. Asking twice at once keeps one."""
    months = report.months_of(period)
    under_way = next((one for one in preparing(user) if months.items() <= one.params.items()), None)
    if under_way:
        return under_way
    params = {"key": str(uuid.uuid4()), "user": user.pk} | months
    return pdf.request_document(kind=KIND, params=params, filename=report.filename(period), user=user)


def keep(*, key, user, du, au, progress=lambda percent: None):
    """Draw a report, keep it under its key, return (bytes, content type). Called again, it reads what it kept."""
    kept = KeptReport.objects.filter(pk=key).first() or draw(
        key, user, Period(parse_month(du), parse_month(au)), progress
    )
    return content_of(kept), pdf.PDF


def content_of(kept):
    """Return the bytes of a kept report. Raises FileNotFoundError where its file did not survive a restoration."""
    with kept.file.open("rb") as file:
        return file.read()


def draw(key, user, period, progress):
    content = report.content_of(period, progress)
    drawn = pdf.drawn(pdf.html_of(report.TEMPLATE, **content), progress)
    name = f"{KeptReport._meta.get_field('file').upload_to}{key}.pdf"
    # Of a worker that died between the file and its row.
    default_storage.delete(name)
    return KeptReport.objects.create(
        pk=key,
        first=period.first,
        last=period.last,
        file=default_storage.save(name, ContentFile(drawn)),
        size=len(drawn),
        counted_at=content["counted_at"],
        kept_by=User.objects.filter(pk=user).first(),
    )


def filename(kept):
    return report.filename(kept.period).replace(".pdf", f"-chiffres-du-{timezone.localdate(kept.counted_at)}.pdf")


@transaction.atomic
def forget(*, kept):
    """Delete a kept report, and its file once that is certain."""
    name = kept.file.name
    kept.delete()
    transaction.on_commit(lambda: default_storage.delete(name), robust=True)
