"""The one publication of a year: slips opened in memory, counted, frozen, then deleted in the same transaction.

What a referent was shown once is fixed: a file beside the SHRED keys names those slips, and nothing else is shown, nor
published, until it is. Two previews a week apart would otherwise give, by their difference, what was counted of the
case closed between them.
"""

import json
from dataclasses import dataclass, field

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
CHANGED = "Ce qui devait être publié n’est plus là. Regardez à nouveau avant de publier."


@dataclass(frozen=True)
class Preview:
    """What would be published. tables: see counting.publication; lost: whether some slips do not open, and stay."""

    year: int
    tables: dict
    lost: bool
    keys: tuple = field(repr=False)


def year_to_publish(today=None):
    """Return the year that a publication of today bears: the last that is over."""
    return (today or timezone.localdate()).year - 1


def published(year):
    return Publication.objects.filter(year=year).exists()


def next_publication(today=None):
    """Return (year, None) where this year may be published, else (year, the day from which the next one may)."""
    shown, year = files.read_json(SHOWN, None), year_to_publish(today)
    if shown and not published(shown["year"]):
        return shown["year"], None
    return (year, timezone.datetime(year + 2, 1, 1).date()) if published(year) else (year, None)


@transaction.atomic
def preview(*, referent, private, today=None):
    """Return the Preview of the next publication, always the same until it is published. Raises Refusal.

    Nothing is said of how many slips wait where they are too few.
    """
    audit.lock_cell()
    year, later = next_publication(today)
    if later:
        raise Refusal(f"Les chiffres de {year} sont déjà publiés : une publication par an, jamais deux.")
    counted, lost = read(stat_for(referent, private))
    tables = counting.publication(counted.values(), year)
    if tables is None:
        raise Refusal(TOO_FEW)
    keep_shown(year, counted)
    return Preview(year, tables, lost, tuple(counted))


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
    """Return {key: counting.Slip} of the slips to count, and whether some do not open."""
    counted, lost = {}, False
    for row in Slip.objects.all():
        try:
            counted[row.key] = slips.opened(row, stat)
        except vault.Unreadable:
            lost = True
    shown = files.read_json(SHOWN, {"keys": []})["keys"]
    fixed = {key: counted[key] for key in shown if key in counted}
    # Fewer than were shown: a database restored from before, or tampered with. What is left is counted with the rest.
    return (fixed if fixed and len(fixed) == len(shown) else counted), lost


def keep_shown(year, counted):
    files.write(files.folder() / SHOWN, json.dumps({"year": year, "keys": sorted(counted)}).encode())


@transaction.atomic
def publish(*, referent, private, today=None):
    """Freeze the Publication that preview() shows and delete its slips; return it. Raises Refusal.

    The proof that no small count can be derived, over years, depends on that deletion: never count a slip twice.
    """
    shown = preview(referent=referent, private=private, today=today)
    publication = Publication.objects.create(year=shown.year, tables=shown.tables)
    if Slip.objects.filter(key__in=shown.keys).delete()[0] != len(shown.keys):
        raise Refusal(CHANGED)
    audit.record(AuditAction.PUBLISH, actor=referent.pk)
    transaction.on_commit(lambda: (files.folder() / SHOWN).unlink(missing_ok=True))
    return publication
