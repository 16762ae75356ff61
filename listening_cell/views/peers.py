"""A peer's day: what waits, the next talks, the hours; and the cases that are closed."""

from django.core.paginator import Paginator
from django.shortcuts import render

from listening_cell.enums import CaseState
from listening_cell.services import closing, enrolling, following
from listening_cell.views.spaces import PeerSpace

# Opening a case costs a fifth of a millisecond, showing it as much again.
PER_PAGE = 5


class TodayView(PeerSpace):
    """What waits for this peer, the next talks, the cases without a date: five cases, those that wait first.

    Every page has all the talks to come: their dates are in clear, and who it is about only where its case is opened.
    """

    def get(self, request):
        hours = following.hours_ahead(self.holder)
        rows = following.rows_of(peer=self.holder, states=CaseState.open, hours=hours)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        covers = following.opened_covers(page, self.private)
        context = {
            "waiting": [cover for cover in covers if cover.waits],
            "talks": talks_of(rows, covers),
            "undated": [cover for cover in covers if not cover.at and not cover.waits],
            "called_off": [hour.at for hour in hours if hour.called_off],
            "key_ends": self.holder.expires_on if enrolling.ends_soon(self.holder) else None,
            "page_obj": page,
        }
        return render(request, "listening_cell/peers/today.html", context)


def talks_of(rows, covers):
    """Return (when, the reference of the case, who it is about or "") of each talk to come, the nearest first."""
    known = {cover.case.pk: cover.who for cover in covers if cover.readable}
    return sorted((row.at, row.case, known.get(row.case, "")) for row in rows if row.at)


class ClosedView(PeerSpace):
    """The closed cases that are not forgotten yet, with the day after which they are."""

    def get(self, request):
        rows = following.rows_of(peer=self.holder, states=[CaseState.CLOSED])
        rows.sort(key=lambda row: (row.last_week, row.case), reverse=True)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        covers = following.opened_covers(page, self.private)
        until = closing.kept_until([cover.case for cover in covers])
        shown = [(cover, until[cover.case.pk]) for cover in covers]
        return render(request, "listening_cell/peers/closed.html", {"rows": shown, "page_obj": page})
