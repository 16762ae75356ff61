"""Helping oneself: « Où j’en suis », the pages of prevention, and the coordination's pages about them."""

from django.urls import path

from resources.views import prevention, wellbeing
from resources.views import prevention_messages as sentences

PAGES = "coordination/ressources/prevention/"
MESSAGES = "coordination/ressources/messages/"

urlpatterns = [
    path("ou-j-en-suis/", wellbeing.WellbeingView.as_view(), name="wellbeing"),
    path("ou-j-en-suis/carnet/", wellbeing.NotebookView.as_view(), name="prevention_notebook"),
    path("prevention/", prevention.PreventionView.as_view(), name="prevention"),
    path("prevention/<slug:slug>/", prevention.PreventionPageView.as_view(), name="prevention_page"),
    path(PAGES, prevention.ManagePreventionView.as_view(), name="manage_prevention"),
    path(f"{PAGES}ajouter/", prevention.PageFormView.as_view(), name="manage_prevention_create"),
    path(f"{PAGES}<int:pk>/", prevention.PageFormView.as_view(), name="manage_prevention_edit"),
    path(f"{PAGES}<int:pk>/publier/", prevention.page_publish, name="manage_prevention_publish"),
    path(f"{PAGES}<int:pk>/depublier/", prevention.page_withdraw, name="manage_prevention_withdraw"),
    path(f"{PAGES}<int:pk>/deplacer/", prevention.page_shift, name="manage_prevention_shift"),
    path(f"{PAGES}<int:pk>/supprimer/", prevention.PageDeleteView.as_view(), name="manage_prevention_delete"),
    path(MESSAGES, sentences.MessageListView.as_view(), name="manage_prevention_messages"),
    path(f"{MESSAGES}ajouter/", sentences.MessageCreateView.as_view(), name="manage_prevention_message_create"),
    path(f"{MESSAGES}<int:pk>/", sentences.MessageEditView.as_view(), name="manage_prevention_message_edit"),
    path(
        f"{MESSAGES}<int:pk>/retirer/",
        sentences.MessageDeleteView.as_view(),
        name="manage_prevention_message_delete",
    ),
]
