"""Activities, places and facilitators: three lists that work the same way."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.generic import CreateView, DeleteView, ListView, UpdateView

from activities.forms.coordination_catalogue import ActivityForm, FacilitatorForm, PlaceForm
from activities.models import Activity, Facilitator, Place
from activities.services.catalogue import delete_unused
from activities.views.coordination import CoordinationMixin
from cafe.errors import Refusal


class CatalogueMixin(CoordinationMixin):
    """What a catalogue's pages share: a model, its form, the words of its pages and the names of its addresses."""

    words = {}
    list_name = add_name = edit_name = delete_name = ""

    @property
    def success_url(self):
        return reverse_lazy(self.list_name)

    def get_context_data(self, **kwargs):
        names = {"list_name": self.list_name, "add_name": self.add_name}
        names |= {"edit_name": self.edit_name, "delete_name": self.delete_name}
        return super().get_context_data(words=self.words, **names, **kwargs)


class CatalogueListView(CatalogueMixin, ListView):
    template_name = "activities/manage/catalogue.html"
    paginate_by = 50

    def get_queryset(self):
        items = self.model.objects.annotate(used=Count("sessions")).order_by(self.search_field, "pk")
        self.q = self.request.GET.get("q", "").replace("\x00", "").strip()
        return items.filter(**{f"{self.search_field}__icontains": self.q}) if self.q else items

    def get_context_data(self, **kwargs):
        return super().get_context_data(q=self.q, **kwargs)


class CatalogueCreateView(CatalogueMixin, CreateView):
    template_name = "activities/manage/catalogue_form.html"

    def get_form_class(self):
        return self.item_form

    def form_valid(self, form):
        messages.success(self.request, f"« {form.instance} » est ajouté.")
        return super().form_valid(form)


class CatalogueEditView(CatalogueMixin, UpdateView):
    template_name = "activities/manage/catalogue_form.html"

    def get_form_class(self):
        return self.item_form

    def form_valid(self, form):
        messages.success(self.request, "Les changements sont enregistrés.")
        return super().form_valid(form)


class CatalogueDeleteView(CatalogueMixin, DeleteView):
    template_name = "activities/manage/catalogue_delete.html"

    def form_valid(self, form):
        try:
            delete_unused(item=self.object)
            messages.success(self.request, f"« {self.object} » est supprimé.")
        except Refusal as refusal:
            messages.error(self.request, refusal.sentence)
        return redirect(self.success_url)


class ActivityPages(CatalogueMixin):
    model = Activity
    item_form = ActivityForm
    search_field = "title"
    words = {
        "title": "Activités",
        "add": "Ajouter une activité",
        "edit": "Modifier l’activité",
        "delete": "Supprimer cette activité ?",
        "empty": "Aucune activité pour le moment. La première se crée ici, ou en préparant une séance.",
    }
    list_name, add_name = "manage_activities", "manage_activity_create"
    edit_name, delete_name = "manage_activity_edit", "manage_activity_delete"


class PlacePages(CatalogueMixin):
    model = Place
    item_form = PlaceForm
    search_field = "name"
    words = {
        "title": "Lieux",
        "add": "Ajouter un lieu",
        "edit": "Modifier le lieu",
        "delete": "Supprimer ce lieu ?",
        "empty": "Aucun lieu pour le moment. Le premier se crée ici, ou en préparant une séance.",
    }
    list_name, add_name = "manage_places", "manage_place_create"
    edit_name, delete_name = "manage_place_edit", "manage_place_delete"


class FacilitatorPages(CatalogueMixin):
    model = Facilitator
    item_form = FacilitatorForm
    search_field = "name"
    words = {
        "title": "Intervenants",
        "add": "Ajouter un intervenant",
        "edit": "Modifier l’intervenant",
        "delete": "Supprimer cet intervenant ?",
        "empty": "Aucun intervenant pour le moment. Le premier se crée ici, ou en préparant une séance.",
    }
    list_name, add_name = "manage_facilitators", "manage_facilitator_create"
    edit_name, delete_name = "manage_facilitator_edit", "manage_facilitator_delete"


def pages_of(kind):
    """Return the four views of a catalogue: list, create, edit, delete."""
    bases = (CatalogueListView, CatalogueCreateView, CatalogueEditView, CatalogueDeleteView)
    return [type(f"{kind.__name__}{base.__name__}", (kind, base), {}).as_view() for base in bases]
