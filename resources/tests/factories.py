"""Sheets for tests; each argument says only what differs from a published, public sheet of a service."""

import secrets
from itertools import count

from resources.enums import ResourceKind, ResourceState
from resources.models import Commune, Synonyms
from resources.services import wording
from resources.services.sheets import create_sheet

# Several processes may make things in one database.
numbers = count(secrets.randbelow(10**9))


def make_resource(*, needs=("droit--avocat",), state=ResourceState.PUBLISHED, by=None, **fields):
    """Create a sheet through the service, whatever its state."""
    values = {
        "name": f"Permanence {next(numbers)}",
        "kind": ResourceKind.SERVICE,
        "summary": "Une permanence juridique pour les professionnels de santé.",
        "phone": "02 61 91 00 20",
        "on_site": True,
    } | fields
    return create_sheet(values=values, needs=needs, state=state, by=by)


def make_commune(name="Port-Sauvel", latitude=49.5, longitude=0.1):
    return wording.save_commune(commune=Commune(name=name, latitude=latitude, longitude=longitude))


def make_synonyms(*words):
    return wording.save_synonyms(group=Synonyms(words="\n".join(words or ("avocat", "juriste"))))
