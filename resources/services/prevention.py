"""Pages and messages of prevention: what the coordination writes, and what letters and invitations may pick."""

from itertools import chain, count

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from cafe.errors import Refusal
from resources.models import PreventionMessage, PreventionPage
from resources.services.uniqueness import save_unique
from resources.services.words import stems

SLUG_LENGTH = 70


def new_slug(title):
    """Return a free address made of the title; a number follows where that one is taken."""
    base = slugify(title.replace("’", " ").replace("'", " "))[:SLUG_LENGTH].strip("-") or "page"
    taken = set(PreventionPage.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = chain([base], (f"{base}-{number}" for number in count(2)))
    return next(slug for slug in candidates if slug not in taken)


def lock_pages():
    """Return every page in its order, locked: whoever moves one moves its neighbours."""
    return list(PreventionPage.objects.select_for_update(no_key=True, of=("self",)))


@transaction.atomic
def save_page(*, page):
    """Save what was written; a page that is new in its part comes last there. A published page changes at once."""
    others = [other for other in lock_pages() if other.part == page.part]
    if page not in others:
        page.position = max((other.position for other in others), default=0) + 1
    page.slug = page.slug or new_slug(page.title)
    page.save()
    return page


@transaction.atomic
def publish_page(*, page):
    """Show a page to everybody. Raises Refusal where it was deleted meanwhile."""
    set_published(page, published=True)


@transaction.atomic
def withdraw_page(*, page):
    """Make a page a draft again: its address leads nowhere, but for the coordination. Raises Refusal likewise."""
    set_published(page, published=False)


def set_published(page, *, published):
    changed = {"published": published, "updated_at": timezone.now()}
    if not PreventionPage.objects.kept().filter(pk=page.pk).update(**changed):
        raise Refusal("Cette page vient d’être supprimée.")


@transaction.atomic
def shift_page(*, page, step):
    """Move a page one rank up (step -1) or down (step 1) in its part; at either end nothing changes."""
    pages = [other for other in lock_pages() if other.part == page.part and other.body]
    if page not in pages:
        return
    here = pages.index(page)
    pages.insert(min(max(here + step, 0), len(pages) - 1), pages.pop(here))
    for position, other in enumerate(pages, 1):
        other.position = position
    PreventionPage.objects.bulk_update(pages, ["position"])


@transaction.atomic
def remove_page(*, page):
    """Delete a page. Of one that came with the portal the key stays, emptied: deleted, it would be loaded again."""
    if page.seed_key:
        emptied = {"slug": new_slug(f"{page.seed_key} retirée"), "body": "", "summary": "", "published": False}
        PreventionPage.objects.filter(pk=page.pk).update(**emptied)
    else:
        page.delete()


def keyword(tag):
    """Return what two words share when they mean the same: no accent, capital, plural or feminine."""
    return " ".join(stems(tag))


@transaction.atomic
def save_message(*, message):
    """Save a message; each of its words once, as it was typed first. Raises Refusal where it is there already."""
    tags = {}
    for tag in message.tags:
        tags.setdefault(keyword(tag), tag)
    message.tags = [tag for key, tag in tags.items() if key]
    save_unique(message, "Ce message est déjà dans la liste.")
    return message


@transaction.atomic
def remove_message(*, message):
    """Delete a message; of one that came with the portal the key stays, or it would be loaded again."""
    if message.seed_key:
        emptied = {"text": message.seed_key, "tags": [], "published": False}
        PreventionMessage.objects.filter(pk=message.pk).update(**emptied)
    else:
        message.delete()


def messages_for(tags=()):
    """Return the usable messages that carry at least one of these words, those that carry the most of them first.

    Without words, every usable message. A letter or an invitation picks among them; nothing keeps which one.
    """
    usable = list(PreventionMessage.objects.usable())
    wanted = {keyword(tag) for tag in tags} - {""}
    if not wanted:
        return usable
    # In memory: databases do not look into JSON lists alike, and there are some dozens of messages.
    common = {message.pk: len(wanted & {keyword(tag) for tag in message.tags}) for message in usable}
    return sorted((one for one in usable if common[one.pk]), key=lambda one: -common[one.pk])
