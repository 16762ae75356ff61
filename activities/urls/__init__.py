from django.urls import include, path

urlpatterns = [
    path("", include("activities.urls.proposals")),
    path("", include("activities.urls.public")),
    path("", include("activities.urls.evening")),
    path("", include("activities.urls.facilitators")),
    path("", include("activities.urls.papers")),
    path("", include("activities.urls.lists")),
    path("", include("activities.urls.team")),
    path("coordination/", include("activities.urls.series")),
    path("coordination/", include("activities.urls.manage")),
    path("coordination/", include("activities.urls.importing")),
    path("", include("activities.urls.money")),
]
