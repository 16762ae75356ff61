"""Addresses by which the coordination exchanges the directory, under /coordination/ressources/."""

from django.urls import path

from resources.views import exchange

urlpatterns = [
    path("echange/", exchange.ExchangeView.as_view(), name="manage_resources_exchange"),
    path("export.<str:extension>", exchange.resources_export, name="manage_resources_export"),
    path("modele.<str:extension>", exchange.resources_template, name="manage_resources_template"),
    path("import/<uuid:pk>/", exchange.ImportPreviewView.as_view(), name="manage_resources_import"),
    path("import/<uuid:pk>/abandonner/", exchange.import_discard, name="manage_resources_import_discard"),
]
