"""Exchanging the directory: files for the coordination and for neighbours, and a table imported after a look at it."""

from collections import Counter

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cafe import pdf
from cafe.errors import Refusal
from cafe.exports import download
from cafe.imports import PreviewView, UploadView
from cafe.models import DocumentState
from members.enums import Role
from members.permissions import role_required
from resources.exchange.sharing import shared_files
from resources.forms.exchange import ImportForm, ImportUploadForm
from resources.forms.sheets import ResourceFilter
from resources.models import Resource
from resources.services import exporting, importing
from resources.services.import_rows import Outcome
from resources.views.manage import CoordinationMixin

ROWS_PER_PAGE = 100
coordination_required = role_required(Role.COORDINATION)


@coordination_required
@require_safe
def resources_export(request, extension):
    """The list as it is filtered on the page, all pages together; a long one is written by a worker."""
    if extension not in exporting.TABLES:
        raise Http404
    wanted = ResourceFilter(request.GET, queryset=Resource.objects.all())
    keys = list(wanted.qs.values_list("pk", flat=True))
    filename = f"annuaire-{timezone.localdate():%Y-%m-%d}.{extension}"
    if len(keys) > exporting.AT_ONCE:
        return redirect(pdf.page_of(exporting.request_table(keys, extension, filename, user=request.user)))
    return download(*exporting.table(exporting.listed(keys), extension=extension), filename)


@coordination_required
@require_safe
def resources_template(request, extension):
    if extension not in exporting.TABLES:
        raise Http404
    return download(*exporting.template(extension), f"modele-annuaire.{extension}")


class ExchangeView(CoordinationMixin, UploadView):
    """Where everything starts: files to take, a file to send."""

    template_name = "resources/exchange/exchange.html"
    form_class = ImportUploadForm

    def get_context_data(self, **kwargs):
        draft = importing.drafts_of(self.request.user).filter(expires_at__gt=timezone.now()).first()
        return super().get_context_data(draft=draft, shared=shared_files(), **kwargs)

    def start(self, form):
        draft = importing.start_import(upload=form.cleaned_data["file"], user=self.request.user)
        return reverse("manage_resources_import", args=[draft.pk])


class ImportPreviewView(CoordinationMixin, PreviewView):
    """What each row of one's own file would do, then the import itself."""

    upload_name = "manage_resources_exchange"

    def find(self, pk):
        return importing.drafts_of(self.request.user).filter(pk=pk).first()

    def get(self, request, pk):
        if self.draft.state != DocumentState.READY:
            return render(request, "resources/exchange/waiting.html", {"document": self.draft})
        return self.page()

    def page(self, form=None):
        try:
            found = importing.read_preview(self.draft)
        except Refusal as refusal:
            return self.gone(refusal.sentence)
        counts = Counter(row["outcome"] for row in found["rows"])
        context = {
            "document": self.draft,
            "unknown": found["unknown"],
            "form": form or form_of(counts),
            "bad": counts[Outcome.ERROR],
            "totals": [(outcome.label, counts[outcome]) for outcome in Outcome if counts[outcome]],
            "changes": counts[Outcome.NEW] + counts[Outcome.CHANGED] + counts[Outcome.TWIN],
            "page_obj": Paginator(sorted_rows(found["rows"]), ROWS_PER_PAGE).get_page(self.request.GET.get("page")),
        }
        return render(self.request, "resources/exchange/preview.html", context)

    def post(self, request, pk):
        if self.draft.state != DocumentState.READY:
            return redirect(request.path)
        # Every choice is taken, offered or not: one that concerns no row changes nothing.
        form = form_of(Counter(Outcome.values), request.POST)
        if form.is_valid():
            try:
                return self.run(form.options())
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.page(form)

    def run(self, options):
        if self.draft.params["count"] > importing.AT_ONCE:
            report = importing.request_import(draft=self.draft, by=self.request.user, **options)
            return redirect(pdf.page_of(report))
        done = importing.import_sheets(key=self.draft.pk, by=self.request.user, **options)
        messages.success(self.request, summary(done))
        return redirect("manage_resources")


def form_of(counts, data=None):
    """Return the form with the choices that mean something for these rows."""
    return ImportForm(data, new=counts[Outcome.NEW], twins=counts[Outcome.TWIN], errors=counts[Outcome.ERROR])


def sorted_rows(rows):
    """Rows to correct first, then what changes; empty lines are only counted, and so is what stays the same."""
    order = [Outcome.ERROR, Outcome.TWIN, Outcome.CHANGED, Outcome.NEW]
    shown = [row for row in rows if row["outcome"] in order or row["notes"]]
    return sorted(shown, key=lambda row: (row["outcome"] not in order[:1], row["number"]))


def summary(done):
    """Return what was done as one sentence."""
    published = f", dont publiées : {done.published}" if done.published else ""
    return f"C’est importé. Fiches ajoutées : {done.created}{published}. Fiches modifiées : {done.changed}."


@coordination_required
@require_POST
def import_discard(request, pk):
    importing.discard(key=pk, user=request.user)
    messages.success(request, "Le fichier est oublié. Rien n’a été importé.")
    return redirect("manage_resources_exchange")
