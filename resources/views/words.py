"""Synonyms and communes: two short lists that teach the search."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse_lazy
from django.views.generic import CreateView, DeleteView, ListView, UpdateView

from cafe.errors import Refusal
from resources.forms.words import CommuneForm, SynonymsForm
from resources.models import Commune, Synonyms
from resources.services import wording
from resources.views.manage import CoordinationMixin


class WordsMixin(CoordinationMixin):
    """What the pages of a list share: its model, form, services, words and the names of its addresses."""

    words = {}
    list_name = add_name = edit_name = delete_name = ""

    @property
    def success_url(self):
        return reverse_lazy(self.list_name)

    def get_form_class(self):
        return self.item_form

    def get_context_data(self, **kwargs):
        names = {"list_name": self.list_name, "add_name": self.add_name}
        names |= {"edit_name": self.edit_name, "delete_name": self.delete_name}
        return super().get_context_data(words=self.words, **names, **kwargs)


class WordsListView(WordsMixin, ListView):
    template_name = "resources/manage/words.html"
    paginate_by = 100


class WordsSaveMixin(WordsMixin):
    template_name = "resources/manage/words_form.html"

    def form_valid(self, form):
        try:
            self.save_item(form.save(commit=False))
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self.form_invalid(form)
        messages.success(self.request, "C’est enregistré : la recherche en tient compte dès maintenant.")
        return HttpResponseRedirect(self.success_url)


class WordsCreateView(WordsSaveMixin, CreateView):
    pass


class WordsEditView(WordsSaveMixin, UpdateView):
    pass


class WordsDeleteView(WordsMixin, DeleteView):
    template_name = "resources/manage/words_delete.html"

    def get_form_class(self):
        return DeleteView.form_class

    def form_valid(self, form):
        self.remove_item(self.object)
        messages.success(self.request, "C’est retiré.")
        return HttpResponseRedirect(self.success_url)


class SynonymsPages(WordsMixin):
    queryset = Synonyms.objects.exclude(words="")
    item_form = SynonymsForm
    words = {
        "title": "Synonymes",
        "lead": "Qui tape un mot d’un groupe trouve les fiches qui contiennent les autres. Ce qui suit un point "
        "d’interrogation est compris quand on le tape, sans être cherché dans les fiches.",
        "add": "Ajouter un groupe",
        "edit": "Modifier ce groupe",
        "delete": "Retirer ce groupe ?",
        "empty": "Aucun groupe pour le moment.",
    }
    list_name, add_name = "manage_synonyms", "manage_synonyms_create"
    edit_name, delete_name = "manage_synonyms_edit", "manage_synonyms_delete"

    def save_item(self, item):
        return wording.save_synonyms(group=item)

    def remove_item(self, item):
        wording.remove_synonyms(group=item)


class CommunePages(WordsMixin):
    queryset = Commune.objects.all()
    item_form = CommuneForm
    words = {
        "title": "Communes",
        "lead": "Leurs coordonnées servent à calculer les distances, à vol d’oiseau.",
        "add": "Ajouter une commune",
        "edit": "Modifier cette commune",
        "delete": "Retirer cette commune ?",
        "empty": "Aucune commune pour le moment : la recherche ne connaît pas les distances.",
    }
    list_name, add_name = "manage_communes", "manage_commune_create"
    edit_name, delete_name = "manage_commune_edit", "manage_commune_delete"

    def save_item(self, item):
        return wording.save_commune(commune=item)

    def remove_item(self, item):
        wording.remove_commune(commune=item)


def pages_of(kind):
    """Return the four views of a list: index, create, edit, delete."""
    bases = (WordsListView, WordsCreateView, WordsEditView, WordsDeleteView)
    return [type(f"{kind.__name__}{base.__name__}", (kind, base), {}).as_view() for base in bases]
