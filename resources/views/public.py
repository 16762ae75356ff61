"""The directory as everybody sees it: the search, and one sheet."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.utils.decorators import method_decorator
from django.views.generic import DetailView, TemplateView

from resources.forms.search import SearchForm
from resources.models import Commune, Resource
from resources.needs import THEMES
from resources.services.search import search, sheets_of

PER_PAGE = 20


@method_decorator(login_not_required, name="dispatch")
class SearchView(TemplateView):
    """One field, six themes, then short sheets that say why they are there. Nothing that was typed is kept."""

    template_name = "resources/search.html"

    def get_context_data(self, **kwargs):
        form = SearchForm(self.request.GET, user=self.request.user)
        found = self.found(form) if form.is_asking else {}
        communes = Commune.objects.values_list("name", flat=True)
        return super().get_context_data(form=form, themes=THEMES, communes=communes, **found, **kwargs)

    def found(self, form):
        asked, user = form.asked(), self.request.user
        result = search(asked=asked, user=user)
        page = Paginator(result.hits, PER_PAGE).get_page(self.request.GET.get("page"))
        return {
            "asked": asked,
            "dangers": result.dangers,
            "commune": result.commune,
            "page_obj": page,
            "count": len(result.hits),
            "sheets": sheets_of(hits=list(page), asked=asked, user=user, commune=result.commune),
        }


@method_decorator(login_not_required, name="dispatch")
class ResourceView(DetailView):
    """One sheet, for who may read it; for anybody else there is none."""

    template_name = "resources/resource.html"

    def get_queryset(self):
        return Resource.objects.visible_to(self.request.user).for_display()
