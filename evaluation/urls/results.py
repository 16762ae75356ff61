from django.urls import path

from evaluation.views import results

urlpatterns = [
    path("classement/", results.RankingView.as_view(), name="survey_ranking"),
    path("<int:pk>/resultats/", results.SurveyResultsView.as_view(), name="survey_results"),
    path("<int:pk>/resultats/conclusion/", results.SurveyConclusionView.as_view(), name="survey_conclusion"),
    path("<int:pk>/rapport/", results.survey_report, name="survey_report"),
]
