"""No more reminders, by the link of a mail. Opening the page changes nothing: mail scanners follow links."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from evaluation.services.answering import invited_door
from evaluation.services.sending import refuse_more


@method_decorator([never_cache, login_not_required], name="dispatch")
class StopView(View):
    def page(self, state):
        return render(self.request, "evaluation/sending/stop.html", {"state": state})

    def get(self, request, token):
        return self.page("asking" if invited_door(token) else "spent")

    def post(self, request, token):
        return self.page("done" if refuse_more(token=token) else "spent")
