from django.urls import path

from activities.views import papers

urlpatterns = [
    path("activites/<slug:slug>/image.png", papers.SessionImageView.as_view(), name="session_image"),
    path("equipe/seances/<slug:slug>/feuille/", papers.attendance_sheet, name="attendance_sheet"),
    path(
        "inscription/<str:token>/attestation/<slug:slug>/",
        papers.registration_certificate,
        name="registration_certificate",
    ),
    path("attestations/", papers.certificate_home, name="certificate_home"),
    path("attestations/<str:code>/", papers.certificate_check, name="certificate_check"),
    path("coordination/seances/<slug:slug>/affiche/", papers.SessionPosterView.as_view(), name="manage_session_poster"),
    path("coordination/affiches/", papers.SeasonPosterView.as_view(), name="manage_season_poster"),
]
