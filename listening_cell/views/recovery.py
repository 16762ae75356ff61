"""Changing how one's key is opened: passphrase, recovery code, and the sheet that bears it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_variables

from cafe.errors import Refusal
from cafe.limits import within_limit
from listening_cell import vault
from listening_cell.forms.keys import NOTED, ChangePassphraseForm, NotedForm, RecoverForm, UnlockForm
from listening_cell.services import keys, papers
from listening_cell.views.keys import TRIES, TRIES_SECONDS, KeyPage

SAVED = "C’est enregistré."


class SecretView(KeyPage):
    """A form that opens one's key, by passphrase or by code, and changes how it is opened."""

    form_class = template = None

    def form(self, *data):
        return self.form_class(*data, user=self.request.user)

    def get(self, request):
        return self.page(self.template, form=self.form())

    @sensitive_variables()
    def post(self, request):
        form = self.form(request.POST)
        if form.is_valid():
            try:
                return self.tried(form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.page(self.template, form=form)

    @sensitive_variables()
    def tried(self, values):
        if not self.may_try():
            raise Refusal(keys.NOT_OPENED)
        return self.change(values)


class RecoverView(SecretView):
    form_class, template = RecoverForm, "keys/recover"

    @sensitive_variables()
    def change(self, values):
        return self.code_page(
            keys.recover(holder=self.holder, code=values["code"], passphrase=values["passphrase"]), recovered=True
        )


class ChangePassphraseView(SecretView):
    form_class, template = ChangePassphraseForm, "keys/passphrase"

    @sensitive_variables()
    def change(self, values):
        keys.change_passphrase(holder=self.holder, passphrase=values["current"], new=values["passphrase"])
        messages.success(self.request, SAVED)
        return redirect("cell_key", self.kind)


class ChangeCodeView(SecretView):
    form_class, template = UnlockForm, "keys/new_code"

    def form(self, *data):
        return UnlockForm(*data)

    @sensitive_variables()
    def change(self, values):
        return self.code_page(keys.change_code(holder=self.holder, passphrase=values["passphrase"]))


class CodeView(KeyPage):
    """What follows the page of a code, which alone carries it: the code and the mark come back in the form."""

    def get(self, request):
        return redirect("cell_key", self.kind)

    @sensitive_variables()
    def post(self, request):
        code, mark = (vault.tidied(request.POST.get(name, "")) for name in ("code", "mark"))
        if not papers.is_code(code) or not papers.is_code(mark, keys.MARK_SYMBOLS):
            return redirect("cell_key", self.kind)
        return self.answer(code, mark)


class CodeNotedView(CodeView):
    @sensitive_variables()
    def answer(self, code, mark):
        form, groups = NotedForm(self.request.POST), vault.grouped(code).split()
        wanted = [groups[rank - 1] for rank in NOTED]
        typed = [vault.tidied(self.request.POST.get(name, "")) for name in form.fields]
        if typed == wanted:
            messages.success(self.request, SAVED)
            return redirect("cell_key", self.kind)
        return self.page("keys/code", **self.shown(code, mark), typed=typed, wrong=True)


class CodePdfView(CodeView):
    @sensitive_variables()
    def answer(self, code, mark):
        try:
            if not within_limit(scope="cell-pdf", who=self.holder.pk, limit=TRIES, seconds=TRIES_SECONDS):
                raise Refusal(papers.NOT_DRAWN)
            content = papers.recovery_sheet(code=code, mark=mark, kind=self.kind)
        except Refusal as refusal:
            return self.page("keys/code", **self.shown(code, mark), error=refusal.sentence)
        return HttpResponse(
            content,
            content_type="application/pdf",
            headers={"Content-Disposition": 'inline; filename="feuille.pdf"'},
        )
