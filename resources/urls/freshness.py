"""Addresses of the freshness of the directory: by a resource's link, and the coordination's list."""

from django.urls import path

from resources.views import freshness, stale

LINK = "ressources/verifier/<str:token>/"
STALE = "coordination/ressources/a-verifier/"

urlpatterns = [
    path(LINK, freshness.sheet_link, name="sheet_link"),
    path(f"{LINK}confirmer/", freshness.sheet_link_confirm, name="sheet_link_confirm"),
    path(f"{LINK}corriger/", freshness.CorrectView.as_view(), name="sheet_link_correct"),
    path(f"{LINK}retirer/", freshness.LeaveView.as_view(), name="sheet_link_leave"),
    path(f"{LINK}nouveau-lien/", freshness.sheet_link_again, name="sheet_link_again"),
    path("coordination/ressources/fiches/<slug:slug>/demander/", stale.resource_ask, name="manage_resource_ask"),
    path(STALE, stale.StaleView.as_view(), name="stale_resources"),
    path(f"{STALE}<slug:slug>/verifiee/", stale.stale_verify, name="stale_resource_verify"),
    path(f"{STALE}<slug:slug>/demander/", stale.stale_ask, name="stale_resource_ask"),
]
