from django.urls import include, path

urlpatterns = [
    path("ecoute/", include("listening_cell.urls.public")),
    path("ecoute/", include("listening_cell.urls.asking")),
    path("ecoute/suivi/", include("listening_cell.urls.follow")),
    path("ecoute/cle/", include("listening_cell.urls.keys")),
    path("ecoute/pairs/", include("listening_cell.urls.peers")),
    path("ecoute/pairs/", include("listening_cell.urls.hours")),
    path("ecoute/referent/", include("listening_cell.urls.referent")),
]
