"""The history of a sheet in words: what was changed, from what to what."""

from dataclasses import dataclass

from resources.models import Resource, ResourceChange
from resources.needs import NEED_BY_SLUG

MAX_SHOWN = 120


@dataclass(frozen=True)
class Lines:
    """A change and its lines, each (name of the field, before, after)."""

    change: ResourceChange
    lines: list


def lines_of(change):
    changed = change.fields.items()
    return Lines(change, [(label(name), words(name, before), words(name, after)) for name, (before, after) in changed])


def label(name):
    if name == "needs":
        return "besoins"
    return str(Resource._meta.get_field(name).verbose_name)


def words(name, value):
    """Return a value as a person reads it; long texts are cut, nothing is « (vide) »."""
    if value in (None, "", []):
        return "(vide)"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return ", ".join(choice(name, one) for one in value)
    text = choice(name, value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def choice(name, value):
    if name == "needs":
        return NEED_BY_SLUG[value].label if value in NEED_BY_SLUG else str(value)
    return str(dict(Resource._meta.get_field(name).flatchoices).get(value, value))
