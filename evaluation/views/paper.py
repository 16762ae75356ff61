"""Paper answers, one sheet after the other. Where one is in the pile goes in the address, sealed, and nowhere else."""

import json

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from cafe.errors import Refusal
from cafe.seal import seal, unseal
from evaluation.forms.paper import SheetForm
from evaluation.forms.questionnaire import QuestionnaireForm
from evaluation.models import Survey
from evaluation.services.paper import take_back, type_in
from members.enums import Role
from members.permissions import RoleRequiredMixin

PILE_SECONDS = 4 * 3600
KEPT = "La feuille est enregistrée."
TAKEN_BACK = "La dernière feuille est retirée."


@method_decorator(never_cache, name="dispatch")
class PaperView(RoleRequiredMixin, View):
    roles = (Role.COORDINATION,)

    def setup(self, request, *args, pk, **kwargs):
        super().setup(request, *args, pk=pk, **kwargs)
        self.pk = pk

    def get(self, request, **kwargs):
        survey = get_object_or_404(Survey, pk=self.pk)
        pile = pile_of(survey, request)
        first = {"day": pile.get("day", timezone.localdate()), "session": pile.get("session")}
        return self.page(survey, pile, SheetForm(survey, initial=first), paper_form(survey))

    def post(self, request, **kwargs):
        survey = get_object_or_404(Survey, pk=self.pk)
        pile = pile_of(survey, request)
        if "take_back" in request.POST:
            return self.take_back(survey, pile)
        sheet, form = SheetForm(survey, request.POST), paper_form(survey, request.POST)
        if not all([sheet.is_valid(), form.is_valid()]):
            return self.page(survey, pile, sheet, form)
        day, session = sheet.cleaned_data["day"], sheet.cleaned_data.get("session")
        try:
            response = type_in(survey=survey, answers=form.answers(), day=day, session=session)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.page(survey, pile, sheet, form)
        messages.success(request, KEPT)
        return to_pile(
            survey,
            count=pile.get("count", 0) + 1,
            last=response.pk,
            day=day.isoformat(),
            session=session and session.pk,
        )

    def take_back(self, survey, pile):
        try:
            take_back(survey=survey, key=pile.pop("last", 0))
        except Refusal as refusal:
            messages.error(self.request, refusal.sentence)
            return to_pile(survey, **pile)
        messages.success(self.request, TAKEN_BACK)
        return to_pile(survey, **pile | {"count": pile["count"] - 1})

    def page(self, survey, pile, sheet, form):
        context = {"survey": survey, "pile": pile, "sheet": sheet, "form": form}
        return render(self.request, "evaluation/answering/paper.html", context)


def paper_form(survey, data=None):
    return QuestionnaireForm(survey, data, answers_required=False)


def pile_of(survey, request):
    """Return what is known of this sitting: {"count", "last": key of the last sheet, "day", "session"}, or nothing."""
    text = unseal("survey-paper", request.GET.get("pile", ""), max_age=PILE_SECONDS)
    pile = json.loads(text) if text else {}
    return pile if pile.pop("survey", None) == survey.pk else {}


def to_pile(survey, **pile):
    sealed = seal("survey-paper", json.dumps(pile | {"survey": survey.pk}))
    return redirect(f"{reverse('survey_paper', args=[survey.pk])}?pile={sealed}")
