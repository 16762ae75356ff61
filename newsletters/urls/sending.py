"""Addresses where the coordination sends a newsletter, all under /coordination/lettres/."""

from django.urls import path

from newsletters.views import sending

urlpatterns = [
    path("<int:pk>/envoi/", sending.LetterSendingView.as_view(), name="letter_sending"),
    path("<int:pk>/avancement/", sending.LetterProgressView.as_view(), name="letter_progress"),
    path("<int:pk>/envoi/<slug:verb>/", sending.LetterVerbView.as_view(), name="letter_verb"),
]
