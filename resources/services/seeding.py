"""What the directory holds from the first start: public helplines, public bodies, and the words people use."""

import json
from datetime import date
from pathlib import Path

from django.db import transaction

from resources.enums import ChangeOrigin, ResourceState, Verification
from resources.models import Resource, Synonyms
from resources.services.indexing import mark_index
from resources.services.sheets import create_sheet

DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def load_seed():
    """Add the sheets and synonyms that were never loaded here; return how many of each.

    What is there is left as it is, so that nothing the coordination edited or put away comes back.
    """
    sheets = [row for row in seed_sheets() if row["key"] not in loaded(Resource)]
    groups = {key: words for key, words in seed_synonyms().items() if key not in loaded(Synonyms)}
    for row in sheets:
        load_sheet(row)
    if groups:
        Synonyms.objects.bulk_create(Synonyms(seed_key=key, words="\n".join(words)) for key, words in groups.items())
        mark_index()
    return len(sheets), len(groups)


def loaded(model):
    return set(model.objects.exclude(seed_key=None).values_list("seed_key", flat=True))


def seed_sheets():
    return json.loads((DATA / "directory.json").read_text())


def seed_synonyms():
    """Return {key: expressions} of the file « key: one | other | … »."""
    lines = (line.partition(":") for line in (DATA / "synonyms.txt").read_text().splitlines() if line.strip())
    return {key: [word.strip() for word in words.split("|")] for key, _, words in lines}


def load_sheet(row):
    """Create one sheet from a row: the fields of a Resource, with key, needs and perhaps state."""
    fields = {name: value for name, value in row.items() if name not in {"key", "needs", "state"}}
    on = date.fromisoformat(row["source_date"])
    vouched = {"source_date": on, "verified_on": on, "verification": Verification.SOURCE}
    return create_sheet(
        values=fields | vouched | {"seed_key": row["key"]},
        needs=row["needs"],
        state=row.get("state", ResourceState.PUBLISHED),
        origin=ChangeOrigin.PORTAL,
    )
