from django.urls import include, path

urlpatterns = [
    path("coordination/participation/", include("evaluation.urls.participation")),
    path("questionnaires/", include("evaluation.urls.answering")),
    path("questionnaires/", include("evaluation.urls.stopping")),
    path("coordination/questionnaires/", include("evaluation.urls.building")),
    path("coordination/questionnaires/", include("evaluation.urls.sending")),
    path("coordination/questionnaires/", include("evaluation.urls.results")),
    path("coordination/questionnaires/", include("evaluation.urls.verbatims")),
    path("coordination/questionnaires/", include("evaluation.urls.comparing")),
    path("coordination/questionnaires/", include("evaluation.urls.files")),
    path("coordination/questionnaires/", include("evaluation.urls.paper")),
]
