from django.urls import path

from resources.views import public

urlpatterns = [
    path("ressources/", public.SearchView.as_view(), name="resources"),
    path("ressources/<slug:slug>/", public.ResourceView.as_view(), name="resource"),
]
