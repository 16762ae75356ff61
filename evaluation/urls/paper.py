from django.urls import path

from evaluation.views import paper

urlpatterns = [path("<int:pk>/papier/", paper.PaperView.as_view(), name="survey_paper")]
