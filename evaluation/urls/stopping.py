from django.urls import path

from evaluation.views import stopping

urlpatterns = [
    path("<str:token>/arreter/", stopping.StopView.as_view(), name="survey_stop"),
]
