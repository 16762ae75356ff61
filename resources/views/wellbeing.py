"""« Où j’en suis »: a page that asks, and never hears the answers."""

from django.contrib.auth.decorators import login_not_required
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from resources.enums import PreventionPart
from resources.models import PreventionPage
from resources.wellbeing import ANSWERS, BANDS, FACTOR, ITEMS

TOOLS = "soi-outils"  # seed key of the page where the coordination keeps the addresses of other tools


# Not kept by the browser either: coming back to the page, perhaps as somebody else, shows no answer.
@method_decorator([login_not_required, never_cache], name="dispatch")
class WellbeingView(TemplateView):
    """The WHO-5 index, four questions, what to print and where to turn."""

    template_name = "resources/wellbeing/index.html"

    def get_context_data(self, **kwargs):
        pages = list(PreventionPage.objects.published().filter(part=PreventionPart.SELF).defer("body"))
        tools = next((page for page in pages if page.seed_key == TOOLS), None)
        return super().get_context_data(
            items=ITEMS, answers=ANSWERS, bands=BANDS, factor=FACTOR, pages=pages, tools=tools, **kwargs
        )


@method_decorator(login_not_required, name="dispatch")
class NotebookView(TemplateView):
    """A sheet to print and to fill in by hand."""

    template_name = "resources/wellbeing/notebook.html"
