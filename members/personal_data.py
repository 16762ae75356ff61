"""What the portal holds on a person, given back or erased whole, though no app knows the others.

Each app registers its part in AppConfig.ready(). Parts are erased in reverse order, so that the account, registered
first, goes last.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction


@dataclass(frozen=True)
class Part:
    export: Callable  # export(user) -> dict or list of plain values
    erase: Callable  # erase(user) -> None; keeps what figures need, without identity
    purge: Callable | None = None  # purge(now, dry_run) -> list of French sentences: what was done, or would be


_parts = {}


def register(name, *, export, erase, purge=None):
    """Add an app's part under the French name that people read in their export."""
    _parts[name] = Part(export, erase, purge)


def export_all(user):
    """Return {name of part: its plain values} for this person."""
    return {name: part.export(user) for name, part in _parts.items()}


@transaction.atomic
def erase_all(user):
    """Erase this person everywhere, or nowhere if one part fails."""
    for part in reversed(list(_parts.values())):
        part.erase(user)


def purge_all(now, dry_run=False):
    """Forget what has been kept long enough; return every part's sentences. With dry_run nothing changes."""
    purges = [part.purge for part in _parts.values() if part.purge]
    return [sentence for purge in purges for sentence in purge(now, dry_run)]
