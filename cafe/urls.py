from django.contrib import admin
from django.urls import include, path

from cafe import documents, sitemaps, views

handler500 = "cafe.views.server_error"

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("contact/", views.page("contact"), name="contact"),
    path("contact/confidentiel/", views.ConfidentialContact.as_view(), name="confidential_contact"),
    path("mentions-legales/", views.page("legal"), name="legal"),
    path("confidentialite/", views.page("privacy"), name="privacy"),
    path("accessibilite/", views.page("accessibility"), name="accessibility"),
    path("", include("cafe.coordination.urls")),
    path("", include("cafe.board.urls")),
    path("coordination/identite/", views.Identity.as_view(), name="portal_identity"),
    path("identite/logo/<str:which>/", views.portal_logo, name="portal_logo"),
    path("sante", views.health, name="health"),
    path("robots.txt", views.page("robots.txt", content_type="text/plain"), name="robots"),
    path("sitemap.xml", sitemaps.portal_sitemap, name="sitemap"),
    path("documents/<uuid:key>/", documents.DocumentView.as_view(), name="document"),
    path("documents/<uuid:key>/fichier/", documents.DocumentFileView.as_view(), name="document_file"),
    path("", include("activities.urls")),
    path("", include("resources.urls")),
    path("", include("listening_cell.urls")),
    path("", include("evaluation.urls")),
    path("", include("newsletters.urls")),
    path("", include("members.urls")),
    path("mon-espace/", include("cafe.myspace")),
    path("comptes/", include("allauth.urls")),
    path("gestion/", admin.site.urls),
]
