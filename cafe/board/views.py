"""The board's page and its report: numbers alone, no name. The coordination reads them too."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from cafe.board import report
from cafe.board.overview import overview_of
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


@role_required(*READERS)
@require_safe
def board_report(request):
    """Months that make no sense lead back to the page, which says so and keeps them."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('board')}?{request.GET.urlencode()}")
    return redirect(page_of(report.request_report(period=form.period, user=request.user)))
