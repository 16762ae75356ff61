"""How the cell receives, and the replacement of a peer who does not come: what the referent decides without a case."""

from django.contrib import messages
from django.shortcuts import redirect, render

from cafe.errors import Refusal
from listening_cell.forms.publication import ArrangementsForm
from listening_cell.models import CellSettings
from listening_cell.services import arrangements, notices
from listening_cell.views.referent import ReferentHomeView
from listening_cell.views.spaces import ReferentSpace

# Shown through the session, which no word of the cell may enter.
ASKED = "C’est demandé."


class CellSettingsView(ReferentSpace):
    def get(self, request):
        return self.asked(ArrangementsForm(instance=CellSettings.load()))

    def asked(self, form):
        return render(self.request, "listening_cell/referent/settings.html", {"form": form})

    def post(self, request):
        form = ArrangementsForm(request.POST, instance=CellSettings.load())
        if not form.is_valid():
            return self.asked(form)
        arrangements.set_arrangements(**form.cleaned_data)
        messages.success(request, "C’est enregistré.")
        return redirect("cell_settings")


class ReplacementView(ReferentHomeView):
    """Asks that whoever has not read a request for three days be replaced; nobody learns here who, nor whose."""

    def get(self, request):
        return redirect("cell_referent")

    def post(self, request):
        try:
            notices.ask_replacement()
            messages.success(request, ASKED)
        except Refusal as refusal:
            return self.home(refusal.sentence)
        return redirect("cell_referent")
