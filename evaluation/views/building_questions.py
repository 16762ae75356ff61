"""The coordination writes the questions of a draft, moves and repeats them, says of whom each is asked."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST

from activities.views.coordination import coordination_required
from cafe.errors import Refusal
from evaluation.enums import QuestionKind
from evaluation.forms.building import ConditionForm, QuestionForm
from evaluation.models import Question
from evaluation.services import building
from evaluation.views.building import DraftPage, page_at

WHO5_TEXT = "Ces deux dernières semaines, comment vous êtes-vous senti ?"
KINDS = [
    (QuestionKind.SCALE, "Une note, dont la moyenne se lit."),
    (QuestionKind.AGREEMENT, "Une phrase, avec laquelle on est plus ou moins d’accord."),
    (QuestionKind.YES_NO, "Trois réponses toutes faites."),
    (QuestionKind.CHOICE, "Vous écrivez les réponses ; on n’en coche qu’une."),
    (QuestionKind.CHOICES, "Vous écrivez les réponses ; on en coche autant que l’on veut."),
    (QuestionKind.VISUAL, "Un curseur entre deux mots, comme mal-être et bien-être."),
    (QuestionKind.WHO5, "Cinq phrases de l’Organisation mondiale de la Santé, un indice de 0 à 100."),
    (QuestionKind.SHORT, "Une ligne, avec ses mots."),
    (QuestionKind.LONG, "Un paragraphe, avec ses mots."),
]


def find_question(pk, question):
    """Return a question of this questionnaire, which it carries along."""
    return get_object_or_404(Question.objects.select_related("survey"), pk=question, survey=pk)


class QuestionFormView(DraftPage):
    """Writes a question. Its kind, chosen first and told by the address, says what there is to fill in."""

    question = None

    @property
    def kind(self):
        asked = self.request.GET.get("sorte", "")
        default = self.question.kind if self.question else ""
        return asked if asked in QuestionKind.values else default

    def page(self, form):
        label = QuestionKind(form.kind).label
        return self.show("question", form=form, kinds=KINDS, kind_label=label, question=self.question)

    def post(self, request, **kwargs):
        if not self.kind:
            return redirect("survey_question_add", self.survey.pk)
        form = QuestionForm(request.POST, kind=self.kind, instance=self.question)
        if form.is_valid():
            try:
                question = self.save(form.values())
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, "La question est enregistrée.")
                return redirect(page_at(self.survey.pk, question.pk))
        return self.page(form)


class QuestionAddView(QuestionFormView):
    def get(self, request, pk):
        if not self.kind:
            return self.show("kinds", kinds=KINDS)
        initial = {"text": WHO5_TEXT} if self.kind == QuestionKind.WHO5 else {}
        return self.page(QuestionForm(kind=self.kind, initial=initial))

    def save(self, values):
        return building.add_question(survey=self.survey, values=values)


class OneQuestion:
    @cached_property
    def question(self):
        return find_question(self.kwargs["pk"], self.kwargs["question"])


class QuestionEditView(OneQuestion, QuestionFormView):
    def get(self, request, pk, question):
        return self.page(QuestionForm(instance=self.question, kind=self.kind))

    def save(self, values):
        return building.change_question(question=self.question, values=values)


class ConditionView(OneQuestion, DraftPage):
    """The question on which this one depends is chosen first (?sur=), then its answers."""

    @cached_property
    def offered(self):
        return building.earlier_closed(self.question, list(self.survey.questions.all()))

    @cached_property
    def condition(self):
        """The question that the address names among those offered, else the one that is kept."""
        asked = self.request.GET.get("sur", str(self.question.condition_id or ""))
        return next((one for one in self.offered if str(one.pk) == asked), None)

    def page(self, form):
        return self.show("condition", question=self.question, form=form, condition=self.condition, offered=self.offered)

    def get(self, request, pk, question):
        same = self.condition and self.condition.pk == self.question.condition_id
        initial = {"values": self.question.condition_values if same else []}
        return self.page(ConditionForm(condition=self.condition, initial=initial) if self.condition else None)

    def post(self, request, pk, question):
        if "remove" in request.POST:
            return self.save(None, [])
        form = ConditionForm(request.POST, condition=self.condition) if self.condition else None
        if form and form.is_valid():
            return self.save(self.condition, form.cleaned_data["values"])
        return self.page(form)

    def save(self, condition, values):
        done = "La condition est enregistrée." if condition else "La question est posée à tout le monde."
        try:
            building.set_condition(question=self.question, condition=condition, values=values)
            messages.success(self.request, done)
        except Refusal as refusal:
            messages.error(self.request, refusal.sentence)
        return redirect(page_at(self.survey.pk, self.question.pk))


class QuestionDeleteView(OneQuestion, DraftPage):
    def get(self, request, pk, question):
        return self.show("question_delete", question=self.question)

    def post(self, request, pk, question):
        try:
            building.delete_question(question=self.question)
            messages.success(request, "La question est supprimée.")
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect(page_at(pk, question))
        return redirect("survey_edit", pk)


@coordination_required
@require_POST
def question_shift(request, pk, question):
    found = find_question(pk, question)
    try:
        building.shift_question(question=found, step=-1 if request.POST.get("sens") == "haut" else 1)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(page_at(pk, question))


@coordination_required
@require_POST
def question_duplicate(request, pk, question):
    try:
        twin = building.duplicate_question(question=find_question(pk, question))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect(page_at(pk, question))
    messages.success(request, "La question est répétée, juste après.")
    return redirect(page_at(pk, twin.pk))
