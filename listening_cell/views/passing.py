"""Leaving a case and ending it: recuse, hand over, entrust again, close, open again."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_variables

from cafe.errors import Refusal
from listening_cell.forms.cases import PassForm
from listening_cell.forms.slips import SlipForm, proposed
from listening_cell.services import casework, closing, directory, following, interviews, passing
from listening_cell.views.cases import DONE, CasePage


class RecuseView(CasePage):
    """Leave a case whose person one knows, before reading: a page to confirm, then another peer has it."""

    before_reading = True

    def get(self, request):
        return self.page("recuse") if not self.envelope.opened else redirect("cell_case_pass", self.case.pk)

    def post(self, request):
        try:
            passing.recuse(opened=self.opened, envelope=self.envelope)
        except Refusal as refusal:
            return self.page("recuse", refusal=refusal.sentence)
        messages.success(request, DONE)
        return redirect("cell_peers")


class PassView(CasePage):
    """Hand a case over: one's own place, the other peer's, both."""

    def form(self, *data):
        return PassForm(*data, pair=following.pair_of(self.case), me=self.holder)

    def get(self, request):
        return self.page("pass", form=self.form())

    def post(self, request):
        form = self.form(request.POST)
        if form.is_valid():
            try:
                leaving = form.leaving()
                passing.pass_on(opened=self.opened, envelope=self.envelope, leaving=leaving)
                messages.success(request, DONE)
                gone = self.holder.pk in leaving
                return redirect("cell_peers") if gone else redirect("cell_case", self.case.pk)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.page("pass", form=form)


class EntrustAgainView(CasePage):
    """Seal the case anew to the other peer, who made another key."""

    def post(self, request):
        try:
            passing.entrust_again(opened=self.opened, envelope=self.envelope)
        except Refusal as refusal:
            return self.refused(refusal)
        return self.back()


class CloseView(CasePage):
    """The slip, then the end of the case; a case that was counted before it was opened again has no other slip."""

    @sensitive_variables()
    def get(self, request):
        if not casework.is_open(self.case):
            return redirect("cell_case", self.case.pk)
        return self.page("close", form=self.form())

    @sensitive_variables()
    def form(self, *data):
        """Return the form filled with what the case knows; None where it was counted already."""
        if closing.was_counted(self.opened):
            return None
        log = interviews.interviews_of(casework.read_notes(self.opened))
        handed = interviews.sheets_handed(log)
        known = directory.sheets(user=self.request.user, slugs=handed)
        sheets = {closing.sheet_key(known[slug]): known[slug].name for slug in handed if slug in known}
        initial = proposed(
            request=casework.read_request(self.opened),
            talks=interviews.talks_held(log) if log else None,
            motives=interviews.suggested_motives(log),
            sheets=sheets,
        )
        return SlipForm(*data, initial=initial, sheets=sheets)

    @sensitive_variables()
    def post(self, request):
        form = self.form(request.POST)
        if form is not None and not form.is_valid():
            return self.page("close", form=form)
        try:
            closing.close(opened=self.opened, envelope=self.envelope, slip=form.slip() if form else None)
        except Refusal as refusal:
            return self.page("close", form=form, refusal=refusal.sentence)
        return self.back()


class ReopenView(CasePage):
    def post(self, request):
        try:
            closing.reopen(opened=self.opened, envelope=self.envelope)
        except Refusal as refusal:
            return self.refused(refusal)
        return self.back()
