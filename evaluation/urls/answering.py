from django.urls import path

from evaluation.views import answering

urlpatterns = [
    path("merci/<slug:key>/", answering.ThanksView.as_view(), name="survey_thanks"),
    path("<str:token>/", answering.AnswerView.as_view(), name="survey_answer"),
]
