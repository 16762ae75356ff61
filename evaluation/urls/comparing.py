"""Address of a questionnaire beside the country and its earlier waves, under /coordination/questionnaires/."""

from django.urls import path

from evaluation.views import comparing

urlpatterns = [
    path("<int:pk>/france/", comparing.NationView.as_view(), name="survey_nation"),
]
