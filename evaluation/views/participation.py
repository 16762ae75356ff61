"""Participation by period: for the coordination and the board. Numbers alone, no name, nothing of the few."""

from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from cafe.exports import table_response
from evaluation import participation
from evaluation.figures import breakdowns_of, figures_of
from evaluation.forms.period import PeriodForm
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required

READERS = (Role.COORDINATION, Role.BOARD)


class ParticipationView(RoleRequiredMixin, TemplateView):
    roles = READERS
    template_name = "evaluation/participation.html"

    def get_context_data(self, **kwargs):
        form = PeriodForm(self.request.GET)
        period = form.period
        figures, by = figures_of(period), breakdowns_of(period)
        return super().get_context_data(
            form=form,
            period=period,
            figures=figures,
            six=participation.six_figures(figures),
            drawings=participation.drawings(period, figures, by),
            coordinates=self.request.user.has_role(Role.COORDINATION),
            **kwargs,
        )


@role_required(*READERS)
@require_safe
def participation_export(request, extension):
    period = PeriodForm(request.GET).period
    rows = participation.table(figures_of(period), breakdowns_of(period))
    name = f"frequentation-{period.first:%Y-%m}-{period.last:%Y-%m}"
    return table_response(extension=extension, name=name, header=participation.HEADER, rows=rows)
