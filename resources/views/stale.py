"""The coordination's list of sheets to verify, and the two buttons of each row."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from django.views.generic import ListView

from cafe.errors import Refusal
from members.enums import Role
from members.permissions import role_required
from resources.forms.freshness import StaleForm
from resources.models import Resource
from resources.services import freshness, verifying
from resources.views.manage import CoordinationMixin

ASKED = "La demande part à « {} », avec un lien pour répondre."
OTHER_LISTS = {"suspendues": freshness.suspended_sheets, "corrigees": freshness.corrected_sheets}


class StaleView(CoordinationMixin, ListView):
    """Oldest first, fifty a page."""

    template_name = "resources/manage/stale.html"
    paginate_by = 50

    def get_queryset(self):
        self.form = StaleForm(self.request.GET)
        self.chosen = self.form.chosen()
        other = OTHER_LISTS.get(self.chosen)
        sheets = other() if other else freshness.stale_sheets(level=self.chosen)
        return sheets.defer("search_text").for_display()

    def get_context_data(self, **kwargs):
        query = self.request.GET.urlencode()
        return super().get_context_data(form=self.form, chosen=self.chosen, query=query, **kwargs)


def to_list(request, slug):
    return redirect(f"{reverse('stale_resources')}?{request.GET.urlencode()}")


def to_sheet(request, slug):
    return redirect("manage_resource", slug)


def stale_action(service, done, back=to_list):
    """Return the view of one button: run the service, say what was done or why not, go back."""

    @role_required(Role.COORDINATION)
    @require_POST
    def act(request, slug):
        resource = get_object_or_404(Resource, slug=slug)
        try:
            service(resource, request.user)
            messages.success(request, done.format(resource))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return back(request, slug)

    return act


def ask(resource, user):
    return verifying.ask(resource=resource)


def verify(resource, user):
    return freshness.verify_today(resource=resource, by=user)


stale_verify = stale_action(verify, "« {} » est vérifiée d’aujourd’hui.")
stale_ask = stale_action(ask, ASKED)
resource_ask = stale_action(ask, ASKED, back=to_sheet)
