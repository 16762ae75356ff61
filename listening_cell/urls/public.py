from django.urls import path

from listening_cell.views import public

urlpatterns = [
    path("", public.ListeningView.as_view(), name="listening"),
]
