"""Addresses of the coordination's pages about the directory, all under /coordination/ressources/."""

from django.urls import path

from resources.views import manage, words

SHEET = "fiches/<slug:slug>/"


def words_paths(prefix, kind):
    index, create, edit, delete = words.pages_of(kind)
    return [
        path(f"{prefix}/", index, name=kind.list_name),
        path(f"{prefix}/ajouter/", create, name=kind.add_name),
        path(f"{prefix}/<int:pk>/", edit, name=kind.edit_name),
        path(f"{prefix}/<int:pk>/retirer/", delete, name=kind.delete_name),
    ]


urlpatterns = [
    path("", manage.ManageResourcesView.as_view(), name="manage_resources"),
    path("nouvelle/", manage.ResourceCreateView.as_view(), name="manage_resource_create"),
    path(SHEET, manage.ManageResourceView.as_view(), name="manage_resource"),
    path(f"{SHEET}modifier/", manage.ResourceEditView.as_view(), name="manage_resource_edit"),
    path(f"{SHEET}publier/", manage.resource_publish, name="manage_resource_publish"),
    path(f"{SHEET}suspendre/", manage.resource_suspend, name="manage_resource_suspend"),
    path(f"{SHEET}archiver/", manage.resource_archive, name="manage_resource_archive"),
    path(f"{SHEET}verifiee/", manage.resource_verify, name="manage_resource_verify"),
    *words_paths("mots", words.SynonymsPages),
    *words_paths("communes", words.CommunePages),
]
