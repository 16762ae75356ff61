"""Importing a Google Forms export: a file, its columns and what it would do, then all of it at once."""

from collections import Counter
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View
from django.views.decorators.http import require_POST

from activities.forms.importing import ColumnsForm, ImportForm, ImportUploadForm
from activities.models import ImportDraft, Session
from activities.services import importing
from activities.services.import_rows import Outcome, Purpose, columns_problem, examine
from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal

ROWS_PER_PAGE = 100


def find_session(slug):
    return get_object_or_404(Session.objects.select_related("activity"), slug=slug)


def preview_url(draft, purpose):
    path = reverse("manage_import_preview", args=[draft.session.slug, draft.pk])
    return f"{path}?{urlencode({'pour': purpose})}"


class ImportUploadView(CoordinationMixin, View):
    def page(self, session, form):
        context = {"session": session, "form": form, "closed": importing.why_not_importable(session)}
        return render(self.request, "activities/importing/upload.html", context)

    def get(self, request, slug):
        session = find_session(slug)
        return self.page(session, ImportUploadForm(purposes=importing.purposes_of(session)))

    def post(self, request, slug):
        session = find_session(slug)
        form = ImportUploadForm(request.POST, request.FILES, purposes=importing.purposes_of(session))
        if form.is_valid():
            try:
                draft = importing.start_import(session=session, upload=form.cleaned_data["file"], user=request.user)
            except Refusal as refusal:
                form.add_error("file", refusal.sentence)
            else:
                return redirect(preview_url(draft, form.cleaned_data["purpose"]))
        return self.page(session, form)


def sorted_rows(rows):
    """Rows to correct first, then the others, each in the order of the sheet; empty lines are only counted."""
    shown = [row for row in rows if row.outcome != Outcome.EMPTY]
    return sorted(shown, key=lambda row: (not row.errors, row.number))


def totals(rows, purpose):
    """Return [(what would happen, how many rows)], without what happens to none."""
    counts = Counter(row.outcome for row in rows)
    return [(outcome.said_of(purpose), counts[outcome]) for outcome in Outcome if counts[outcome]]


class ImportPreviewView(CoordinationMixin, View):
    """What each row of one's own draft says and would do; `pour` in the address says what the file is about."""

    def dispatch(self, request, *args, **kwargs):
        self.purpose = Purpose.ATTENDANCES if request.GET.get("pour") == Purpose.ATTENDANCES else Purpose.REGISTRATIONS
        return super().dispatch(request, *args, **kwargs)

    def find(self, slug, pk):
        """Return the draft, or None once it was imported, given up or forgotten; another person's is not there."""
        drafts = ImportDraft.objects.select_related("session__activity", "session__place")
        return drafts.filter(pk=pk, session__slug=slug, user=self.request.user).first()

    def gone(self, slug):
        messages.warning(self.request, importing.GONE)
        return redirect("manage_import", slug)

    def page(self, draft, columns_form=None, import_form=None):
        problem = columns_problem(draft.columns, self.purpose)
        rows = [] if problem else self.rows(draft)
        bad = sum(bool(row.errors) for row in rows)
        context = {
            "session": draft.session,
            "draft": draft,
            "problem": problem,
            "purpose": self.purpose,
            "others": [(one, preview_url(draft, one)) for one in importing.purposes_of(draft.session)],
            "columns_form": columns_form or ColumnsForm(headers=draft.headers, columns=draft.columns),
            "form": import_form or ImportForm(to_come=self.to_come(draft), errors=bad),
            "bad": bad,
            "totals": totals(rows, self.purpose),
            "changes": sum(row.outcome in {Outcome.NEW, Outcome.CAME} for row in rows),
            "page_obj": Paginator(sorted_rows(rows), ROWS_PER_PAGE).get_page(self.request.GET.get("page")),
        }
        return render(self.request, "activities/importing/preview.html", context)

    def rows(self, draft):
        given = {"headers": draft.headers, "rows": draft.rows, "columns": draft.columns}
        return examine(session=draft.session, purpose=self.purpose, **given)

    def to_come(self, draft):
        return draft.session.starts_at > timezone.now()

    def get(self, request, slug, pk):
        draft = self.find(slug, pk)
        return self.page(draft) if draft else self.gone(slug)

    def post(self, request, slug, pk):
        draft = self.find(slug, pk)
        if draft is None:
            return self.gone(slug)
        return self.change_columns(draft) if "columns" in request.POST else self.run(draft)

    def change_columns(self, draft):
        form = ColumnsForm(self.request.POST, headers=draft.headers, columns=draft.columns)
        if not form.is_valid():
            return self.page(draft, columns_form=form)
        importing.choose_columns(draft=draft, columns=form.columns())
        return redirect(preview_url(draft, self.purpose))

    def run(self, draft):
        form = ImportForm(self.request.POST, to_come=self.to_come(draft), errors=True)
        if form.is_valid():
            try:
                done = importing.import_draft(draft=draft, purpose=self.purpose, by=self.request.user, **form.options())
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(self.request, summary(done, self.purpose))
                return redirect("manage_session", draft.session.slug)
        return self.page(draft, import_form=form)


def summary(done, purpose):
    """Return what was done as one sentence."""
    if purpose == Purpose.ATTENDANCES:
        return f"C’est importé. Présences notées : {done.present}, dont personnes ajoutées : {done.added}."
    sentence = f"C’est importé. Inscriptions ajoutées : {done.added}"
    return f"{sentence}, dont en liste d’attente : {done.waiting}." if done.waiting else f"{sentence}."


@coordination_required
@require_POST
def import_discard(request, slug, pk):
    ImportDraft.objects.filter(pk=pk, session__slug=slug, user=request.user).delete()
    messages.success(request, "Le fichier est oublié. Rien n’a été importé.")
    return redirect("manage_session", slug)
