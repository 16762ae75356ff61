"""The coordination's page of a questionnaire's sendings: it tells neither who answered, nor how many have not."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views import View
from django.views.generic import ListView

from activities.views.coordination import CoordinationMixin
from cafe.errors import Refusal
from cafe.models import Portal
from evaluation.forms.sending import ListForm
from evaluation.models import Sending, Survey
from evaluation.services.last_call import last_call
from evaluation.services.lists import examine
from evaluation.services.rates import rates_of
from evaluation.services.sending import cancel_sending, close_sending, plan_sending, why_not_sending

LINES_SHOWN = 20


def next_reminder(sending):
    """Return from what day the next reminder leaves, as planned at the beginning, or None.

    From the plan, not from the invitations: a reminder that is no longer due would tell that all have answered.
    """
    survey, today = sending.survey, timezone.localdate()
    if sending.closed_on or not sending.last_sent_on:
        return None
    rounds = range(1, survey.reminders + 1)
    days = (sending.starts_on + timedelta(days=survey.reminder_days * number) for number in rounds)
    to_come = (one for one in days if one >= today and one > sending.last_sent_on)
    return next((one for one in to_come if not sending.closes_on or one <= sending.closes_on), None)


class SendingsView(CoordinationMixin, ListView):
    template_name = "evaluation/sending/list.html"
    paginate_by = 20

    def get_queryset(self):
        self.survey = get_object_or_404(Survey, pk=self.kwargs["pk"])
        return self.survey.sendings.select_related("survey")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rates = rates_of(self.survey)
        for sending in context["page_obj"]:
            sending.next_reminder = next_reminder(sending)
            sending.rate = rates.of_sessions.get(sending.session_id) if sending.last_sent_on else None
        lists = self.survey.sendings.filter(session=None, last_sent_on__isnull=False)
        mailed = lists.filter(closed_on=None).order_by("-last_sent_on").values_list("last_sent_on", flat=True).first()
        return context | {
            "survey": self.survey,
            "rates": rates,
            "closed": why_not_sending(self.survey),
            "text": last_call(self.survey, mailed_on=mailed, portal=Portal.load()),
            "many_lists": lists.count() > 1,
        }


class ToListView(CoordinationMixin, View):
    """A sending to a list: the addresses, what is made of them, then the last word."""

    def page(self, survey, form, **context):
        context |= {"form": form, "survey": survey, "shown": LINES_SHOWN}
        return render(self.request, "evaluation/sending/to_list.html", context)

    def get(self, request, pk):
        survey = get_object_or_404(Survey, pk=pk)
        if reason := why_not_sending(survey):
            messages.error(request, reason)
            return redirect("survey_sending", pk)
        return self.page(survey, ListForm(survey=survey))

    def post(self, request, pk):
        survey = get_object_or_404(Survey, pk=pk)
        form = ListForm(request.POST, request.FILES, survey=survey)
        if not form.is_valid() or "corriger" in request.POST:
            return self.page(survey, form)
        given = form.cleaned_data
        try:
            found = examine(given["addresses"], survey=survey)
            if "envoyer" in request.POST:
                return self.plan(survey, found, given)
        except Refusal as refusal:
            form.add_error("addresses", refusal.sentence)
            return self.page(survey, form)
        return self.page(survey, form, found=found, given=given)

    def plan(self, survey, found, given):
        when = {name: given[name] for name in ("label", "starts_on", "closes_on")}
        plan_sending(survey=survey, emails=found.new, **when)
        messages.success(self.request, "C’est noté. Vous pouvez encore annuler cet envoi avant son départ.")
        return redirect("survey_sending", survey.pk)


class EndView(CoordinationMixin, View):
    """Calling off what has not left, ending what has: asked once more before."""

    def find(self, pk, sending):
        sendings = Sending.objects.select_related("survey").filter(closed_on=None)
        return get_object_or_404(sendings, pk=sending, survey=pk)

    def get(self, request, pk, sending):
        sending = self.find(pk, sending)
        return render(request, "evaluation/sending/end.html", {"sending": sending, "survey": sending.survey})

    def post(self, request, pk, sending):
        sending = self.find(pk, sending)
        try:
            if "annuler" in request.POST:
                cancel_sending(sending)
                messages.success(request, "L’envoi est annulé. Aucune adresse n’en est gardée.")
            else:
                close_sending(sending)
                messages.success(request, "L’envoi est arrêté. Les réponses déjà reçues restent.")
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("survey_sending", pk)
