"""A peer's day: what waits, the next talks, the hours; and the cases that are closed."""

from django.core.paginator import Paginator
from django.shortcuts import render

from listening_cell.enums import CaseState
from listening_cell.services import closing, enrolling, following
from listening_cell.views.spaces import PeerSpace

PER_PAGE = 20


class TodayView(PeerSpace):
    """What waits for this peer, the next talks, the cases without a date. Everything on one page, however many."""

    def get(self, request):
        covers = following.covers(peer=self.holder, private=self.private, states=CaseState.open)
        context = {
            "waiting": [cover for cover in covers if cover.waits],
            "talks": [cover for cover in covers if cover.at and cover.readable],
            "undated": [cover for cover in covers if not cover.at and not cover.waits],
            "key_ends": self.holder.expires_on if enrolling.ends_soon(self.holder) else None,
        }
        return render(request, "listening_cell/peers/today.html", context)


class ClosedView(PeerSpace):
    """The closed cases that are not forgotten yet, with the day after which they are."""

    def get(self, request):
        covers = following.covers(peer=self.holder, private=self.private, states=[CaseState.CLOSED])
        covers.sort(key=lambda cover: (cover.case.last_week, cover.case.pk), reverse=True)
        page = Paginator(covers, PER_PAGE).get_page(request.GET.get("page"))
        until = closing.kept_until([cover.case for cover in page])
        rows = [(cover, until[cover.case.pk]) for cover in page]
        return render(request, "listening_cell/peers/closed.html", {"rows": rows, "page_obj": page})
