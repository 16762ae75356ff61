"""The board's report: what its page shows of a period, on paper."""

from django.utils import timezone

from activities.seasons import parse_month
from cafe import pdf
from cafe.board.overview import report_of
from evaluation.figures import Period

KIND = "board_report"


def request_report(*, period, user):
    """Ask for the report of a period; return the Document, which that person alone may fetch."""
    params = {"du": f"{period.first:%Y-%m}", "au": f"{period.last:%Y-%m}"}
    filename = f"rapport-conseil-{params['du']}-{params['au']}.pdf"
    return pdf.request_document(kind=KIND, params=params, filename=filename, user=user)


def report(*, du, au):
    """Return the report's HTML, drawn by a worker: the figures as they may be told that day. du, au: YYYY-MM."""
    period = Period(parse_month(du), parse_month(au))
    return pdf.html_of("board/pdf/report.html", today=timezone.localdate(), **report_of(period))
