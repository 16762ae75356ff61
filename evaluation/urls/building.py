"""Addresses where the coordination writes questionnaires, all under /coordination/questionnaires/."""

from django.urls import path

from evaluation.views import building
from evaluation.views import building_questions as questions

QUESTION = "<int:pk>/questions/<int:question>/"

urlpatterns = [
    path("", building.SurveyListView.as_view(), name="survey_list"),
    path("nouveau/", building.SurveyNewView.as_view(), name="survey_new"),
    path("<int:pk>/", building.SurveyEditView.as_view(), name="survey_edit"),
    path("<int:pk>/reglages/", building.SurveySettingsView.as_view(), name="survey_settings"),
    path("<int:pk>/apercu/", building.SurveyPreviewView.as_view(), name="survey_preview"),
    path("<int:pk>/ouvrir/", building.SurveyOpenView.as_view(), name="survey_open"),
    path("<int:pk>/cloture/", building.SurveyClosingView.as_view(), name="survey_closing"),
    path("<int:pk>/clore/", building.SurveyCloseView.as_view(), name="survey_close"),
    path("<int:pk>/copier/", building.survey_copy, name="survey_copy"),
    path("<int:pk>/supprimer/", building.SurveyDeleteView.as_view(), name="survey_delete"),
    path("<int:pk>/affiche/", building.SurveyPosterView.as_view(), name="survey_poster"),
    path("<int:pk>/questions/ajouter/", questions.QuestionAddView.as_view(), name="survey_question_add"),
    path(QUESTION, questions.QuestionEditView.as_view(), name="survey_question_edit"),
    path(f"{QUESTION}condition/", questions.ConditionView.as_view(), name="survey_question_condition"),
    path(f"{QUESTION}deplacer/", questions.question_shift, name="survey_question_shift"),
    path(f"{QUESTION}dupliquer/", questions.question_duplicate, name="survey_question_duplicate"),
    path(f"{QUESTION}supprimer/", questions.QuestionDeleteView.as_view(), name="survey_question_delete"),
]
