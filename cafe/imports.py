"""Importing a table in two pages: a file that is sent, then what it would do, before anything is written."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views import View
from django.views.generic import FormView

from cafe.drafts import GONE
from cafe.errors import Refusal


class UploadView(FormView):
    """Takes the file. start(form) keeps it and returns the address of its preview, or raises Refusal."""

    def form_valid(self, form):
        try:
            return redirect(self.start(form))
        except Refusal as refusal:
            form.add_error("file", refusal.sentence)
            return self.form_invalid(form)


class PreviewView(View):
    """Shows self.draft, then imports it. find(**kwargs) returns the draft, or None where one has it no longer.

    upload_name: of the page where files are sent; its address takes what this one's does, but for pk.
    """

    upload_name = ""

    def dispatch(self, request, *args, **kwargs):
        self.draft = self.find(**kwargs)
        return super().dispatch(request, *args, **kwargs) if self.draft else self.gone()

    def gone(self, sentence=GONE):
        messages.warning(self.request, sentence)
        return redirect(self.upload_name, **{name: value for name, value in self.kwargs.items() if name != "pk"})
