"""The pages of whoever came back with a receipt: date, messages, another pair, forgetting all, closing.

No account, no session of the portal, no message framework: what an act changed is read on the page itself.
"""

from contextlib import suppress
from functools import wraps
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables

from cafe import feedback
from cafe.errors import Refusal
from cafe.limits import client_address
from listening_cell import vault
from listening_cell.forms.follow import CancelForm, CodeForm, DateForm, MessageForm, PairForm
from listening_cell.models import CellSettings, Peer
from listening_cell.services import booking, casework, returning, sessions
from listening_cell.views.spaces import (
    COOKIE,
    RECEIPT,
    PublicCellPage,
    ReceiptSpace,
    code_page,
    give_cookie,
    opened_by_receipt,
    take_cookie,
)

OUTSIDE = "https://meteofrance.com/"  # where « Quitter vite » leads
STEP, MOST_SHOWN = 3, 30
RECENT = 20
NEAR = {
    0: "Il n’en reste pas d’autre.",
    1: "En voici un autre.",
    2: "En voici deux proches.",
    3: "En voici trois proches.",
}
RESUMED = {f"cell_follow_{act}" for act in ("message", "date", "cancel", "pair", "forget")}


# --- Coming back, leaving -------------------------------------------------------------------------


class ReturnView(PublicCellPage):
    """The code opens the case for fifteen minutes; what was being sent when they ran out goes on from here."""

    def get(self, request):
        return redirect("cell_follow") if opened_by_receipt(request) else code_page(request, CodeForm())

    @sensitive_variables()
    def post(self, request):
        form, held = CodeForm(request.POST), held_before(request)
        try:
            receipt = self.receipt(form)
        except Refusal as refusal:
            form.add_error("code", refusal.sentence)
        if not form.is_valid():
            return code_page(request, form, **held)
        response = self.resume(**held) if held["sending"] else redirect("cell_follow")
        sessions.close_space(request.COOKIES.get(COOKIE))
        space = sessions.Space(RECEIPT, "", receipt.encode())
        give_cookie(response, sessions.open_space(space, longest=sessions.IDLE))
        return response

    @sensitive_variables()
    def receipt(self, form):
        if form.is_valid():
            return returning.come_back(code=form.cleaned_data["code"], address=client_address(self.request))
        return ""

    def resume(self, *, target, held, sending):
        return render(self.request, "listening_cell/follow/resume.html", {"target": own(target), "held": held})


def held_before(request):
    """Return what the page of the code carries of something that was being sent."""
    names, values = request.POST.getlist("held_name"), request.POST.getlist("held_value")
    return {
        "target": request.POST.get("target", ""),
        "held": list(zip(names, values, strict=False)),
        "sending": bool(request.POST.get("sending")),
    }


def own(target):
    """Return the address of the act that was being sent, or that of the case where it is anything else."""
    try:
        name = resolve(urlsplit(target).path).url_name
    except (Resolver404, ValueError):
        name = None
    return reverse(name if name in RESUMED else "cell_follow")


def closed(request, response):
    """Send this response and end the space: its key is in no row any more."""
    sessions.close_space(request.COOKIES.get(COOKIE))
    take_cookie(response)
    return response


class LeaveView(PublicCellPage):
    def get(self, request):
        return redirect("cell_return")

    def post(self, request):
        return closed(request, redirect("listening"))


class QuitView(PublicCellPage):
    """« Quitter vite » of an opened case: the weather, and Back finds it closed. A link: one tap, without a script."""

    def get(self, request):
        return closed(request, redirect(OUTSIDE))


class ForgottenView(PublicCellPage):
    def get(self, request):
        return render(request, "listening_cell/follow/forgotten.html")


# --- The case -------------------------------------------------------------------------------------


def calm(view):
    """Where something of a case does not open any more, say so in one sentence, and leave a way out."""

    @wraps(view)
    def shown(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except vault.Unreadable:
            return render(request, "listening_cell/follow/unreadable.html")

    return shown


@method_decorator([login_not_required, calm], name="dispatch")
class FollowPage(ReceiptSpace):
    """A page of the case. Where a peer left while it was made, the case has other keys: it is opened again, once."""

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except vault.Unreadable:
            self.opened = opened_by_receipt(request) or self.opened
            return super().dispatch(request, *args, **kwargs)

    def show(self, name, **context):
        return render(self.request, f"listening_cell/follow/{name}.html", context)


class FollowView(FollowPage):
    """The appointment, the messages, and the ways to change either."""

    def get(self, request):
        return self.page(MessageForm())

    @sensitive_variables()
    def page(self, form):
        followed = returning.follow(self.opened)
        told = signed(followed)
        return self.show(
            "follow",
            followed=followed,
            form=form,
            older=told[:-RECENT],
            recent=told[-RECENT:],
            come_back_by=returning.come_back_by(followed),
            cell=CellSettings.load(),
            opinion=feedback.address(feedback.LISTENING_CELL),
        )


def signed(followed):
    """Return (who, whether it is the reader, the message) of each message, oldest first."""
    authors = {message.author for message in followed.messages}
    peers = {peer.pk: peer for peer in followed.pair}
    left = authors - peers.keys() - {casework.REQUESTER, casework.CELL}
    if left:
        peers |= {peer.pk: peer for peer in Peer.objects.filter(pk__in=left).select_related("user")}
    names = {key: f"Votre binôme, {peer.user.first_name or 'un pair'}" for key, peer in peers.items()}
    names |= {casework.REQUESTER: "Vous", casework.CELL: "Votre binôme"}
    return [
        (names.get(message.author, "Votre binôme"), message.author == casework.REQUESTER, message)
        for message in followed.messages
    ]


class MessageView(FollowView):
    """Sends a message. Opened on its own, leads to the page it is written on."""

    def get(self, request):
        return redirect("cell_follow")

    @sensitive_variables()
    def post(self, request):
        form = MessageForm(request.POST)
        if not form.is_valid():
            return self.page(form)
        try:
            returning.write(opened=self.opened, words=form.cleaned_data["words"])
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.page(form)
        return redirect(f"{reverse('cell_follow')}#messages")


class DateView(FollowPage):
    """Three dates of the same pair, then more; to move the talk to come, or to ask for another."""

    def get(self, request):
        return self.page(DateForm())

    @sensitive_variables()
    def post(self, request):
        form = DateForm(request.POST)
        if not form.is_valid():
            return self.page(form)
        try:
            returning.set_date(opened=self.opened, starts_at=form.cleaned_data["date"])
        except booking.SlotTaken as taken:
            form.add_error("date", f"{taken.sentence} {NEAR[len(taken.near)]}")
            return self.page(form, taken.near, status=409)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.page(form)
        return redirect("cell_follow")

    def page(self, form, near=None, status=200):
        followed = returning.follow(self.opened)
        if not followed.is_open:
            return redirect("cell_follow")
        dates, count = returning.dates(followed.pair), shown_count(self.request)
        form.show(dates[:count] if near is None else near)
        more = count + STEP if count < min(len(dates), MOST_SHOWN) else None
        response = self.show("date", followed=followed, form=form, dates=dates, more=more)
        response.status_code = status
        return response


def shown_count(request):
    """Return how many dates the reader asked to see: by threes."""
    asked = request.GET.get("voir", "")
    count = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= len(str(MOST_SHOWN)) else STEP
    return min(max(count, STEP), MOST_SHOWN)


class CancelView(FollowPage):
    def get(self, request):
        return self.page(CancelForm())

    def page(self, form):
        followed = returning.follow(self.opened)
        if not followed.starts_at or followed.began:
            return redirect("cell_follow")
        return self.show("cancel", followed=followed, form=form)

    @sensitive_variables()
    def post(self, request):
        form = CancelForm(request.POST)
        if not form.is_valid():
            return self.page(form)
        try:
            returning.cancel(opened=self.opened, words=form.cleaned_data["words"])
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.page(form)
        return redirect("cell_follow")


class PairView(FollowPage):
    """Another pair, where this one does not answer or somebody has left it."""

    def get(self, request):
        return self.page(PairForm())

    @sensitive_variables()
    def post(self, request):
        form = PairForm(request.POST)
        if not form.is_valid():
            return self.page(form)
        chosen = form.cleaned_data
        try:
            returning.change_pair(opened=self.opened, excluded=chosen["excluded"], starts_at=chosen["date"])
        except booking.SlotTaken as taken:
            form.add_error("date", f"{taken.sentence} {NEAR[len(taken.near)]}")
            return self.page(form, taken.near, status=409)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.page(form)
        return redirect("cell_follow")

    def page(self, form, near=None, status=200):
        followed = returning.follow(self.opened)
        if not followed.lacks_pair:
            return redirect("cell_follow")
        left_out = getattr(form, "cleaned_data", {}).get("excluded", ())
        other = returning.other_pairs(followed, left_out)
        form.show(peers=other.peers, slots=other.slots if near is None else near)
        response = self.show("pair", followed=followed, form=form, other=other)
        response.status_code = status
        return response


class ForgetView(FollowPage):
    """Withdraws the request, and everything with it. Reads nothing of it, so that what no longer opens goes too."""

    def get(self, request):
        context = {"starts_at": booking.coming(self.opened.case)}
        return render(request, "listening_cell/follow/forget.html", context)

    def post(self, request):
        with suppress(Refusal):  # it was forgotten meanwhile, which is what was asked for
            returning.forget(opened=self.opened)
        return closed(request, redirect("cell_forgotten"))
