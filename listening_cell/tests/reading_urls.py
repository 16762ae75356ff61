"""The portal's addresses, and one more: a page that shows what was asked, as a peer's pages do once unlocked."""

from django.http import HttpResponse
from django.template import engines
from django.urls import path

from cafe.urls import urlpatterns as portal
from listening_cell.services import casework
from listening_cell.views.spaces import PeerSpace

PAGE = """
{% extends "listening_cell/base.html" %}
{% block content %}
  <h1>Lecture</h1>
  <p id="words">{{ words }}</p>
  <p>{{ sent }}</p>
  <form method="post">
    {% csrf_token %}
    <label for="note">Note</label>
    <textarea id="note" name="note"></textarea>
    <button type="submit">Envoyer</button>
  </form>
  {% include "listening_cell/_lock.html" %}
{% endblock content %}
"""


class ReadingView(PeerSpace):
    def get(self, request, sent=""):
        envelope = self.holder.envelopes.select_related("case").get()
        words = casework.read_request(casework.open_envelope(envelope, self.private)).words
        page = engines["django"].from_string(PAGE)
        return HttpResponse(page.render({"words": words, "sent": sent}, request))

    def post(self, request):
        return self.get(request, sent=request.POST["note"])


urlpatterns = [path("ecoute/pairs/lecture/", ReadingView.as_view(), name="reading"), *portal]
