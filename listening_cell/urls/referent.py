from django.urls import path

from listening_cell.views import cell_settings, enrolment, publication, referent

urlpatterns = [
    path("", referent.ReferentHomeView.as_view(), name="cell_referent"),
    # enrolment
    path("pairs/", enrolment.HoldersView.as_view(), name="cell_holders"),
    path("pairs/inviter/", enrolment.InviteView.as_view(), name="cell_invite"),
    path("pairs/racine/", enrolment.RootView.as_view(), name="cell_root"),
    path("pairs/<str:pk>/", enrolment.HolderView.as_view(), name="cell_holder"),
    path("pairs/<str:pk>/experience/", enrolment.SeasonedView.as_view(), name="cell_holder_seasoned"),
    path("pairs/<str:pk>/signer/", enrolment.SignView.as_view(), name="cell_sign"),
    path("pairs/<str:pk>/prolonger/", enrolment.ExtendView.as_view(), name="cell_extend"),
    path("pairs/<str:pk>/autre-cle/", enrolment.StartAgainView.as_view(), name="cell_start_again"),
    path("pairs/<str:pk>/revoquer/", enrolment.RevokeView.as_view(), name="cell_revoke"),
    # figures and settings
    path("chiffres/", publication.PublicationsView.as_view(), name="cell_publications"),
    path("chiffres/apercu/", publication.PreviewView.as_view(), name="cell_publication_preview"),
    path("chiffres/publier/", publication.PublishView.as_view(), name="cell_publish"),
    path("chiffres/<int:year>/", publication.PublicationView.as_view(), name="cell_publication"),
    path("reglages/", cell_settings.CellSettingsView.as_view(), name="cell_settings"),
    path("relais/", cell_settings.ReplacementView.as_view(), name="cell_replacement"),
]
