"""How often sheets were handed over: the shape of what the listening cell publishes, and the rule around it.

The rule. Nothing in this app counts who opens, searches for or hands over a sheet: no counter, no table, no log. In a
small territory « the psychiatrist's sheet was opened on Tuesday » points at somebody. The cell alone knows what its
pairs handed over; its slips are counted once a year, into a publication that is frozen and then the slips are deleted.
A sheet is named there only where it was handed over at least THRESHOLD times, and was not in as many other requests:
else the difference with the total would say the small number. There is no other cut, by month, profession or commune.

The directory reads nothing of the cell. The top floor takes listening_cell.figures.orientations() and hands it over
here, for display alone; nothing of it is stored in this app.
"""

from dataclasses import dataclass

from resources.models import Resource

THRESHOLD = 11


@dataclass(frozen=True)
class Orientation:
    """One yearly publication. requests: how many it counts. handed: {slug of a sheet: requests where it was}."""

    year: int
    requests: int
    handed: dict


@dataclass(frozen=True)
class Line:
    """A sheet, and in how many of the year's requests it was handed over; no url where it is not public."""

    name: str
    url: str
    count: int


def check_rule(orientation):
    """Raise ValueError where a publication says more than the rule allows: it must not be shown at all."""
    for count in orientation.handed.values():
        if count < THRESHOLD or orientation.requests - count < THRESHOLD:
            raise ValueError("A publication names a sheet that was handed over too rarely, or nearly always.")


def lines_of(orientation):
    """Return the Lines of a publication, the most often handed over first. Raises ValueError as check_rule.

    Only public sheets are named; of one that was put away since, or is for the peers, one reads the number alone.
    """
    check_rule(orientation)
    return named(orientation, public_sheets(orientation.handed))


def years_of(orientations):
    """Return [(Orientation, its Lines, or None where it must not be shown)]. One statement, however many years."""
    public = public_sheets({slug for one in orientations for slug in one.handed})
    return [(one, named(one, public) if keeps_rule(one) else None) for one in orientations]


def keeps_rule(orientation):
    try:
        check_rule(orientation)
    except ValueError:
        return False
    return True


def public_sheets(slugs):
    return {sheet.slug: sheet for sheet in Resource.objects.public().filter(slug__in=slugs).only("slug", "name")}


def named(orientation, public):
    lines = [line_of(public.get(slug), count) for slug, count in orientation.handed.items()]
    return sorted(lines, key=lambda line: (-line.count, line.name))


def line_of(sheet, count):
    if sheet is None:
        return Line(name="Une fiche qui n’est pas publique", url="", count=count)
    return Line(name=sheet.name, url=sheet.get_absolute_url(), count=count)
