"""The budget of a season: the coordination keeps it, the board reads it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView

from activities.forms.money import BudgetLineForm
from activities.models import BudgetLine
from activities.seasons import Season
from activities.services import budget
from activities.views.coordination import CoordinationMixin, coordination_required
from activities.views.money import budget_url, season_from
from cafe.errors import Refusal
from cafe.exports import table_response
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required


class BudgetMixin:
    def get_context_data(self, **kwargs):
        season = season_from(self.request)
        return super().get_context_data(
            seasons=budget.seasons(), season=season, budget=budget.budget_of(season), **kwargs
        )


class ManageBudgetView(CoordinationMixin, BudgetMixin, TemplateView):
    template_name = "activities/budget/budget.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        before = Season(context["season"].year - 1)
        context["to_copy"] = before if not context["budget"]["lines"] and budget.lines_of(before).exists() else None
        return context


class BoardBudgetView(RoleRequiredMixin, BudgetMixin, TemplateView):
    """Sums by category: what the coordination typed may name somebody, and stays with it."""

    roles = (Role.BOARD,)
    template_name = "activities/budget/board.html"


@coordination_required
@require_safe
def budget_export(request, extension):
    season = season_from(request)
    name = f"budget-{season.label}"
    return table_response(extension=extension, name=name, header=budget.HEADER, rows=budget.table(season))


@role_required(Role.BOARD)
@require_safe
def board_budget_export(request, extension):
    season = season_from(request)
    name, rows = f"budget-{season.label}", budget.board_table(season)
    return table_response(extension=extension, name=name, header=budget.BOARD_HEADER, rows=rows)


class BudgetLineView(CoordinationMixin, View):
    """Adds a line to the season of the address, or changes one."""

    def line(self, pk):
        return get_object_or_404(BudgetLine, pk=pk) if pk else BudgetLine(season=season_from(self.request).year)

    def page(self, form):
        season = Season(form.instance.season)
        context = {"form": form, "line": form.instance, "season": season, "back_url": budget_url(season)}
        return render(self.request, "activities/budget/line_form.html", context)

    def get(self, request, pk=None):
        line = self.line(pk)
        return self.page(BudgetLineForm(instance=line, season=Season(line.season)))

    def post(self, request, pk=None):
        line = self.line(pk)
        form = BudgetLineForm(request.POST, instance=line, season=Season(line.season))
        if not form.is_valid():
            return self.page(form)
        form.save()
        messages.success(request, "La ligne est enregistrée.")
        return redirect(budget_url(Season(line.season)))


class BudgetLineDeleteView(CoordinationMixin, View):
    def get(self, request, pk):
        line = get_object_or_404(BudgetLine, pk=pk)
        context = {"line": line, "back_url": budget_url(Season(line.season))}
        return render(request, "activities/budget/line_delete.html", context)

    def post(self, request, pk):
        line = get_object_or_404(BudgetLine, pk=pk)
        line.delete()
        messages.success(request, f"La ligne « {line.label} » est supprimée.")
        return redirect(budget_url(Season(line.season)))


@coordination_required
@require_POST
def budget_copy(request):
    season = season_from(request, request.POST)
    try:
        lines = budget.copy_plan(season=season)
        messages.success(request, f"Lignes reprises : {len(lines)}. Ajustez ce qui est prévu.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(f"{reverse('manage_budget')}?saison={season.slug}")
