"""The one publication of a year: slips opened in memory, counted, frozen, then deleted in the same transaction.

What a referent was shown once is fixed: a file beside the SHRED keys names those slips, and nothing else is shown, nor
published, until it is. Two previews a week apart would otherwise give, by their difference, what was counted of the
case closed between them. The file outlives the publication too: a database restored from before brings its slips back,
and they must be published again alone and whole, or not at all.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.db import transaction
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell import counting, vault
from listening_cell.enums import AuditAction
from listening_cell.models import Publication, Slip
from listening_cell.services import audit, files, keys, slips

SHOWN = "shown.json"
TOO_FEW = f"Il en faut au moins {counting.LEAST}, et ils n’y sont pas. Ce qui attend sera compté plus tard."
NO_STAT = "Votre clé n’ouvre pas les bulletins : un autre référent doit d’abord signer la vôtre."


@dataclass(frozen=True)
class Preview:
    """What would be published. tables: see counting.publication; lost: whether some slips do not open, and stay.

    keys: of the slips it counts; spent: of those that came back from a backup and are never counted again.
    """

    year: int
    tables: dict
    lost: bool
    keys: tuple = field(repr=False)
    spent: frozenset = field(repr=False)


def year_to_publish(today=None):
    """Return the year that a publication of today bears: the last that is over."""
    return (today or timezone.localdate()).year - 1


def published(year):
    return Publication.objects.filter(year=year).exists()


def next_publication(today=None):
    """Return (year, None) where this year may be published, else (year, the day from which the next one may)."""
    fixed, _ = already_shown(set(Slip.objects.values_list("key", flat=True)))
    if fixed:
        return fixed[0], None
    year = year_to_publish(today)
    return (year, date(year + 2, 1, 1)) if published(year) else (year, None)


def already_shown(present):
    """Return ((year, keys) of what was shown and is to be published first, or None; keys that are never to be counted).

    present: the keys of the slips there are. Never again: what a publication counted, though a backup brought it back.
    What was published, then lost with its publication, is published again if it is whole; a part of it would tell what
    the rest is. What was only shown, and is not whole any more, is counted with the others.
    """
    fixed, spent = None, set()
    for year, shown in sorted(files.read_json(SHOWN, {}).items()):
        keys_shown = set(shown["keys"])
        if published(year):
            spent |= keys_shown
        elif keys_shown <= present:
            fixed = fixed or (int(year), keys_shown)
        elif shown["published"]:
            spent |= keys_shown
    return fixed, spent


@transaction.atomic
def preview(*, referent, private, today=None):
    """Return the Preview of the next publication, always the same until it is published. Raises Refusal.

    Nothing is said of how many slips wait where they are too few.
    """
    audit.lock_cell()
    year, later = next_publication(today)
    if later:
        raise Refusal(f"Les chiffres de {year} sont déjà publiés : une publication par an, jamais deux.")
    found, lost = read(stat_for(referent, private))
    fixed, spent = already_shown(found.keys())
    counted = sorted(fixed[1] if fixed else found.keys() - spent)
    tables = counting.publication([found[key] for key in counted], year)
    if tables is None:
        raise Refusal(TOO_FEW)
    keep_shown(year, counted, is_published=bool(fixed) and was_published(year))
    return Preview(year, tables, lost, tuple(counted), frozenset(spent))


def stat_for(referent, private):
    """Return the private statistics key as a referent holds it. Raises Refusal."""
    try:
        stat = keys.stat_of(referent=referent, private=private)
    except vault.Unreadable as error:
        raise Refusal(NO_STAT) from error
    if vault.public_of(stat) != keys.stat_public():
        raise Refusal(NO_STAT)
    return stat


def read(stat):
    """Return {key: counting.Slip} of the slips that open, and whether some do not."""
    found, lost = {}, False
    for row in Slip.objects.all():
        try:
            found[row.key] = slips.opened(row, stat)
        except vault.Unreadable:
            lost = True
    return found, lost


def was_published(year):
    return files.read_json(SHOWN, {}).get(str(year), {}).get("published", False)


def keep_shown(year, keys_shown, *, is_published):
    """Keep, outside the database, which slips a year's publication counts, and whether it is out."""
    known = files.read_json(SHOWN, {}) | {str(year): {"keys": list(keys_shown), "published": is_published}}
    files.write(files.folder() / SHOWN, json.dumps(known).encode())


@transaction.atomic
def publish(*, referent, private, today=None):
    """Freeze the Publication that preview() shows and delete its slips; return it. Raises Refusal.

    The proof that no small count can be derived, over years, depends on that deletion: never count a slip twice.
    """
    shown = preview(referent=referent, private=private, today=today)
    publication = Publication.objects.create(year=shown.year, tables=shown.tables)
    Slip.objects.filter(key__in={*shown.keys, *shown.spent}).delete()
    audit.record(AuditAction.PUBLISH, actor=referent.pk)
    transaction.on_commit(partial(keep_shown, shown.year, shown.keys, is_published=True))
    return publication
