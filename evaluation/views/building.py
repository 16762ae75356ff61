"""The coordination writes questionnaires: the list, one draft and its questions, opening, closing, copying."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views import View
from django.views.decorators.http import require_POST

from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal
from cafe.lists import FilteredListView
from cafe.pdf import page_of
from evaluation.enums import QuestionKind, SurveyAudience, SurveyKind
from evaluation.forms.building import COPY, EMPTY, StartForm, SurveyFilter, SurveyForm
from evaluation.forms.questionnaire import QuestionnaireForm
from evaluation.forms.sending import ClosingForm
from evaluation.models import Survey
from evaluation.services import building, survey_posters
from evaluation.services.mornings import session_survey
from evaluation.values import choices_of

UNTITLED = "Questionnaire sans titre"


def find_survey(pk):
    return get_object_or_404(Survey.objects.select_related("previous"), pk=pk)


def page_at(pk, question=None):
    """Return the address of a questionnaire's page, at one of its questions."""
    return reverse("survey_edit", args=[pk]) + (f"#q{question}" if question else "")


# --- The list, a new one --------------------------------------------------------------------------


class SurveyListView(CoordinationMixin, FilteredListView):
    """State, dates, audience. No number of answers: those are told by the results alone, past their threshold."""

    template_name = "evaluation/building/list.html"
    filterset_class = SurveyFilter
    queryset = Survey.objects.defer("intro", "thanks", "conclusion")


class SurveyNewView(CoordinationMixin, View):
    def page(self, form):
        return render(self.request, "evaluation/building/new.html", {"form": form})

    def get(self, request):
        return self.page(StartForm())

    def post(self, request):
        form = StartForm(request.POST)
        if form.is_valid():
            try:
                survey = self.start(**form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, "Le brouillon est prêt. Relisez-le, changez-le, puis ouvrez-le.")
                return redirect("survey_settings" if form.cleaned_data["source"] == EMPTY else "survey_edit", survey.pk)
        return self.page(form)

    def start(self, source, copied=None):
        if source == COPY:
            return building.copy_survey(survey=copied)
        if source == EMPTY:
            return building.create_survey(values={"title": UNTITLED})
        return building.create_survey(model=source)


# --- One questionnaire ----------------------------------------------------------------------------


class SurveyBase(View):
    """Finds the questionnaire once the role is known. drafts_only: of a frozen one, leads to its questions instead."""

    drafts_only = False

    def dispatch(self, request, *args, **kwargs):
        if self.drafts_only and request.method == "GET" and self.survey.is_frozen:
            messages.error(request, building.FROZEN)
            return redirect("survey_edit", self.survey.pk)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def survey(self):
        return find_survey(self.kwargs["pk"])

    def show(self, name, **context):
        return render(self.request, f"evaluation/building/{name}.html", {"survey": self.survey} | context)


class SurveyPage(CoordinationMixin, SurveyBase):
    pass


class DraftPage(SurveyPage):
    drafts_only = True


class SurveyEditView(SurveyPage):
    """The questions in their order; those of a frozen questionnaire can only be read."""

    def get(self, request, pk):
        questions = list(self.survey.questions.all())
        address = survey_posters.public_address(self.survey)
        return self.show("survey", rows=rows_of(questions), address=address)


def rows_of(questions):
    """Return (question, its answers in words, its condition in words or "") of each."""
    by_key = {question.pk: question for question in questions}
    return [(one, answers_in_words(one), condition_in_words(one, by_key.get(one.condition_id))) for one in questions]


def answers_in_words(question):
    if question.kind in QuestionKind.with_options:
        return [label for _, label in choices_of(question)]
    ends = [f"0 : {question.low}" if question.low else "", f"10 : {question.high}" if question.high else ""]
    if question.kind == QuestionKind.VISUAL:
        ends = [question.low, question.high]
    return [end for end in ends if end]


def condition_in_words(question, before):
    """Return « Seulement si la réponse à … est … », or "" of a question asked of everybody."""
    if before is None:
        return ""
    labels = [f"« {label} »" for value, label in choices_of(before) if value in question.condition_values]
    return f"Seulement si la réponse à « {before.text} » est {' ou '.join(labels)}."


class SurveySettingsView(DraftPage):
    def page(self, form):
        return self.show("settings", form=form)

    def get(self, request, pk):
        return self.page(SurveyForm(instance=self.survey))

    def post(self, request, pk):
        # Bound to a copy of its own: the title on the page stays the one that is kept.
        form = SurveyForm(request.POST, instance=find_survey(pk))
        if form.is_valid():
            try:
                building.update_survey(survey=self.survey, values=form.values())
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, "Les réglages sont enregistrés.")
                return redirect("survey_edit", pk)
        return self.page(form)


class SurveyPreviewView(SurveyPage):
    """What people will read. Nothing can be sent from here, and nothing is kept."""

    def get(self, request, pk):
        return self.show("preview", form=QuestionnaireForm(self.survey, preview=True))


class ConfirmedMove(SurveyPage):
    """A move of the whole questionnaire that is confirmed first: GET says what it does, POST does it."""

    template = done = ""
    after = "survey_edit"

    def get(self, request, pk):
        return self.show(self.template)

    def post(self, request, pk):
        try:
            self.move()
            messages.success(request, self.done)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("survey_edit", pk)
        return redirect(self.after) if self.after == "survey_list" else redirect(self.after, pk)


class SurveyOpenView(ConfirmedMove):
    template, done = "open", "Le questionnaire est ouvert."

    def get(self, request, pk):
        follows_sessions = (self.survey.kind, self.survey.audience) == (SurveyKind.SESSION, SurveyAudience.INVITED)
        return self.show(self.template, replaced=session_survey() if follows_sessions else None)

    def move(self):
        building.open_survey(survey=self.survey)


class SurveyClosingView(SurveyPage):
    """The last day of an open questionnaire, sooner or later than was said."""

    def page(self, form):
        return self.show("closing", form=form)

    def get(self, request, pk):
        return self.page(ClosingForm(initial={"closes_on": self.survey.closes_on}))

    def post(self, request, pk):
        form = ClosingForm(request.POST)
        if form.is_valid():
            try:
                building.change_closing(survey=self.survey, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, "La date de clôture est changée.")
                return redirect("survey_edit", pk)
        return self.page(form)


class SurveyCloseView(ConfirmedMove):
    template, done = "close", "Le questionnaire est clos : plus personne n’y répond."

    def move(self):
        building.close_survey(survey=self.survey)


class SurveyDeleteView(ConfirmedMove):
    template, done, after = "delete", "Le brouillon est supprimé.", "survey_list"

    def move(self):
        building.delete_survey(survey=self.survey)


@coordination_required
@require_POST
def survey_copy(request, pk):
    try:
        copy = building.copy_survey(survey=find_survey(pk))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("survey_list")
    messages.success(request, "Voici la copie, en brouillon. L’original reste tel quel.")
    return redirect("survey_edit", copy.pk)


class SurveyPosterView(SurveyPage):
    """The address to share, and the poster that carries it."""

    def get(self, request, pk):
        refusal = survey_posters.why_no_poster(self.survey)
        return self.show("poster", refusal=refusal, address=survey_posters.public_address(self.survey))

    def post(self, request, pk):
        try:
            return redirect(page_of(survey_posters.request_poster(survey=self.survey, user=request.user)))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("survey_poster", pk)
