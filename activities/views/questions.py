"""The questions of a session, as the coordination writes them."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django.views.decorators.http import require_POST

from activities.forms.questions import QuestionForm
from activities.models import Question, Session
from activities.services import questions
from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal


def find_question(slug, pk):
    asked = Question.objects.select_related("session__activity").annotate(answered=Count("answers"))
    return get_object_or_404(asked, session__slug=slug, pk=pk)


class QuestionsView(CoordinationMixin, View):
    """The list of a session's questions, and the form that adds one."""

    def page(self, slug, form):
        session = get_object_or_404(Session.objects.select_related("activity"), slug=slug)
        asked = session.questions.annotate(answered=Count("answers"))
        context = {"session": session, "questions": asked, "form": form}
        return render(self.request, "activities/questions/list.html", context)

    def get(self, request, slug):
        return self.page(slug, QuestionForm())

    def post(self, request, slug):
        form = QuestionForm(request.POST)
        if form.is_valid():
            session = get_object_or_404(Session, slug=slug)
            try:
                questions.add_question(session=session, values=form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, "La question est ajoutée au formulaire d’inscription.")
                return redirect("manage_questions", slug)
        return self.page(slug, form)


class QuestionEditView(CoordinationMixin, View):
    def page(self, question, form):
        context = {"question": question, "session": question.session, "form": form}
        return render(self.request, "activities/questions/edit.html", context)

    def get(self, request, slug, pk):
        question = find_question(slug, pk)
        return self.page(question, QuestionForm(instance=question))

    def post(self, request, slug, pk):
        question = find_question(slug, pk)
        form = QuestionForm(request.POST)
        if form.is_valid():
            try:
                questions.change_question(question=question, values=form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, "La question est changée.")
                return redirect("manage_questions", slug)
        return self.page(question, form)


@coordination_required
@require_POST
def question_shift(request, slug, pk):
    step = -1 if request.POST.get("sens") == "haut" else 1
    questions.shift_question(question=find_question(slug, pk), step=step)
    return redirect("manage_questions", slug)


class QuestionDeleteView(CoordinationMixin, View):
    """Says how many answers would go along; the button then carries that it was read."""

    def get(self, request, slug, pk):
        question = find_question(slug, pk)
        context = {"question": question, "session": question.session}
        return render(request, "activities/questions/delete.html", context)

    def post(self, request, slug, pk):
        with_answers = bool(request.POST.get("avec_reponses"))
        try:
            questions.delete_question(question=find_question(slug, pk), with_answers=with_answers)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("manage_question_delete", slug, pk)
        messages.success(request, "La question est supprimée.")
        return redirect("manage_questions", slug)
