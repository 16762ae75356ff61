"""Addresses of what goes out as files and comes in as files, under /coordination/questionnaires/."""

from django.urls import path

from evaluation.views import files, importing

urlpatterns = [
    path("<int:pk>/fichiers/", files.FilesView.as_view(), name="survey_files"),
    path("<int:pk>/fichiers/resultats.<str:extension>", files.survey_table, name="survey_table"),
    path("<int:pk>/fichiers/dictionnaire.<str:extension>", files.survey_codebook, name="survey_codebook"),
    path("<int:pk>/fichiers/reponses.<str:extension>", files.survey_lines, name="survey_lines"),
    path("importer/", importing.ImportUploadView.as_view(), name="survey_import"),
    path("importer/<uuid:pk>/", importing.ImportPreviewView.as_view(), name="survey_import_preview"),
    path("importer/<uuid:pk>/abandonner/", importing.import_discard, name="survey_import_discard"),
]
