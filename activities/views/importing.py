"""Importing a Google Forms export: a file, its columns and what it would do, then all of it at once."""

from collections import Counter
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST

from activities.forms.importing import ColumnsForm, ImportForm, ImportUploadForm
from activities.models import ImportDraft, Session
from activities.services import importing
from activities.services.import_rows import Outcome, Purpose, columns_problem, examine
from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal
from cafe.imports import PreviewView, UploadView

ROWS_PER_PAGE = 100


def find_session(slug):
    return get_object_or_404(Session.objects.select_related("activity"), slug=slug)


def preview_url(draft, purpose):
    path = reverse("manage_import_preview", args=[draft.session.slug, draft.pk])
    return f"{path}?{urlencode({'pour': purpose})}"


class ImportUploadView(CoordinationMixin, UploadView):
    template_name = "activities/importing/upload.html"
    form_class = ImportUploadForm

    @cached_property
    def session(self):
        return find_session(self.kwargs["slug"])

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"purposes": importing.purposes_of(self.session)}

    def get_context_data(self, **kwargs):
        closed = importing.why_not_importable(self.session)
        return super().get_context_data(session=self.session, closed=closed, **kwargs)

    def start(self, form):
        upload = form.cleaned_data["file"]
        draft = importing.start_import(session=self.session, upload=upload, user=self.request.user)
        return preview_url(draft, form.cleaned_data["purpose"])


def sorted_rows(rows):
    """Rows to correct first, then the others, each in the order of the sheet; empty lines are only counted."""
    shown = [row for row in rows if row.outcome != Outcome.EMPTY]
    return sorted(shown, key=lambda row: (not row.errors, row.number))


def totals(rows, purpose):
    """Return [(what would happen, how many rows)], without what happens to none."""
    counts = Counter(row.outcome for row in rows)
    return [(outcome.said_of(purpose), counts[outcome]) for outcome in Outcome if counts[outcome]]


class ImportPreviewView(CoordinationMixin, PreviewView):
    """What each row of one's own draft says and would do; `pour` in the address says what the file is about."""

    upload_name = "manage_import"

    @property
    def purpose(self):
        wanted = self.request.GET.get("pour")
        return Purpose.ATTENDANCES if wanted == Purpose.ATTENDANCES else Purpose.REGISTRATIONS

    def find(self, slug, pk):
        drafts = ImportDraft.objects.select_related("session__activity", "session__place")
        return drafts.filter(pk=pk, session__slug=slug, user=self.request.user).first()

    def page(self, columns_form=None, import_form=None):
        draft = self.draft
        problem = columns_problem(draft.columns, self.purpose)
        rows = [] if problem else self.rows()
        bad = sum(bool(row.errors) for row in rows)
        context = {
            "session": draft.session,
            "draft": draft,
            "problem": problem,
            "purpose": self.purpose,
            "others": [(one, preview_url(draft, one)) for one in importing.purposes_of(draft.session)],
            "columns_form": columns_form or ColumnsForm(headers=draft.headers, columns=draft.columns),
            "form": import_form or ImportForm(to_come=self.to_come(), errors=bad),
            "bad": bad,
            "totals": totals(rows, self.purpose),
            "changes": sum(row.outcome in {Outcome.NEW, Outcome.CAME} for row in rows),
            "page_obj": Paginator(sorted_rows(rows), ROWS_PER_PAGE).get_page(self.request.GET.get("page")),
        }
        return render(self.request, "activities/importing/preview.html", context)

    def rows(self):
        given = {"headers": self.draft.headers, "rows": self.draft.rows, "columns": self.draft.columns}
        return examine(session=self.draft.session, purpose=self.purpose, **given)

    def to_come(self):
        return self.draft.session.starts_at > timezone.now()

    def get(self, request, slug, pk):
        return self.page()

    def post(self, request, slug, pk):
        return self.change_columns() if "columns" in request.POST else self.run()

    def change_columns(self):
        form = ColumnsForm(self.request.POST, headers=self.draft.headers, columns=self.draft.columns)
        if not form.is_valid():
            return self.page(columns_form=form)
        importing.choose_columns(draft=self.draft, columns=form.columns())
        return redirect(preview_url(self.draft, self.purpose))

    def run(self):
        form = ImportForm(self.request.POST, to_come=self.to_come(), errors=True)
        if form.is_valid():
            wanted = {"draft": self.draft, "purpose": self.purpose, "by": self.request.user}
            try:
                done = importing.import_draft(**wanted, **form.options())
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(self.request, summary(done, self.purpose))
                return redirect("manage_session", self.draft.session.slug)
        return self.page(import_form=form)


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
