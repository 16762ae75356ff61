"""What the coordination teaches the search: words that mean the same, and where communes are."""

from django.db import transaction

from resources.models import Commune, Synonyms
from resources.services.indexing import mark_index
from resources.services.uniqueness import save_unique
from resources.services.words import plain


@transaction.atomic
def save_synonyms(*, group):
    """Save a group of synonyms; the search knows it at once."""
    group.save()
    mark_index()
    return group


@transaction.atomic
def remove_synonyms(*, group):
    """Take a group out of the search. One that came with the portal is emptied: deleted, it would be loaded again."""
    if group.seed_key:
        Synonyms.objects.filter(pk=group.pk).update(words="")
    else:
        group.delete()
    mark_index()


@transaction.atomic
def save_commune(*, commune):
    """Save a commune with the name under which it is compared. Raises Refusal where it is there already."""
    commune.key = plain(commune.name)
    save_unique(commune, "Cette commune est déjà dans la liste.")
    mark_index()
    return commune


@transaction.atomic
def remove_commune(*, commune):
    Commune.objects.filter(pk=commune.pk).delete()
    mark_index()
