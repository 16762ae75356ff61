"""The coordination's rota, and the dates of the team."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import ListView

from activities.forms.rota import RotaForm, TeamEventForm
from activities.models import TeamEvent
from activities.services import hosting
from activities.views.coordination import CoordinationMixin
from activities.views.coordination_catalogue import (
    CatalogueCreateView,
    CatalogueDeleteView,
    CatalogueEditView,
    CatalogueMixin,
)
from cafe.errors import Refusal


@method_decorator(never_cache, name="dispatch")
class RotaView(CoordinationMixin, View):
    """Sessions to come and what the team answered. With ?proposition=1 the free seats are filled, and nothing is kept
    until the form is sent."""

    def page(self, form, *, proposing=False):
        context = {"form": form, "sheet": form.sheet, "proposing": proposing}
        context["members"] = [(member, form.sheet.turns(member)) for member in form.sheet.members]
        return render(self.request, "activities/rota/rota.html", context)

    def get(self, request):
        sheet, proposing = hosting.Sheet(), "proposition" in request.GET
        return self.page(RotaForm(sheet=sheet, choices=sheet.proposal() if proposing else ()), proposing=proposing)

    def post(self, request):
        form = RotaForm(request.POST, sheet=hosting.Sheet())
        if not form.is_valid():
            return self.page(form)
        try:
            told = hosting.save_rota(changes=form.changes())
            messages.success(request, saved(told))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("rota")


def saved(told):
    if not told:
        return "La répartition est enregistrée. Personne n’avait à en être prévenu."
    plural = "s partent" if told > 1 else " part"
    return f"La répartition est enregistrée. {told} courriel{plural} aux référents concernés."


class TeamEventPages(CatalogueMixin):
    model = TeamEvent
    item_form = TeamEventForm
    words = {
        "title": "Réunions et supervisions",
        "add": "Ajouter un rendez-vous d’équipe",
        "edit": "Modifier le rendez-vous d’équipe",
        "delete": "Supprimer ce rendez-vous ?",
    }
    list_name, add_name = "team_events", "team_event_create"
    edit_name, delete_name = "team_event_edit", "team_event_delete"


class TeamEventList(TeamEventPages, ListView):
    """What is to come, the next first; what is past can be seen in the team's calendar."""

    template_name = "activities/rota/events.html"
    paginate_by = 30

    def get_queryset(self):
        return TeamEvent.objects.filter(starts_at__gte=timezone.now()).order_by("starts_at", "pk")


class TeamEventCreate(TeamEventPages, CatalogueCreateView):
    template_name = "activities/rota/event_form.html"


class TeamEventEdit(TeamEventPages, CatalogueEditView):
    template_name = "activities/rota/event_form.html"


class TeamEventDelete(TeamEventPages, CatalogueDeleteView):
    pass
