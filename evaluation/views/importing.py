"""Importing answers gathered elsewhere: a file, what its columns mean, then all of it at once."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View
from django.views.decorators.http import require_POST

from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal
from evaluation.forms.importing import ImportForm, ImportUploadForm
from evaluation.services import importing


class ImportUploadView(CoordinationMixin, View):
    def page(self, form):
        context = {"form": form, "draft": importing.drafts_of(self.request.user).first()}
        return render(self.request, "evaluation/files/import.html", context)

    def get(self, request):
        return self.page(ImportUploadForm())

    def post(self, request):
        form = ImportUploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                draft = importing.start_import(upload=form.cleaned_data["file"], user=request.user)
            except Refusal as refusal:
                form.add_error("file", refusal.sentence)
            else:
                return redirect("survey_import_preview", draft.pk)
        return self.page(form)


class ImportPreviewView(CoordinationMixin, View):
    """One's own file: the use of each column, what the questionnaire is, and the import itself."""

    def find(self, pk):
        """Return the draft, or None once it was imported, given up or forgotten; another person's is not there."""
        return importing.drafts_of(self.request.user).filter(pk=pk).first()

    def gone(self):
        messages.warning(self.request, importing.GONE)
        return redirect("survey_import")

    def page(self, draft, columns, form):
        context = {"draft": draft, "form": form, "problem": importing.problem_of(columns)}
        return render(self.request, "evaluation/files/import_preview.html", context)

    def get(self, request, pk):
        draft = self.find(pk)
        if draft is None:
            return self.gone()
        columns = importing.columns_of(draft)
        return self.page(draft, columns, ImportForm(columns=columns, name=draft.params["name"]))

    def post(self, request, pk):
        draft = self.find(pk)
        if draft is None:
            return self.gone()
        form = ImportForm(request.POST, columns=importing.columns_of(draft), name=draft.params["name"])
        is_valid = form.is_valid()
        importing.choose_uses(draft=draft, uses=form.uses())
        if "reread" not in request.POST and is_valid:
            try:
                return self.run(importing.import_answers(key=draft.pk, by=request.user, **form.options()))
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.again(draft, form, request.POST)

    def again(self, draft, form, typed):
        """Show the page with what was typed; what was only read anew shows no fault yet."""
        columns = importing.columns_of(draft)
        if "reread" in typed:
            form = ImportForm(columns=columns, name=draft.params["name"], initial=typed.dict())
        form.columns = columns
        return self.page(draft, columns, form)

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
