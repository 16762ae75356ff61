"""The board's pages: numbers alone, no name. The coordination reads them too."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from activities.seasons import season_of
from cafe.board import monthly, seasons, summaries
from cafe.board.overview import overview_of
from cafe.board.permissions import READERS
from evaluation.forms.period import PeriodForm
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required


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
            monthly=monthly.receives(user),
            **kwargs,
        )


@role_required(*READERS)
@require_POST
def board_recount(request):
    """Count the months of a page anew; where they make no sense the page says so, and counts nothing."""
    form = PeriodForm(request.GET)
    if form.is_valid():
        summaries.recount(period=form.period)
        messages.success(request, f"C’est recompté, {form.period.label}.")
    return redirect(f"{reverse('board')}?{request.GET.urlencode()}")


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
