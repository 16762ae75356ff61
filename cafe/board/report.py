"""The board's report: what its page shows of a period, and what the coordination writes in it, on paper."""

from django.db.models import Q
from django.utils import timezone

from activities.enums import SessionState
from activities.models import Session
from activities.seasons import parse_month
from cafe import pdf
from cafe.board import writing
from cafe.board.models import Section
from cafe.board.overview import report_of
from evaluation.figures import Period

KIND = "board_report"
TEMPLATE = "board/pdf/report.html"
MOST_SESSIONS = 15


def months_of(period):
    return {"du": f"{period.first:%Y-%m}", "au": f"{period.last:%Y-%m}"}


def filename(period, extension="pdf"):
    return f"rapport-conseil-{period.first:%Y-%m}-{period.last:%Y-%m}.{extension}"


def request_report(*, period, user):
    """Ask for the report of a period; return the Document, which that person alone may fetch."""
    return pdf.request_document(kind=KIND, params=months_of(period), filename=filename(period), user=user)


def report(*, du, au, progress=lambda percent: None):
    """Return the report's HTML, drawn by a worker: the figures as they may be told that day. du, au: YYYY-MM."""
    return pdf.html_of(TEMPLATE, **content_of(Period(parse_month(du), parse_month(au)), progress))


def content_of(period, progress=lambda percent: None):
    """Return the overview of a period with what was written of it, for paper and for the file.

    kept: the parts that the coordination keeps, all of them where it wrote nothing. counted_at: when its oldest figure
    was counted.
    """
    text = writing.text_of(period)
    kept = set(text.sections)
    following = next_sessions(period) if Section.NEXT_SESSIONS in kept else []
    found = report_of(period) | {"text": text, "kept": kept, "next_sessions": following}
    progress(45)
    return found


def next_sessions(period):
    """Return the first published sessions to come after a period; of a cycle, the one that opens it."""
    after = Q(starts_at__gte=period.end) & Q(starts_at__gt=timezone.now())
    found = Session.objects.filter(after, state=SessionState.PUBLISHED, head=None)
    return list(found.select_related("activity", "place").order_by("starts_at", "pk")[:MOST_SESSIONS])
