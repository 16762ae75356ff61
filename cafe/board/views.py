"""The board's page and its report: numbers alone, no name. The coordination reads them too."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from activities.seasons import season_of
from cafe.board import report, seasons
from cafe.board.overview import overview_of, report_of
from cafe.board.tables import sheets_of
from cafe.exports import book_response
from cafe.pdf import page_of
from evaluation.forms.period import PeriodForm
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required

READERS = (Role.COORDINATION, Role.BOARD)


@method_decorator(never_cache, name="dispatch")
class BoardView(RoleRequiredMixin, TemplateView):
    roles = READERS
    template_name = "board/board.html"

    def get_context_data(self, **kwargs):
        form = PeriodForm(self.request.GET)
        user = self.request.user
        return super().get_context_data(
            **overview_of(form.period),
            form=form,
            unfinished=form.period.end > timezone.now(),
            coordinates=user.has_role(Role.COORDINATION),
            reads_budget=user.has_role(Role.BOARD),
            **kwargs,
        )


@method_decorator(never_cache, name="dispatch")
class SeasonsView(RoleRequiredMixin, TemplateView):
    roles = READERS
    template_name = "board/seasons.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            seasons=seasons.comparison(season_of(timezone.localdate())),
            coordinates=self.request.user.has_role(Role.COORDINATION),
            **kwargs,
        )


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
    period = form.period
    name = f"rapport-conseil-{period.first:%Y-%m}-{period.last:%Y-%m}"
    return book_response(name=name, sheets=sheets_of(report_of(period)))


def to_the_page(request):
    return redirect(f"{reverse('board')}?{request.GET.urlencode()}")
