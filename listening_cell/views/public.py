"""What the cell is, for anybody, before any field."""

from django.shortcuts import render

from listening_cell.views.spaces import PublicCellPage


class ListeningView(PublicCellPage):
    def get(self, request):
        return render(request, "pages/listening.html")
