"""One case, for a peer who holds an envelope of it: its cover, then its contents, messages and talks."""

from contextlib import suppress

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views import View
from django.views.decorators.debug import sensitive_variables

from cafe.errors import Refusal
from listening_cell import guide, vault
from listening_cell.enums import For, Mode
from listening_cell.forms.cases import MessageForm, TalkForm
from listening_cell.models import Peer
from listening_cell.services import booking, casework, closing, following, interviews
from listening_cell.views.spaces import PeerSpace

DONE = "C’est fait."
TRIES = 2


class OpensCase(View):
    """Runs once the space is open: finds the peer's envelope, 404 for anybody else's case, and opens it.

    Sets self.envelope and self.opened. Until the request was read, the cover is all there is (before_reading: a page
    that goes with the cover). What does not open gives one calm page. A case that went meanwhile leads back. One that
    was given other keys while the page was made is opened again, and whatever was sent goes on.
    """

    before_reading = False

    def dispatch(self, request, *args, reference, **kwargs):
        for _ in range(TRIES):
            self.envelope = following.envelope_of(peer=self.holder, reference=reference)
            if self.envelope is None:
                raise Http404
            if not self.envelope.opened and not self.before_reading:
                return redirect("cell_case", reference)
            with suppress(vault.Unreadable):
                self.opened = casework.open_envelope(self.envelope, self.private)
                return super().dispatch(request, *args, **kwargs)
        return render(request, "listening_cell/peers/unreadable.html")


class CasePage(PeerSpace, OpensCase):
    """A page of one case. page() gives every template the case, its cover and the other peer."""

    @property
    def case(self):
        return self.opened.case

    def page(self, template, **context):
        asked = casework.read_request(self.opened)
        pair = following.pair_of(self.case)
        context = {
            "case": self.case,
            "cover": following.cover(self.envelope, asked, booking.coming(self.case)),
            "others": [peer for peer in pair if peer.pk != self.holder.pk],
            "is_open": casework.is_open(self.case),
        } | context
        return render(self.request, f"listening_cell/peers/{template}.html", context)

    @staticmethod
    def names(ids):
        """Return {id: name} of peers, those who have left included."""
        return {peer.pk: str(peer.user) for peer in Peer.objects.filter(pk__in=ids).select_related("user")}

    def back(self):
        """Return to the case; a sentence says that it is done, and nothing of what."""
        messages.success(self.request, DONE)
        return redirect("cell_case", self.case.pk)

    def refused(self, refusal):
        """Say why not, in a page of its own: the session, where messages lie, holds no word of a case."""
        gone = isinstance(refusal, following.Gone)
        context = {"sentence": refusal.sentence, "case": None if gone else self.case}
        return render(self.request, "listening_cell/peers/refused.html", context)


class CaseView(CasePage):
    """The cover; once the request was read, the whole case, whose messages are then read."""

    before_reading = True

    @sensitive_variables()
    def get(self, request):
        if not self.envelope.opened:
            return self.page("cover")
        return self.whole()

    @sensitive_variables()
    def whole(self, **forms):
        written = casework.read_messages(self.opened)
        log = casework.read_notes(self.opened)
        following.mark_read(envelope=self.envelope, up_to=self.case.messages)
        asked = casework.read_request(self.opened)
        context = {
            "asked": asked,
            "for_whom": dict(For.choices).get(asked.for_whom, ""),
            "mode": dict(Mode.choices).get(asked.mode, ""),
            "left_out": self.names(asked.excluded),
            "messages_read": self.signed(written, asked),
            "interviews": [shown(one) for one in interviews.interviews_of(log)],
            "kept_until": closing.kept_until([self.case])[self.case.pk],
        }
        return self.page("case", **context | self.forms() | forms)

    def forms(self):
        hours = interviews.hours_in_common(self.case) if casework.is_open(self.case) else []
        return {"message_form": MessageForm(), "talk_form": TalkForm(hours=hours), "hours": hours}

    def signed(self, written, asked):
        """Return (who wrote, whether the requester did, the message) of each message."""
        names = self.names({one.author for one in written})
        names |= {casework.REQUESTER: asked.name or "La personne", casework.CELL: "Le portail"}
        return [(names.get(one.author, "Un pair"), one.author == casework.REQUESTER, one) for one in written]


def shown(interview):
    """Return an Interview with the words of its codes, for a list."""
    content = interview.content
    return {
        "interview": interview,
        "day": interviews.day_of(content),
        "held": dict(guide.HELD).get(content["held"], ""),
        "level": guide.LEVEL_BY_KEY.get(content["alert"]),
        "themes": guide.labels(content["themes"]),
    }


class ReadView(CasePage):
    """Choose to read the request: from then on the case is followed."""

    before_reading = True

    def post(self, request):
        try:
            following.take_up(opened=self.opened, envelope=self.envelope)
        except Refusal as refusal:
            return self.refused(refusal)
        return redirect("cell_case", self.case.pk)


class MessageView(CaseView):
    before_reading = False

    def get(self, request):
        return redirect("cell_case", self.case.pk)

    @sensitive_variables()
    def post(self, request):
        form = MessageForm(request.POST)
        if form.is_valid():
            try:
                following.send_message(opened=self.opened, envelope=self.envelope, words=form.cleaned_data["words"])
                return self.back()
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.whole(message_form=form, form=form)


class TalkView(CaseView):
    """Set the next talk of a case, or move it; at an hour that the pair has in common."""

    before_reading = False

    def get(self, request):
        return redirect("cell_case", self.case.pk)

    def post(self, request):
        form = TalkForm(request.POST, hours=interviews.hours_in_common(self.case))
        if form.is_valid():
            try:
                at = form.cleaned_data["starts_at"]
                following.set_talk(opened=self.opened, envelope=self.envelope, starts_at=at)
                return self.back()
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.whole(talk_form=form, form=form)


class CancelTalkView(CasePage):
    def post(self, request):
        try:
            following.cancel_talk(opened=self.opened, envelope=self.envelope)
        except Refusal as refusal:
            return self.refused(refusal)
        return self.back()
