"""What a questionnaire tells: its results, the conclusion, the report, and the order of the activities."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from activities.seasons import Season
from cafe.errors import Refusal
from cafe.pdf import page_of
from evaluation.enums import SurveyAudience
from evaluation.forms.results import ConclusionForm, ScopeForm, SeasonForm
from evaluation.models import Survey
from evaluation.services import reports
from evaluation.services.ranking import ranking, satisfaction
from evaluation.services.rates import late_sentence
from evaluation.services.results import results_of
from evaluation.statistics import COMPARED_FROM, RENEWED_FROM
from evaluation.telling import parts_of, ranked_row, ranking_chart, ranking_sentence
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required

READERS = (Role.COORDINATION, Role.BOARD)


def chosen(form):
    """Return a form of filters whose choices are known, or raise 404: nobody is led to another by our own links."""
    if not form.is_valid():
        raise Http404
    return form


def results_page(request, survey, form=None):
    results = results_of(survey)
    scope = chosen(ScopeForm(request.GET, results))
    coordinates = request.user.has_role(Role.COORDINATION)
    context = {
        "survey": survey,
        "scope": scope,
        "parts": parts_of(results, scope.place),
        "late": late_sentence(survey),
        "is_public": survey.audience == SurveyAudience.PUBLIC,
        "coordinates": coordinates,
        "form": form or ConclusionForm(instance=survey),
    }
    return render(request, "evaluation/results/results.html", context)


@method_decorator(never_cache, name="dispatch")
class SurveyResultsView(RoleRequiredMixin, View):
    """The board reads it as the coordination does: there is nothing in it but what may be told."""

    roles = READERS

    def get(self, request, pk):
        return results_page(request, get_object_or_404(Survey, pk=pk))


class SurveyConclusionView(RoleRequiredMixin, View):
    """Keeps the conclusion; what was typed stays on the page where it is refused."""

    roles = (Role.COORDINATION,)

    def get(self, request, pk):
        return redirect("survey_results", get_object_or_404(Survey, pk=pk).pk)

    def post(self, request, pk):
        survey = get_object_or_404(Survey, pk=pk)
        form = ConclusionForm(request.POST, instance=survey)
        if not form.is_valid():
            return results_page(request, survey, form)
        reports.conclude(survey=survey, **form.cleaned_data)
        messages.success(request, "La conclusion est enregistrée. Elle ouvrira le rapport.")
        return redirect("survey_results", pk)


@role_required(*READERS)
@require_safe
def survey_report(request, pk):
    try:
        return redirect(page_of(reports.request_report(survey=get_object_or_404(Survey, pk=pk), user=request.user)))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("survey_results", pk)


@method_decorator(never_cache, name="dispatch")
class RankingView(RoleRequiredMixin, View):
    roles = READERS

    def get(self, request):
        marks = satisfaction()
        form = chosen(SeasonForm(request.GET, marks.seasons))
        year = form.cleaned_data["saison"]
        season = Season(int(year)) if year else None
        found = ranking(marks, season=season)
        context = {
            "form": form,
            "season": season,
            "rows": [ranked_row(row) for row in found.ranked],
            "waiting": found.waiting,
            "chart": ranking_chart(found.ranked),
            "reading": ranking_sentence(found.ranked),
            "coordinates": request.user.has_role(Role.COORDINATION),
            "compared_from": COMPARED_FROM,
            "renewed_from": int(RENEWED_FROM),
        }
        return render(request, "evaluation/results/ranking.html", context)
