"""A questionnaire beside the country, and beside an earlier one."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from activities.views.coordination import CoordinationMixin
from cafe.templatetags.french import short_day
from evaluation.forms.comparing import WaveForm
from evaluation.models import Survey
from evaluation.national import burnout, figures
from evaluation.services.comparing import results_with, waves_of, with_nation, with_wave
from evaluation.telling_compared import told_with_nation, told_with_wave

BURNOUT = "burnout"


def wave_label(survey):
    """Return how a wave is called beside another: its title may be the same."""
    return f"{survey.title}, ouvert le {short_day(survey.opened_on)}"


@method_decorator(never_cache, name="dispatch")
class NationView(CoordinationMixin, View):
    def get(self, request, pk):
        survey = get_object_or_404(Survey, pk=pk)
        if not survey.is_frozen:
            return render(request, "evaluation/nation/nation.html", {"survey": survey})
        waves = waves_of(survey)
        form = WaveForm(
            request.GET or None, waves=[(one.pk, wave_label(one)) for one in waves], first=survey.previous_id
        )
        if form.is_bound and not form.is_valid():
            raise Http404
        earlier = next((one for one in waves if one.pk == form.chosen), None)
        results, before = results_with(survey, earlier)
        context = {
            "survey": survey,
            "form": form if waves else None,
            "earlier": earlier,
            "nation": [told_with_nation(found) for found in with_nation(results)],
            "others": others(results),
            "burnout": burnout(),
            "asks_burnout": any(one.national_key == BURNOUT for one in results.questions),
        }
        if before:
            found = with_wave(results, before)
            names = [f"Ouvert le {short_day(one.opened_on)}" for one in (survey, earlier)]
            context["waves"] = [told_with_wave(one, *names) for one in found]
        return render(request, "evaluation/nation/nation.html", context)


def others(results):
    """Return the national figures that this questionnaire does not ask for."""
    asked = {question.national_key for question in results.questions}
    return [figure for key, figure in figures().items() if key not in asked]
