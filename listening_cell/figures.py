"""What the rest of the portal may read of the cell: the counts it has published, and nothing else.

Frozen when they were published (see listening_cell.counting); no figure is made here, nor compared with another.
"""

from dataclasses import dataclass

from listening_cell.models import Publication
from resources.models import Resource
from resources.orientation import Orientation

RESOURCES = "resources"
UNNAMED = "Une fiche retirée ou réservée"


@dataclass(frozen=True)
class Row:
    label: str
    count: int


@dataclass(frozen=True)
class Table:
    """One list. several: whether one request may be in several rows; no rows where nothing may be said."""

    key: str
    label: str
    several: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Figures:
    """One yearly publication. requests: how many it counts; tables: Tables, always the same ones in the same order."""

    year: int
    requests: int
    tables: tuple[Table, ...]


def publications(reader):
    """Return the Figures of every publication, the latest year first, in two statements whatever their number.

    reader: a user; sheets that this person may not read in the directory are counted without their name.
    """
    return read([publication.tables for publication in Publication.objects.all()], reader)


def publication_of(year, reader):
    """Return the Figures of a year for this reader, or None."""
    found = read([publication.tables for publication in Publication.objects.filter(year=year)], reader)
    return found[0] if found else None


def read(frozen, reader):
    """Return the Figures of frozen tables (see counting.publication), for this reader."""
    sheets = Resource.objects.visible_to(reader).filter(pk__in=numbers_of(frozen))
    names = {str(pk): name for pk, name in sheets.values_list("pk", "name")}
    return [Figures(one["year"], one["total"], tuple(table(each, names) for each in one["lists"])) for one in frozen]


def table(frozen, names):
    def label(row):
        return names.get(row["key"], UNNAMED) if frozen["key"] == RESOURCES else row["label"]

    rows = tuple(Row(label(row), row["count"]) for row in frozen["rows"])
    return Table(frozen["key"], frozen["label"], frozen["several"], rows)


def handed_over(frozen):
    """Return {number of a sheet, as text: in how many requests it was handed over} of frozen tables."""
    return {row["key"]: row["count"] for one in frozen["lists"] if one["key"] == RESOURCES for row in one["rows"]}


def numbers_of(frozen):
    return [number for one in frozen for number in handed_over(one) if number.isdecimal()]


def orientations():
    """Return what the directory shows of each publication (resources.orientation), the latest year first.

    A sheet that is gone keeps its count under its number, which is no slug: the directory says that it is not public.
    """
    frozen = [publication.tables for publication in Publication.objects.all()]
    slugs = {str(pk): slug for pk, slug in Resource.objects.filter(pk__in=numbers_of(frozen)).values_list("pk", "slug")}
    return [Orientation(one["year"], one["total"], by_slug(handed_over(one), slugs)) for one in frozen]


def by_slug(handed, slugs):
    return {slugs.get(number, number): count for number, count in handed.items()}
