"""Addresses of what goes out as files and comes in as files, under /coordination/questionnaires/."""

from django.urls import path

from evaluation.views import files, importing

urlpatterns = [
    path("<int:pk>/fichiers/", files.FilesView.as_view(), name="survey_files"),
    path("importer/", importing.ImportUploadView.as_view(), name="survey_import"),
    path("importer/<uuid:pk>/", importing.ImportPreviewView.as_view(), name="survey_import_preview"),
    path("importer/<uuid:pk>/abandonner/", importing.import_discard, name="survey_import_discard"),
]
