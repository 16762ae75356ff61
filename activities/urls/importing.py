"""Addresses of the import of a Google Forms export, under /coordination/seances/<slug>/importer/."""

from django.urls import path

from activities.views import importing

IMPORT = "seances/<slug:slug>/importer/"

urlpatterns = [
    path(IMPORT, importing.ImportUploadView.as_view(), name="manage_import"),
    path(f"{IMPORT}<int:pk>/", importing.ImportPreviewView.as_view(), name="manage_import_preview"),
    path(f"{IMPORT}<int:pk>/abandonner/", importing.import_discard, name="manage_import_discard"),
]
