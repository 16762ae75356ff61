"""The normalised text of a sheet, and the mark that tells every process that the directory has changed."""

import uuid

from members.enums import Profession
from resources.enums import ResourceKind
from resources.models import IndexMark
from resources.needs import NEED_BY_SLUG
from resources.services.words import plain

# What a word is worth where it stands: in the name, in the needs, in the sentence and the offer, elsewhere.
WEIGHTS = (8, 6, 4, 1)


def search_text_of(resource, needs):
    """Return the plain words of a sheet, one line per weight.

    What it does not offer is left out, and so are contacts that are not shown: the search would tell them.
    """
    found = [NEED_BY_SLUG[slug] for slug in needs if slug in NEED_BY_SLUG]
    wanted = [need.label for need in found] + [need.slug for need in found] + [need.theme.label for need in found]
    professions = [Profession(value).label for value in resource.professions if value in Profession]
    rest = [
        resource.area,
        resource.commune,
        resource.alert_note,
        resource.languages,
        resource.hours,
        resource.cost_words,
        *resource.area_communes,
        *professions,
    ]
    if resource.shows_contact:
        rest += [resource.own_access, resource.referral_access, resource.phone, "".join(resource.phone.split())]
    lines = [
        resource.name,
        " ".join([*wanted, ResourceKind(resource.kind).label]),
        f"{resource.summary} {resource.offers}",
        " ".join(rest),
    ]
    return "\n".join(plain(line) for line in lines)


def hold_index():
    """Make other writers wait until this transaction ends.

    Held before any sheet is locked: whoever changes several sheets at once could else wait for one whose holder waits
    for the mark.
    """
    IndexMark.objects.select_for_update().filter(pk=1).first()


def current_mark():
    """Return what changes with every sheet and every synonym, or None before the first."""
    return IndexMark.objects.filter(pk=1).values_list("mark", flat=True).first()


def mark_index():
    """Say, in the caller's transaction, that sheets or synonyms changed.

    The mark is drawn at random on one row: writers wait for one another, so a process that has read the sheets after
    the mark can never take an older state of them for the new one.
    """
    IndexMark.objects.update_or_create(pk=1, defaults={"mark": uuid.uuid4()})
