from django.urls import path

from members import views

urlpatterns = [
    path("gestion/login/", views.admin_login, name="admin_login"),
    path("invitation/<str:token>/", views.RoleInvitationView.as_view(), name="role_invitation"),
]
