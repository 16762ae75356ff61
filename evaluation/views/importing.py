"""Importing answers gathered elsewhere: a file, what its columns mean, then all of it at once."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal
from cafe.imports import PreviewView, UploadView
from evaluation.forms.importing import ImportForm, ImportUploadForm
from evaluation.services import importing


class ImportUploadView(CoordinationMixin, UploadView):
    template_name = "evaluation/files/import.html"
    form_class = ImportUploadForm

    def get_context_data(self, **kwargs):
        return super().get_context_data(draft=importing.drafts_of(self.request.user).first(), **kwargs)

    def start(self, form):
        draft = importing.start_import(upload=form.cleaned_data["file"], user=self.request.user)
        return reverse("survey_import_preview", args=[draft.pk])


class ImportPreviewView(CoordinationMixin, PreviewView):
    """One's own file: the use of each column, what the questionnaire is, and the import itself."""

    upload_name = "survey_import"

    def find(self, pk):
        return importing.drafts_of(self.request.user).filter(pk=pk).first()

    def form_of(self, columns, *typed, **options):
        return ImportForm(*typed, columns=columns, name=self.draft.params["name"], **options)

    def page(self, columns, form):
        context = {"draft": self.draft, "form": form, "problem": importing.problem_of(columns)}
        return render(self.request, "evaluation/files/import_preview.html", context)

    def get(self, request, pk):
        columns = importing.columns_of(self.draft)
        return self.page(columns, self.form_of(columns))

    def post(self, request, pk):
        form = self.form_of(importing.columns_of(self.draft), request.POST)
        is_valid = form.is_valid()
        importing.choose_uses(draft=self.draft, uses=form.uses())
        if "reread" not in request.POST and is_valid:
            try:
                return self.run(importing.import_answers(key=pk, by=request.user, **form.options()))
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.again(form, request.POST)

    def again(self, form, typed):
        """Show the page with what was typed; what was only read anew shows no fault yet."""
        columns = importing.columns_of(self.draft)
        if "reread" in typed:
            form = self.form_of(columns, initial=typed.dict())
        form.columns = columns
        return self.page(columns, form)

    def run(self, done):
        sentence = (
            f"C’est importé. Réponses : {done.responses}. Le questionnaire est clos, ses résultats se lisent déjà."
        )
        messages.success(self.request, sentence)
        return redirect(reverse("survey_files", args=[done.survey.pk]))


@coordination_required
@require_POST
def import_discard(request, pk):
    importing.discard(key=pk, user=request.user)
    messages.success(request, "Le fichier est oublié. Rien n’a été importé.")
    return redirect("survey_import")
