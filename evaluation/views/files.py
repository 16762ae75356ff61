"""What leaves a questionnaire as files: its results, the lines for publication, and what each code means."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal
from cafe.exports import XLSX_TYPE, table_response
from evaluation.forms.files import LinesForm
from evaluation.models import Survey
from evaluation.services import exporting
from evaluation.services.results import results_of


@method_decorator(never_cache, name="dispatch")
class FilesView(CoordinationMixin, View):
    """The files there are; posted, the lines for publication are made, once and for all."""

    def page(self, survey, results, form=None):
        kept = exporting.kept_lines(survey)
        wanted = exporting.wanted_questions(results)
        why = None if kept else exporting.why_no_lines(survey)
        context = {
            "survey": survey,
            "kept": kept,
            "about": exporting.about_lines(kept) if kept else [],
            "why_none": why or (None if wanted or kept else "Aucun détail n’est publié : il n’y a rien à en tirer."),
            "form": form or LinesForm(questions=wanted),
            "k": exporting.K,
        }
        return render(self.request, "evaluation/files/files.html", context)

    def get(self, request, pk):
        survey = get_object_or_404(Survey, pk=pk)
        return self.page(survey, results_of(survey))

    def post(self, request, pk):
        survey = get_object_or_404(Survey, pk=pk)
        results = results_of(survey)
        form = LinesForm(request.POST, questions=exporting.wanted_questions(results))
        if form.is_valid():
            try:
                exporting.make_lines(survey=survey, questions=form.chosen())
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, "Le fichier est fait. Il restera le même.")
                return redirect("survey_files", pk)
        return self.page(survey, results, form)


@coordination_required
@require_safe
def survey_table(request, pk, extension):
    results = results_of(get_object_or_404(Survey, pk=pk))
    rows = exporting.results_table(results)
    return table_response(extension=extension, name=f"resultats-{pk}", header=exporting.TABLE_HEADER, rows=rows)


@coordination_required
@require_safe
def survey_codebook(request, pk, extension):
    survey = get_object_or_404(Survey, pk=pk)
    rows = exporting.codebook(survey)
    return table_response(extension=extension, name=f"dictionnaire-{pk}", header=exporting.CODEBOOK_HEADER, rows=rows)


@coordination_required
@require_safe
def survey_lines(request, pk, extension):
    """The lines for publication, once they are made: alone in CSV, in XLSX with what their codes mean."""
    kept = exporting.kept_lines(get_object_or_404(Survey, pk=pk))
    if kept is None:
        raise Http404
    if extension != "xlsx":
        header, rows = exporting.lines_table(kept)
        return table_response(extension=extension, name=f"reponses-{pk}", header=header, rows=rows)
    response = HttpResponse(exporting.lines_book(kept), content_type=XLSX_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="reponses-{pk}-{kept["made_on"]:%Y-%m-%d}.xlsx"'
    response.headers["Cache-Control"] = "no-store"
    return response
