"""What the cell is, for anybody, before any field."""

from django.http import FileResponse
from django.shortcuts import redirect, render

from cafe.models import DocumentState
from cafe.pdf import page_of
from listening_cell.models import CellSettings
from listening_cell.services import cards, keys
from listening_cell.views.spaces import PublicCellPage


class ListeningView(PublicCellPage):
    def get(self, request):
        context = {"cell": CellSettings.load(), "open": keys.verify_key() is not None}
        return render(request, "listening_cell/public/listening.html", context)


class PrivacyView(PublicCellPage):
    """What is hidden from whom, what is not, and for how long things are kept."""

    def get(self, request):
        return render(request, "listening_cell/public/privacy.html")


class ColleagueView(PublicCellPage):
    """How to go towards a colleague; nothing here is sent."""

    def get(self, request):
        return render(request, "listening_cell/public/colleague.html", {"pages": cards.pages_about_colleagues()})


class CardView(PublicCellPage):
    """The card to hand over: given where it is ready, else the page that waits for it."""

    def get(self, request):
        document = cards.request_card()
        if document.state != DocumentState.READY:
            return redirect(page_of(document))
        return FileResponse(document.file.open("rb"), filename=cards.FILENAME, content_type=document.content_type)
