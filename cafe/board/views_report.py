"""The board's report: the coordination writes it, both read it, and what was laid before the board is kept."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import ListView

from cafe.board import keeping, report, writing
from cafe.board.forms import ReportTextForm
from cafe.board.models import KeptReport, ReportText, Section
from cafe.board.tables import sheets_of
from cafe.board.writing import WrittenMeanwhile
from cafe.exports import book_response, download
from cafe.pdf import PDF, page_of
from evaluation.forms.period import PeriodForm
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required

READERS = (Role.COORDINATION, Role.BOARD)
PER_PAGE = 20
SAVED = "Le texte est enregistré. Le conseil le lira dans le rapport qu’il prépare."
NO_MONTHS = "Rien n’est enregistré\u00a0: ces mois n’existent pas. Vérifiez ceux de la page, puis enregistrez."
PREPARING = "Le rapport se prépare. Une fois prêt, il sera gardé dans «\u00a0Rapports gardés\u00a0»."


# --- Its two files --------------------------------------------------------------------------------


@role_required(*READERS)
@require_safe
def board_report(request):
    """Months that make no sense lead back to the page, which says so and keeps them."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return to_the_page(request)
    return redirect(page_of(report.request_report(period=form.period, user=request.user)))


@role_required(*READERS)
@require_safe
def board_tables(request):
    """The report's tables, a sheet each; months that make no sense lead back to the page, as for the report."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return to_the_page(request)
    name = report.filename(form.period, "xlsx").removesuffix(".xlsx")
    return book_response(name=name, sheets=sheets_of(report.content_of(form.period)))


def to_the_page(request):
    return redirect(f"{reverse('board')}?{request.GET.urlencode()}")


# --- Writing --------------------------------------------------------------------------------------


@method_decorator(never_cache, name="dispatch")
class ReportWriteView(RoleRequiredMixin, View):
    """?du=&au= the months; ?reprendre=<pk> starts from the text of another period, where nothing is written yet.

    « Voir le texte » shows how it will read and saves nothing.
    """

    roles = (Role.COORDINATION,)

    def dispatch(self, request, *args, **kwargs):
        self.months = PeriodForm(request.GET)
        return super().dispatch(request, *args, **kwargs)

    def page(self, form, **context):
        period = self.months.period
        others = Paginator(writing.other_texts(period), PER_PAGE).get_page(self.request.GET.get("page"))
        text = writing.text_of(period)
        context = {
            "form": form,
            "months": self.months,
            "period": period,
            "text": text,
            "unfinished": writing.is_unfinished(period),
            "previous": None if text.pk else writing.previous_text(period),
            "next_sessions": report.next_sessions(period),
            "most_sessions": report.MOST_SESSIONS,
            "page_obj": others,
        } | context
        return render(self.request, "board/report_write.html", context)

    def get(self, request):
        text = writing.text_of(self.months.period)
        source = None if text.pk else self.source()
        initial = {name: getattr(source or text, name) for name in writing.WRITTEN}
        return self.page(ReportTextForm(initial=initial | {"seen": writing.version_of(text)}), source=source)

    def source(self):
        """The text to start from, as the address asks for it."""
        asked = self.request.GET.get("reprendre", "")
        if not (asked.isascii() and asked.isdigit() and len(asked) <= 9):  # noqa: PLR2004  no key is longer
            return None
        return ReportText.objects.filter(pk=int(asked)).first()

    def post(self, request):
        form = ReportTextForm(request.POST)
        if "preview" in request.POST:
            return self.preview(form)
        valid = form.is_valid()
        if not self.months.is_valid():
            form.add_error(None, NO_MONTHS)
        elif valid:
            try:
                return self.save(form)
            except WrittenMeanwhile as meanwhile:
                return self.meanwhile(form, meanwhile)
        return self.page(form)

    def preview(self, form):
        form.is_valid()
        typed = form.typed()
        # What is too long to be saved is shown as far as it could be.
        shown = [(form[name].label, typed[name][: form.fields[name].max_length]) for name in writing.FIELDS]
        written = [pair for pair in shown if pair[1].strip()]
        return self.page(form, preview=True, written=written, named=writing.named_in(typed))

    def save(self, form):
        written = form.written()
        writing.write(period=self.months.period, seen=form.cleaned_data["seen"], author=self.request.user, **written)
        messages.success(self.request, SAVED)
        if named := writing.named_in(written):
            left = ", ".join(f"«\u00a0{word}\u00a0»" for word in named)
            messages.warning(self.request, f"Relisez\u00a0: ceci désigne peut-être quelqu’un ou un lieu\u00a0: {left}.")
        return redirect(f"{reverse('board_write')}?{self.months.period.query}")

    def meanwhile(self, form, meanwhile):
        """Show both texts; saving again is then a choice, made with the other one read."""
        form.add_error(None, meanwhile.sentence)
        form.data = form.data.copy()
        form.data["seen"] = writing.version_of(meanwhile.text)
        labels = dict(Section.choices)
        theirs = [
            (form.fields[name].label, ", ".join(labels.get(one, one) for one in value) if name == "sections" else value)
            for name, value in writing.changes(meanwhile.text, form.written())
        ]
        return self.page(form, theirs=theirs, their_author=meanwhile.text.edited_by)


# --- Keeping --------------------------------------------------------------------------------------


@role_required(Role.COORDINATION)
@require_POST
def report_keep(request):
    """What is saved is kept, not what is being typed; months that make no sense lead back to where they are chosen."""
    form = PeriodForm(request.POST)
    if not form.is_valid():
        return redirect(f"{reverse('board_write')}?{urlencode(form.data)}")
    document = keeping.request_kept(period=form.period, user=request.user)
    messages.success(request, PREPARING)
    return redirect(page_of(document))


class KeptReportsView(RoleRequiredMixin, ListView):
    roles = READERS
    template_name = "board/report_kept.html"
    paginate_by = PER_PAGE
    queryset = KeptReport.objects.order_by("-counted_at", "-pk")

    def get_context_data(self, **kwargs):
        coordinates = self.request.user.has_role(Role.COORDINATION)
        preparing = keeping.preparing(self.request.user).first() if coordinates else None
        return super().get_context_data(coordinates=coordinates, preparing=preparing, **kwargs)


@role_required(*READERS)
@require_safe
def kept_report(request, pk):
    kept = get_object_or_404(KeptReport, pk=pk)
    try:
        return download(keeping.content_of(kept), PDF, keeping.filename(kept))
    except FileNotFoundError:
        raise Http404 from None


class KeptReportDeleteView(RoleRequiredMixin, View):
    roles = (Role.COORDINATION,)

    def get(self, request, pk):
        return render(request, "board/report_forget.html", {"kept": get_object_or_404(KeptReport, pk=pk)})

    def post(self, request, pk):
        keeping.forget(kept=get_object_or_404(KeptReport, pk=pk))
        messages.success(request, "Le rapport est supprimé.")
        return redirect("board_kept")
