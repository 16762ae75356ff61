"""Public files of the directory. « export » is an address that no sheet may take."""

from django.urls import path

from resources.views import open_data

urlpatterns = [
    path("ressources/export/", open_data.open_data, name="resources_open_data"),
    path("ressources/export/<str:name>", open_data.open_data_file, name="resources_open_data_file"),
]
