"""The yearly publication: what was published, what would be, and the confirmation."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from cafe.errors import Refusal
from listening_cell import figures
from listening_cell.counting import LEAST
from listening_cell.forms.publication import PublishForm
from listening_cell.models import Publication
from listening_cell.services import publishing
from listening_cell.views.spaces import ReferentSpace

# Shown through the session, which no word of the cell may enter.
DONE = "C’est publié."


class PublicationPage(ReferentSpace):
    @property
    def hand(self):
        # self.holder is whoever opened this space.
        return {"referent": self.holder, "private": self.private}

    def page(self, template, **context):
        context = {"least": LEAST} | context
        return render(self.request, f"listening_cell/referent/{template}.html", context)


class PublicationsView(PublicationPage):
    """The years already published, and the way to the next one; nothing is opened to show this page."""

    def get(self, request):
        return self.listed()

    def listed(self, refusal=""):
        year, later = publishing.next_publication()
        years = Publication.objects.values_list("year", flat=True)
        return self.page("publications", years=years, year=year, later=later, refusal=refusal)


class PreviewView(PublicationsView):
    """What would be published, by the referent's key. Asked for by a button: a glance would fix what is counted."""

    def get(self, request):
        return redirect("cell_publications")

    def post(self, request):
        return self.asked(PublishForm())

    def asked(self, form):
        try:
            shown = publishing.preview(**self.hand)
        except Refusal as refusal:
            return self.listed(refusal.sentence)
        [counted] = figures.read([shown.tables], self.request.user)
        return self.page("preview", form=form, figures=counted, lost=shown.lost)


class PublishView(PreviewView):
    def post(self, request):
        form = PublishForm(request.POST)
        if not form.is_valid():
            return self.asked(form)
        try:
            publication = publishing.publish(**self.hand)
        except Refusal as refusal:
            return self.listed(refusal.sentence)
        messages.success(request, DONE)
        return redirect("cell_publication", publication.year)


class PublicationView(PublicationPage):
    def get(self, request, year):
        found = figures.publication_of(year, request.user)
        if found is None:
            raise Http404
        return self.page("publication", figures=found)
