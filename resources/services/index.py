"""The published sheets held in memory for the search: the same on SQLite and PostgreSQL, and fast with 5,000 of them.

Each process keeps one index, and asks the database one thing before using it: whether the mark (see indexing) changed.
What a page shows is read afresh through visible_to(), so that no old index can ever show a hidden sheet.
"""

from array import array
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from resources.enums import ResourceKind
from resources.models import Commune, IndexMark, Resource, ResourceNeed, Synonyms
from resources.services.indexing import WEIGHTS
from resources.services.words import meaningful, plain, stem

WEIGHT_BITS = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """What the filters and the order need of a sheet. point: (latitude, longitude) or None."""

    pk: int
    visibility: str
    needs: frozenset
    professions: frozenset
    on_site: bool
    remote: bool
    cost: str
    commune: str
    area_communes: frozenset
    point: tuple | None
    priority: bool
    name: str


class Index:
    """postings: {stem: array of position << 4 | weight}; a position is the rank of a sheet in entries.

    Two words that follow each other in an expression of the synonyms, empty ones left out, are a posting too:
    « medecin travail ».
    """

    def __init__(self, *, entries, texts, synonyms, communes):
        """texts: the search_text of each entry; synonyms: lists of expressions; communes: {key: (name, point)}."""
        self.entries = entries
        self.communes = communes
        self.groups = synonyms
        # Packed in arrays: as pairs of numbers, the postings of 5,000 sheets would weigh ten times as much.
        self.postings = {}
        self.pairs = {pair for group in synonyms for one in group for pair in pairs(meaning(one))}
        for position, text in enumerate(texts):
            self._add(position, text)

    def _add(self, position, text):
        best = {}
        # strict=False: an empty text, of a sheet that no service wrote, is one line alone.
        for weight, line in zip(WEIGHTS, text.split("\n"), strict=False):
            stems = [stem(word) for word in line.split() if meaningful(word)]
            for key in {*stems, *self.pairs.intersection(pairs(stems))}:
                best[key] = max(best.get(key, 0), weight)
        for key, weight in best.items():
            self.postings.setdefault(key, array("L")).append(position << WEIGHT_BITS | weight)

    def weights(self, stems):
        """Return {position: weight} of the sheets that hold these stems in a row; the least visible pair weighs."""
        found = None
        for key in pairs(stems) or stems:
            own = {packed >> WEIGHT_BITS: packed & (1 << WEIGHT_BITS) - 1 for packed in self.postings.get(key, ())}
            found = own if found is None else {at: min(found[at], own[at]) for at in found.keys() & own.keys()}
        return found or {}

    @cached_property
    def expressions(self):
        """Synonyms by first stem: {stem: [(stems, number of the group, expression)]}, the longest first."""
        found = {}
        for number, group in enumerate(self.groups):
            for expression in group:
                stems = phrase(expression)
                if len(stems) > 1 or any(meaningful(word) for word in plain(expression).split()):
                    found.setdefault(stems[0], []).append((stems, number, expression))
        return {first: sorted(rows, key=lambda row: -len(row[0])) for first, rows in found.items()}

    @cached_property
    def vocabulary(self):
        """Stems that a mistyped word may have meant, in a fixed order: those of the synonyms and of the sheets."""
        words = {one for rows in self.expressions.values() for stems, *_ in rows for one in stems if meaningful(one)}
        return sorted(words | {key for key in self.postings if " " not in key})

    @cached_property
    def known_communes(self):
        return sorted({entry.commune for entry in self.entries if entry.commune} | self.communes.keys())


def meaning(text):
    return [stem(word) for word in plain(text).split() if meaningful(word)]


def pairs(stems):
    return [f"{one} {other}" for one, other in pairwise(stems)]


def phrase(text):
    """Return the stems of an expression in order, without the lone letters that elisions leave."""
    return tuple(stem(word) for word in plain(text).split() if len(word) > 1 or word.isdigit())


FIELDS = (
    *("pk", "visibility", "professions", "on_site", "remote", "cost", "commune", "area_kind", "area_communes"),
    *("latitude", "longitude", "priority_access", "charter_signed_on", "name", "search_text"),
    *("kind", "contact_agreed_on"),
)


def entry(row, needs, communes):
    commune = plain(row["commune"])
    # Of a person who did not agree, distances from three communes would tell where the door is.
    shown = row["kind"] != ResourceKind.PERSON or row["contact_agreed_on"] is not None
    own = (row["latitude"], row["longitude"]) if shown else (None, None)
    limited = row["area_kind"] == "communes"
    return Entry(
        pk=row["pk"],
        visibility=row["visibility"],
        needs=frozenset(needs),
        professions=frozenset(row["professions"]),
        on_site=row["on_site"],
        remote=row["remote"],
        cost=row["cost"],
        commune=commune,
        area_communes=frozenset(plain(name) for name in row["area_communes"]) if limited else frozenset(),
        point=own if own[0] is not None else communes.get(commune, (None, None))[1],
        priority=row["priority_access"] or row["charter_signed_on"] is not None,
        name=plain(row["name"]),
    )


def build():
    """Read the published sheets, their needs, the synonyms and the communes: four statements."""
    communes = {one.key: (one.name, (one.latitude, one.longitude)) for one in Commune.objects.all()}
    needs = {}
    for pk, need in ResourceNeed.objects.order_by().values_list("resource_id", "need"):
        needs.setdefault(pk, []).append(need)
    # Rows, not models: making 5,000 of those would be most of the time.
    rows = list(Resource.objects.published().order_by("pk").values(*FIELDS))
    return Index(
        entries=[entry(row, needs.get(row["pk"], ()), communes) for row in rows],
        texts=[row["search_text"] for row in rows],
        synonyms=[group.word_list for group in Synonyms.objects.order_by("pk")],
        communes=communes,
    )


_kept = (None, None)


def current_index():
    """Return the index of what is committed now: the one kept where the mark is the same, else a new one.

    The mark is read before the sheets: they may be newer than it, never older.
    """
    global _kept  # noqa: PLW0603 - one pair, replaced whole: threads see the old one or the new one
    mark = IndexMark.objects.filter(pk=1).values_list("mark", flat=True).first()
    if mark is None or mark != _kept[0]:
        _kept = (mark, build())
    return _kept[1]
