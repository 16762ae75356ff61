"""Addresses of sessions that repeat, all under /coordination/."""

from django.urls import path

from activities.views import series

urlpatterns = [
    path("seances/<slug:slug>/repeter/", series.RepeatView.as_view(), name="manage_session_repeat"),
    path("seances/<slug:slug>/publier-ensemble/", series.publish_together, name="manage_session_publish_together"),
    path("saisons/copier/", series.SeasonCopyView.as_view(), name="manage_season_copy"),
]
