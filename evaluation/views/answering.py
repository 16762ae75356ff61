"""The page of a questionnaire, for whoever holds its address. No account, no session: nothing says who is there."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, View

from cafe.errors import Refusal
from cafe.limits import client_address, within_limit
from evaluation.forms.questionnaire import QuestionnaireForm
from evaluation.models import Survey
from evaluation.services.answering import answer, door

TOO_MANY = "Trop de réponses viennent de cette connexion. Réessayez dans une heure."
PER_HOUR = 200  # a whole room may answer from one connection, its poster on the wall
GONE = 410

for_anyone = method_decorator([login_not_required, never_cache], name="dispatch")


def gone(request):
    """Unknown, spent, replaced or closed: one page for all, or a guess would tell something."""
    return render(request, "evaluation/answering/gone.html", status=GONE)


@for_anyone
class AnswerView(View):
    def dispatch(self, request, *args, token, **kwargs):
        self.door = door(token)
        return super().dispatch(request, token) if self.door else gone(request)

    def get(self, request, token):
        return self.page(QuestionnaireForm(self.door.survey))

    def post(self, request, token):
        survey, is_public = self.door.survey, self.door.invitation is None
        form = QuestionnaireForm(survey, request.POST)
        # On a poster's address a machine gets the page of thanks; a personal link is enough to know a person.
        if is_public and form.is_machine:
            return thanks(form)
        if form.is_valid() and is_public and not may_answer(request, survey):
            form.add_error(None, TOO_MANY)
        if not form.is_valid():
            return self.page(form)
        try:
            answer(token=token, answers=form.answers())
        except (Refusal, Survey.DoesNotExist):
            return gone(request)
        return thanks(form)

    def page(self, form):
        context = {"form": form, "survey": self.door.survey, "invited": self.door.invitation is not None}
        return render(self.request, "evaluation/answering/answer.html", context)


def may_answer(request, survey):
    return within_limit(scope=f"survey-{survey.pk}", who=client_address(request), limit=PER_HOUR, seconds=3600)


def thanks(form):
    half = "?phrases=incompletes" if form.is_valid() and form.half_index else ""
    return redirect(reverse("survey_thanks", args=[form.survey.public_key]) + half)


@for_anyone
class ThanksView(TemplateView):
    """The personal link is spent by now: this address is the questionnaire's own, and tells of nobody."""

    template_name = "evaluation/answering/thanks.html"

    def get_context_data(self, key, **kwargs):
        survey = Survey.objects.filter(public_key=key).exclude(state=Survey.State.DRAFT).first()
        if survey is None:
            raise Http404
        half = self.request.GET.get("phrases") == "incompletes"
        return super().get_context_data(survey=survey, half=half, **kwargs)
