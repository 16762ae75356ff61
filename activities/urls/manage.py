"""Addresses of the coordination's pages about activities, all under /coordination/."""

from django.urls import path

from activities.views import coordination, coordination_catalogue, coordination_registrations, coordination_sessions

SESSION = "seances/<slug:slug>/"
REGISTRATION = f"{SESSION}inscriptions/<int:pk>/"


def catalogue_paths(prefix, kind):
    index, create, edit, delete = coordination_catalogue.pages_of(kind)
    return [
        path(f"{prefix}/", index, name=kind.list_name),
        path(f"{prefix}/ajouter/", create, name=kind.add_name),
        path(f"{prefix}/<int:pk>/", edit, name=kind.edit_name),
        path(f"{prefix}/<int:pk>/supprimer/", delete, name=kind.delete_name),
    ]


urlpatterns = [
    path("seances/", coordination.ManageSessionsView.as_view(), name="manage_sessions"),
    path("seances/export.<str:extension>", coordination.sessions_export, name="manage_sessions_export"),
    path("seances/nouvelle/", coordination_sessions.SessionCreateView.as_view(), name="manage_session_create"),
    path(SESSION, coordination.ManageSessionView.as_view(), name="manage_session"),
    path(f"{SESSION}modifier/", coordination_sessions.SessionEditView.as_view(), name="manage_session_edit"),
    path(f"{SESSION}apercu/", coordination.session_preview, name="manage_session_preview"),
    path(f"{SESSION}publier/", coordination_sessions.session_publish, name="manage_session_publish"),
    path(f"{SESSION}retirer/", coordination_sessions.session_unpublish, name="manage_session_unpublish"),
    path(f"{SESSION}tenue/", coordination_sessions.session_hold, name="manage_session_hold"),
    path(f"{SESSION}copier/", coordination_sessions.session_copy, name="manage_session_copy"),
    path(f"{SESSION}annuler/", coordination_sessions.SessionCancelView.as_view(), name="manage_session_cancel"),
    path(f"{SESSION}supprimer/", coordination_sessions.SessionDeleteView.as_view(), name="manage_session_delete"),
    path(
        f"{SESSION}inscriptions.<str:extension>",
        coordination.registrations_export,
        name="manage_session_registrations",
    ),
    path(
        f"{SESSION}inscriptions/ajouter/",
        coordination_registrations.RegistrationAddView.as_view(),
        name="manage_registration_add",
    ),
    path(REGISTRATION, coordination_registrations.ManageRegistrationView.as_view(), name="manage_registration"),
    path(
        f"{REGISTRATION}annuler/",
        coordination_registrations.RegistrationCancelView.as_view(),
        name="manage_registration_cancel",
    ),
    path(
        f"{REGISTRATION}inscrire/",
        coordination_registrations.registration_promote,
        name="manage_registration_promote",
    ),
    path(
        f"{REGISTRATION}renvoyer/",
        coordination_registrations.registration_resend,
        name="manage_registration_resend",
    ),
    *catalogue_paths("activites", coordination_catalogue.ActivityPages),
    *catalogue_paths("lieux", coordination_catalogue.PlacePages),
    *catalogue_paths("intervenants", coordination_catalogue.FacilitatorPages),
]
