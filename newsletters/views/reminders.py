"""The automatic reminder of sessions with places left: whether, when, and what is about to leave."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST
from django.views.generic import UpdateView

from activities.views.coordination import CoordinationMixin, coordination_required
from cafe.errors import Refusal
from newsletters.forms.reminders import RemindersForm
from newsletters.models import LetterSettings, Newsletter
from newsletters.services import reminders, sending

SHOWN = 10
ON = "C’est enregistré. Le prochain rappel sera visible ici la veille de son départ."
OFF = "C’est enregistré. Le portail n’enverra aucun rappel de lui-même."


class RemindersView(CoordinationMixin, UpdateView):
    form_class = RemindersForm
    template_name = "newsletters/reminders/reminders.html"
    success_url = reverse_lazy("letter_reminders")

    def get_object(self, queryset=None):
        return LetterSettings.load()

    def get_context_data(self, **kwargs):
        letters = Newsletter.objects.filter(model_key=reminders.KEY).defer("html", "text").order_by("-pk")
        last = letters.prefetch_related("reminders__session__activity")[:SHOWN]
        return super().get_context_data(reminders=list(last), **kwargs)

    def form_valid(self, form):
        chosen = reminders.choose(**form.cleaned_data)
        messages.success(self.request, ON if chosen.remind else OFF)
        return redirect(self.success_url)


@coordination_required
@require_POST
def reminder_cancel(request, pk):
    newsletter = get_object_or_404(Newsletter, pk=pk, model_key=reminders.KEY)
    try:
        sending.cancel(newsletter)
        messages.success(request, "Ce rappel ne partira pas : c’est de nouveau un brouillon.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("letter_reminders")
