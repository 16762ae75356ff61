"""The home of whoever looks after the cell."""

from django.shortcuts import render

from listening_cell.services import enrolling, notices
from listening_cell.views.spaces import ReferentSpace


class ReferentHomeView(ReferentSpace):
    def get(self, request):
        return self.home()

    def home(self, refusal=""):
        todo = enrolling.awaited() | {"request": notices.waiting_for_referent(), "revoke": enrolling.to_revoke()}
        return render(self.request, "listening_cell/referent/home.html", {"todo": todo, "refusal": refusal})
