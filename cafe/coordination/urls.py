from django.urls import path

from cafe.coordination import views

urlpatterns = [
    path("coordination/", views.CoordinationView.as_view(), name="coordination"),
    path("coordination/courriels/", views.MailsView.as_view(), name="coordination_mails"),
    path("coordination/ressources/orientations/", views.OrientationsView.as_view(), name="coordination_orientations"),
]
