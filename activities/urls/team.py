"""Addresses of the team's pages, of its rota and of its dates."""

from django.urls import path

from activities.views import rota, team

urlpatterns = [
    path("equipe/", team.TeamHome.as_view(), name="team"),
    path("equipe/absences/", team.AbsenceAdd.as_view(), name="team_absence_add"),
    path("equipe/absences/<int:pk>/retirer/", team.absence_delete, name="team_absence_delete"),
    path("equipe/seances/<slug:slug>/desistement/", team.TeamWithdraw.as_view(), name="team_withdraw"),
    path("equipe/agenda/", team.TeamAgenda.as_view(), name="team_agenda"),
    path("equipe/agenda/adresse/", team.feed_renew, name="team_feed_renew"),
    path("equipe/agenda/adresse/fin/", team.feed_end, name="team_feed_end"),
    path("equipe/agenda/<slug:key>.ics", team.team_feed, name="team_feed"),
    path("coordination/rota/", rota.RotaView.as_view(), name="rota"),
    path("coordination/reunions/", rota.TeamEventList.as_view(), name="team_events"),
    path("coordination/reunions/ajouter/", rota.TeamEventCreate.as_view(), name="team_event_create"),
    path("coordination/reunions/<int:pk>/", rota.TeamEventEdit.as_view(), name="team_event_edit"),
    path("coordination/reunions/<int:pk>/supprimer/", rota.TeamEventDelete.as_view(), name="team_event_delete"),
]
