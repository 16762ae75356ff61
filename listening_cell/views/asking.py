"""Asking for a talk. Nothing here looks at who is signed in, writes a session, a log line, a cookie but csrf's."""

from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from cafe import feedback, ics
from cafe.errors import Refusal
from listening_cell import vault
from listening_cell.forms.asking import AskForm
from listening_cell.models import CellSettings
from listening_cell.services import asking, booking, casework
from listening_cell.views.spaces import PublicCellPage

NUMBERS = {1: "En voici un autre.", 2: "En voici deux proches.", 3: "En voici trois proches."}
NONE_LEFT = "Il n’en reste pas d’autre : envoyez sans créneau, une date vous sera proposée."
TALK = timedelta(hours=1)
FARTHEST = timedelta(days=366)


class AskView(PublicCellPage):
    """The form; once sent, the receipt at the same address, so that the code stands in no other."""

    def get(self, request):
        return self.page(request, AskForm(), asking.offer())

    @sensitive_variables()
    def post(self, request):
        form = AskForm(request.POST)
        if not form.is_valid():
            return self.page(request, form, asking.offer(**form.wishes()))
        try:
            asked = asking.ask(
                nonce=form.cleaned_data["nonce"], request=form.request(), starts_at=form.cleaned_data["slot"]
            )
        except booking.SlotTaken as refusal:
            form.add_error("slot", f"{refusal.sentence} {NUMBERS.get(len(refusal.near), NONE_LEFT)}")
            return self.page(request, form, asking.offer(**form.wishes()), slots=refusal.near, status=409)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.page(request, form, asking.offer(**form.wishes()))
        return self.receipt(request, asked)

    def page(self, request, form, offer, *, slots=None, status=200):
        form.show(peers=offer.peers, slots=offer.slots if slots is None else slots)
        context = {"form": form, "offer": offer, "cell": CellSettings.load()}
        return render(request, "listening_cell/asking/ask.html", context, status=status)

    @sensitive_variables()
    def receipt(self, request, asked):
        context = {
            "asked": asked,
            "peers": sorted((peer.user for peer in asked.peers), key=lambda user: (user.first_name, user.pk)),
            "groups": vault.grouped(asked.receipt).split(),
            "come_back_by": asking.come_back_by(asked),
            "cell": CellSettings.load(),
            "opinion": feedback.address(feedback.LISTENING_CELL),
            "request_kept": casework.read_request(asked.opened),
        }
        return render(request, "listening_cell/asking/receipt.html", context)


class CalendarView(PublicCellPage):
    """A file that puts an hour in one's calendar: it names nothing, and its time stands in no address."""

    def post(self, request):
        starts_at = moment_of(request.POST.get("quand", ""))
        stamp = f"{starts_at:%Y%m%dT%H%M%SZ}"
        # Written at the hour of the talk, not now: nothing tells when it was asked for.
        event = ics.event(uid=stamp, start=starts_at, end=starts_at + TALK, summary="Rendez-vous", stamp=starts_at)
        content = ics.calendar([event], name="Rendez-vous", prodid="-//Agenda//FR")
        headers = {"Content-Disposition": 'attachment; filename="rendez-vous.ics"'}
        return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def moment_of(text):
    """Return the moment of these seconds since 1970, within a year of now, or raise Http404."""
    try:
        moment = datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Http404 from error
    if abs(moment - timezone.now()) > FARTHEST:
        raise Http404
    return moment
