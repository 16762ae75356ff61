from django.urls import include, path

from bench import views

handler500 = "cafe.views.server_error"

urlpatterns = [
    path("plancher/", views.bare_page, name="bare_page"),
    path("plancher/<int:pk>/", views.bare_registration, name="bare_registration"),
    path("", include("cafe.urls")),
]
