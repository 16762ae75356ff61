from django.urls import path

from evaluation.views import participation

urlpatterns = [
    path("", participation.ParticipationView.as_view(), name="participation"),
    path("export.<str:extension>", participation.participation_export, name="participation_export"),
]
