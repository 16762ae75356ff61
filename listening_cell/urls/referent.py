from django.urls import path

from listening_cell.views import enrolment, referent

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
]
