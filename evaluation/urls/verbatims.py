"""Addresses of the written answers of a questionnaire, under /coordination/questionnaires/."""

from django.urls import path

from evaluation.views import coding, verbatims

WRITTEN = "<int:pk>/reponses-ecrites/"
CORPUS = f"{WRITTEN}<int:question>/<str:part>/"
HEADING = f"{CORPUS}rubriques/<int:heading>/"

urlpatterns = [
    path(WRITTEN, verbatims.VerbatimsView.as_view(), name="survey_verbatims"),
    path(f"{WRITTEN}citations/", verbatims.QuotationsView.as_view(), name="survey_quotations"),
    path(f"{WRITTEN}export.<str:extension>", verbatims.verbatims_export, name="survey_verbatims_export"),
    path(CORPUS, verbatims.CorpusView.as_view(), name="survey_verbatims_read"),
    path(f"{CORPUS}classer/", verbatims.code_next, name="survey_verbatims_code"),
    path(f"{CORPUS}reponse/<int:answer>/", verbatims.VerbatimView.as_view(), name="survey_verbatim"),
    path(f"{CORPUS}rubriques/", coding.HeadingsView.as_view(), name="survey_headings"),
    path(f"{HEADING}renommer/", coding.HeadingRenameView.as_view(), name="survey_heading_rename"),
    path(f"{HEADING}fusionner/", coding.HeadingMergeView.as_view(), name="survey_heading_merge"),
    path(f"{HEADING}supprimer/", coding.heading_delete, name="survey_heading_delete"),
    path(f"{CORPUS}renoncer/", coding.ForgetView.as_view(), name="survey_coding_forget"),
    path(f"{CORPUS}accord/", coding.AgreementView.as_view(), name="survey_agreement"),
    path(f"{CORPUS}accord/<int:answer>/", coding.settle, name="survey_settle"),
]
