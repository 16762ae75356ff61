from django.urls import include, path

urlpatterns = [
    path("", include("resources.urls.emergency")),
    path("", include("resources.urls.prevention")),
    path("", include("resources.urls.reports")),
    path("", include("resources.urls.freshness")),
    path("", include("resources.urls.booklet")),
    path("", include("resources.urls.open_data")),
    path("", include("resources.urls.public")),
    path("coordination/ressources/", include("resources.urls.exchange")),
    path("coordination/ressources/", include("resources.urls.manage")),
]
