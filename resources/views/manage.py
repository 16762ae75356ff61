"""The coordination's pages about sheets: list, one sheet with its history, writing, and the moves of its state."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from cafe.errors import Refusal
from cafe.lists import FilteredListView
from members.enums import Role
from members.permissions import RoleRequiredMixin, role_required
from resources.forms.sheets import ResourceFilter, ResourceForm
from resources.history import lines_of
from resources.models import Resource
from resources.services import sheets


class CoordinationMixin(RoleRequiredMixin):
    roles = (Role.COORDINATION,)


class ManageResourcesView(CoordinationMixin, FilteredListView):
    template_name = "resources/manage/resources.html"
    filterset_class = ResourceFilter

    def get_queryset(self):
        return Resource.objects.for_display().defer("search_text").order_by("name", "pk")


class ManageResourceView(CoordinationMixin, DetailView):
    """One sheet: its state, what can be done now, and all that was changed."""

    template_name = "resources/manage/resource.html"
    context_object_name = "resource"

    def get_queryset(self):
        return Resource.objects.for_display().select_related("verified_by")

    def get_context_data(self, **kwargs):
        changes = self.object.changes.select_related("by")
        return super().get_context_data(history=[lines_of(change) for change in changes], **kwargs)


class ResourceFormView(CoordinationMixin, View):
    """Shows the form, keeps what was typed when a rule says no, and hands the values to a service."""

    def page(self, form):
        return render(self.request, "resources/manage/resource_form.html", {"form": form, "resource": form.instance})

    def instance(self, slug):
        return get_object_or_404(Resource.objects.for_display(), slug=slug) if slug else Resource()

    def get(self, request, slug=None):
        return self.page(ResourceForm(instance=self.instance(slug)))

    def post(self, request, slug=None):
        form = ResourceForm(request.POST, instance=self.instance(slug))
        if form.is_valid():
            try:
                return redirect("manage_resource", self.save(form).slug)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        return self.page(form)


class ResourceCreateView(ResourceFormView):
    def save(self, form):
        resource = sheets.create_sheet(values=form.values(), needs=form.needs_chosen(), by=self.request.user)
        messages.success(self.request, "La fiche est enregistrée en brouillon. Relisez-la, puis publiez-la.")
        return resource


class ResourceEditView(ResourceFormView):
    def save(self, form):
        resource, changed = sheets.update_sheet(
            resource=form.instance, values=form.values(), needs=form.needs_chosen(), by=self.request.user
        )
        messages.success(self.request, what_changed(changed))
        return resource


def what_changed(changed):
    """Return the sentence that says what saving a sheet did: changed is what update_sheet returns."""
    if "state" in changed:
        return "Les changements sont enregistrés. Sans l’accord de cette personne, sa fiche est suspendue."
    return "Les changements sont enregistrés." if changed else "Rien n’a changé."


def resource_move(service, done):
    """Return the view of a move that one button makes: run the service, say what was done or why not, go back."""

    @role_required(Role.COORDINATION)
    @require_POST
    def move(request, slug):
        resource = get_object_or_404(Resource, slug=slug)
        try:
            service(resource=resource, by=request.user)
            messages.success(request, done)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("manage_resource", slug)

    return move


resource_publish = resource_move(sheets.publish_sheet, "La fiche est publiée.")
resource_suspend = resource_move(sheets.suspend_sheet, "La fiche est suspendue : elle ne paraît plus.")
resource_archive = resource_move(sheets.archive_sheet, "La fiche est archivée. Son historique reste.")
resource_verify = resource_move(sheets.verify_sheet, "C’est noté : la fiche est vérifiée d’aujourd’hui.")
