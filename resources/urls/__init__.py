from django.urls import include, path

urlpatterns = [
    path("", include("resources.urls.public")),
    path("coordination/ressources/", include("resources.urls.manage")),
]
