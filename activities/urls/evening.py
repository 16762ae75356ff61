"""The evening of a session, under /equipe/seances/."""

from django.urls import path

from activities.views import evening

SESSION = "equipe/seances/<slug:slug>/"

urlpatterns = [
    path(SESSION, evening.EveningView.as_view(), name="evening"),
    path(f"{SESSION}presence/", evening.AttendanceView.as_view(), name="attendance"),
    path(f"{SESSION}presence/pointer/", evening.attendance_ticks, name="attendance_ticks"),
    path(f"{SESSION}presence/ajouter/", evening.WalkInView.as_view(), name="attendance_walk_in"),
    path(f"{SESSION}presence/<int:pk>/attestation/", evening.attendance_certificate, name="attendance_certificate"),
    path(f"{SESSION}presence/tenue/", evening.attendance_hold, name="attendance_hold"),
]
