"""The directory as the pair uses it: read alone. Nothing tells the directory what was looked for, nor for whom."""

from resources.models import Resource
from resources.services import search as directory

MOST_FOUND = 12
PUT_AWAY = "Une fiche retirée de l’annuaire"


def search(*, user, words):
    """Return the sheets that words bring, the best first, as this peer may read them; none for no words."""
    asked = directory.Asked(q=words[:200])
    if not words.strip():
        return []
    found = directory.search(asked=asked, user=user)
    return directory.sheets_of(hits=found.hits[:MOST_FOUND], asked=asked, user=user, commune="")


def sheets(*, user, slugs):
    """Return {slug: sheet} of those that this peer may read; one that was put away since is not among them."""
    visible = Resource.objects.visible_to(user).published()
    return {sheet.slug: sheet for sheet in visible.filter(slug__in=set(slugs))}


def names(*, user, slugs, kept=()):
    """Return {slug: name} in the order of the slugs, for a form. Those that are no sheet's are left out.

    kept: slugs of a version already written, whose sheets stay on the list though they were put away since.
    """
    known = sheets(user=user, slugs=slugs)
    found = {slug: known[slug].name for slug in dict.fromkeys(slugs) if slug in known}
    return found | {slug: f"{PUT_AWAY} ({slug})" for slug in kept if slug not in known}
