from django.urls import include, path

urlpatterns = [
    path("questionnaires/", include("evaluation.urls.answering")),
    path("coordination/questionnaires/", include("evaluation.urls.building")),
    path("coordination/questionnaires/", include("evaluation.urls.sending")),
    path("coordination/questionnaires/", include("evaluation.urls.results")),
]
