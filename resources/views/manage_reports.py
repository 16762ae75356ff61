"""The coordination's pages about reports: the list, one report beside its sheet, and what can be done with it."""

from django.contrib import messages
from django.db.models import Case, Value, When
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django.views.decorators.http import require_POST

from cafe.errors import Refusal
from cafe.lists import FilteredListView
from members.enums import Role
from members.permissions import role_required
from resources.enums import ReportState
from resources.forms.reports import RefuseForm, ReportFilter
from resources.forms.sheets import ResourceForm
from resources.models import Resource, ResourceReport
from resources.reported import lines_of
from resources.services import reports
from resources.services.words import plain
from resources.views.manage import CoordinationMixin, what_changed

ALIKE = 5


class ManageReportsView(CoordinationMixin, FilteredListView):
    """What waits comes first."""

    template_name = "resources/reports/manage_list.html"
    filterset_class = ReportFilter
    paginate_by = 30

    def get_queryset(self):
        waits = Case(When(state=ReportState.RECEIVED, then=Value(0)), default=Value(1))
        return ResourceReport.objects.select_related("resource").order_by(waits, "-created_at", "-pk")


def report_or_404(pk):
    return get_object_or_404(ResourceReport.objects.select_related("resource", "handled_by"), pk=pk)


def alike(report):
    """Return a few sheets whose words hold the proposed name: it may be in the directory already."""
    name = plain(report.fields.get("name", ""))
    if not name or report.resource_id:
        return []
    return Resource.objects.filter(search_text__contains=name).defer("search_text")[:ALIKE]


def report_page(request, report, form=None):
    context = {
        "report": report,
        "lines": lines_of(report),
        "resource": report.resource,
        "alike": alike(report) if report.is_open else [],
        "form": form or RefuseForm(report=report),
    }
    return render(request, "resources/reports/manage_report.html", context)


class ManageReportView(CoordinationMixin, View):
    def get(self, request, pk):
        return report_page(request, report_or_404(pk))


class ReportSheetView(CoordinationMixin, View):
    """The form of the sheet that an open report is about: what it changes is kept as coming from that report."""

    def page(self, report, form):
        context = {"form": form, "resource": form.instance, "report": report}
        return render(self.request, "resources/manage/resource_form.html", context)

    def report(self, pk):
        report = report_or_404(pk)
        if report.resource is None:
            raise Http404
        return report

    def get(self, request, pk):
        report = self.report(pk)
        return self.page(report, ResourceForm(instance=report.resource))

    def post(self, request, pk):
        report = self.report(pk)
        form = ResourceForm(request.POST, instance=report.resource)
        if form.is_valid():
            try:
                self.save(report, form)
                return redirect("manage_report", pk)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.page(report, form)

    def save(self, report, form):
        chosen = {"values": form.values(), "needs": form.needs_chosen(), "by": self.request.user}
        _, changed = reports.correct_sheet(report=report, **chosen)
        messages.success(self.request, what_changed(changed))


def report_move(service, done, to="manage_report"):
    """Return the view of a move that one button makes: run the service, say what was done or why not."""

    @role_required(Role.COORDINATION)
    @require_POST
    def move(request, pk):
        report = report_or_404(pk)
        try:
            service(report=report, by=request.user)
            messages.success(request, done)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("manage_report", pk)
        return redirect(to, pk)

    return move


report_sheet = report_move(
    reports.make_sheet,
    "La fiche est une suggestion, que personne d’autre ne voit. Complétez-la.",
    to="manage_report_edit",
)
report_accept = report_move(reports.accept_report, "C’est noté : ce signalement est retenu.")


@role_required(Role.COORDINATION)
@require_POST
def report_refuse(request, pk):
    report = report_or_404(pk)
    form = RefuseForm(request.POST, report=report)
    if not form.is_valid():
        return report_page(request, report, form)
    try:
        reports.set_aside(report=report, by=request.user, **form.cleaned_data)
        messages.success(request, "Ce signalement est écarté.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("manage_report", pk)
