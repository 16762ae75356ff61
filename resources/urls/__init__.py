from django.urls import include, path

# public comes last of the public ones: its <slug> would take « proposer » or « export » for a sheet.
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
