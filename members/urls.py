from django.urls import path

from members import views

urlpatterns = [
    path("gestion/login/", views.admin_login, name="admin_login"),
]
