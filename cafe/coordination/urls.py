from django.urls import path

from cafe.coordination import views, views_people

PEOPLE = "coordination/personnes/"
INVITATION = f"{PEOPLE}invitations/<int:pk>/"

urlpatterns = [
    path("coordination/", views.CoordinationView.as_view(), name="coordination"),
    path("coordination/chercher/", views.SearchView.as_view(), name="coordination_search"),
    path("coordination/recemment/", views.RecentView.as_view(), name="coordination_recent"),
    path("coordination/courriels/", views.MailsView.as_view(), name="coordination_mails"),
    path("coordination/courriels/renvoyer/", views.mails_retry, name="coordination_mails_retry"),
    path("coordination/documents/refaire/", views.documents_retry, name="coordination_documents_retry"),
    path("coordination/ressources/orientations/", views.OrientationsView.as_view(), name="coordination_orientations"),
    path(PEOPLE, views_people.PeopleView.as_view(), name="coordination_people"),
    path(f"{PEOPLE}export.<str:extension>", views_people.people_export, name="coordination_people_export"),
    path(f"{PEOPLE}inviter/", views_people.InviteView.as_view(), name="coordination_invite"),
    path(f"{INVITATION}renvoyer/", views_people.invitation_resend, name="coordination_invitation_resend"),
    path(f"{INVITATION}annuler/", views_people.invitation_cancel, name="coordination_invitation_cancel"),
    path(
        f"{PEOPLE}<int:pk>/retirer/<slug:role>/", views_people.RoleRemoveView.as_view(), name="coordination_role_remove"
    ),
]
