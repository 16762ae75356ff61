"""Hours to be compensated: each declares her own; two people hand them to the treasurer."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from activities.forms.money import HoursForm
from activities.services import budget, hours
from activities.views.coordination import CoordinationMixin, coordination_required
from activities.views.money import season_from
from cafe.errors import Refusal
from cafe.exports import table_response
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required

TEAM_HEADER = ["Trimestre", "Nom", "Prénom", "Accueil (h)", "Réunions (h)", "Total (h)"]
LISTENING_HEADER = ["Trimestre", "Nom", "Prénom", "Écoute (h)"]


@method_decorator(never_cache, name="dispatch")
class MyHoursView(RoleRequiredMixin, View):
    roles = (Role.TEAM, Role.PEER, Role.CELL_REFERENT)

    def form(self, data=None):
        user = self.request.user
        return HoursForm(data, kinds=hours.kinds_of(user), declared=hours.declared_by(user))

    def page(self, form):
        user = self.request.user
        context = {"form": form, "kinds": hours.kinds_of(user), "in_team": user.has_role(Role.TEAM)}
        context["is_referent"] = user.has_role(Role.CELL_REFERENT)
        return render(self.request, "activities/hours/mine.html", context)

    def get(self, request):
        return self.page(self.form())

    def post(self, request):
        form = self.form(request.POST)
        if form.is_valid():
            try:
                hours.declare(user=request.user, hours=form.hours())
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, "Vos heures sont enregistrées.")
                return redirect("my_hours")
        return self.page(form)


class ManageHoursView(CoordinationMixin, TemplateView):
    """Hosting and meetings: totals per month and per person. Listening is not the coordination's to read."""

    template_name = "activities/hours/team.html"

    def get_context_data(self, **kwargs):
        season = season_from(self.request)
        return super().get_context_data(
            season=season,
            seasons=budget.seasons(),
            months=hours.by_month(season),
            people=hours.by_person(season),
            **kwargs,
        )


@coordination_required
@require_safe
def hours_export(request, extension):
    season = season_from(request)
    rows = [
        [
            *(hours.quarter_label(row["quarter"]), row["user__last_name"], row["user__first_name"]),
            *(row["hosting"], row["meeting"], row["total"]),
        ]
        for row in hours.by_quarter(season)
    ]
    return table_response(extension=extension, name=f"heures-{season.label}", header=TEAM_HEADER, rows=rows)


@role_required(Role.CELL_REFERENT)
@require_safe
def listening_hours_export(request, extension):
    rows = [
        [hours.quarter_label(row["quarter"]), row["user__last_name"], row["user__first_name"], row["total"]]
        for row in hours.listening_by_quarter()
    ]
    return table_response(extension=extension, name="heures-ecoute", header=LISTENING_HEADER, rows=rows)
