"""The search of the directory: which sheets, in which order, and why each is there.

Which: those that a person may read, that meet the filters and, where words were typed, at least one of the things
asked; a sheet that weighs less than a third of the best one is left out, since it would hide those that answer.

Order, where words were typed: each thing asked counts for where it stands (name, then needs, then description, then
the rest), less by a synonym than by the very word, less again where it was mistyped; and the more, the fewer sheets
have it. Where a commune was given, sheets of about the same weight (within a quarter of the best) come nearest first.
Then those that give priority to colleagues, then by name. Nothing is drawn at random, nobody pays to be first.
"""

import math
from dataclasses import dataclass, field

from resources.enums import Mode, Visibility
from resources.models import Resource
from resources.services.concepts import read
from resources.services.danger import dangers
from resources.services.index import current_index
from resources.services.reasons import reasons
from resources.services.words import plain

KEPT_SHARE = 1 / 3
STEPS_OF_WEIGHT = 4
EARTH_RADIUS_KM = 6371
DEFAULT_KM = 20
FAR = 10**6


@dataclass(frozen=True)
class Asked:
    """What a visitor asks. theme: a theme's slug or a need's. mine: only what is open to the person's profession."""

    q: str = ""
    theme: str = ""
    profession: str = ""
    commune: str = ""
    km: int = DEFAULT_KM
    mode: str = ""
    cost: str = ""
    mine: bool = False


@dataclass(frozen=True)
class Hit:
    """A sheet found. met: {concept: the way that brought it}; km: distance to the commune asked, or None."""

    entry: object
    score: float = 0.0
    met: dict = field(default_factory=dict)
    km: float | None = None


@dataclass(frozen=True)
class Found:
    """hits: in order; dangers: what the words suggest; commune: the commune understood, with its name."""

    hits: list
    dangers: set
    commune: str = ""


def search(*, asked, user):
    """Return what is found for a person. One statement where the index is still good."""
    index = current_index()
    place = where(index, asked.commune)
    hits = [hit for hit in matches(index, asked.q) if readable(hit.entry, user) and wanted(hit.entry, asked, user)]
    if place:
        hits = [near for hit in hits if (near := located(hit, place, asked))]
    name = index.communes.get(place[0], (asked.commune.strip(), None))[0] if place else ""
    return Found(hits=ordered(relevant(hits), bool(place)), dangers=dangers(asked.q), commune=name)


def matches(index, text):
    """Return a Hit for each sheet that meets one of the things asked; all sheets where nothing was."""
    concepts = read(index, text)
    # « ??? » asks nothing; « je ne sais pas » asks something, which finds nothing.
    if not plain(text):
        return [Hit(entry) for entry in index.entries]
    scores, met = {}, {}
    for concept in concepts:
        best = weigh(index, concept)
        # What one sheet in two says tells little of what somebody needs.
        rarity = math.log(1 + len(index.entries) / len(best)) if best else 0
        for at, (weight, way) in best.items():
            scores[at] = scores.get(at, 0) + weight * rarity
            met.setdefault(at, {})[concept] = way
    return [Hit(index.entries[at], score, met[at]) for at, score in scores.items()]


def weigh(index, concept):
    """Return {position: (weight, way)}: the best way by which each sheet meets a concept."""
    best = {}
    for way in concept.ways:
        for at, weight in index.weights(way.stems).items():
            if weight * way.factor > best.get(at, (0, None))[0]:
                best[at] = (weight * way.factor, way)
    return best


def readable(entry, user):
    return entry.visibility in Visibility.open_to(user)


def wanted(entry, asked, user):
    """Whether a sheet meets the filters; a filter that was left empty lets everything pass."""
    # A profession that was chosen comes before one's own: one may be looking for somebody else.
    profession = asked.profession or (asked.mine and user.is_authenticated and user.profession)
    return (
        (not asked.theme or any(need == asked.theme or need.startswith(f"{asked.theme}--") for need in entry.needs))
        and (not profession or not entry.professions or profession in entry.professions)
        and (not asked.cost or entry.cost == asked.cost)
        and (asked.mode != Mode.PLACE or entry.on_site)
        and (asked.mode != Mode.REMOTE or entry.remote)
    )


def where(index, commune):
    """Return (key, point or None) of the commune meant, or None where it is not known at all."""
    key = plain(commune)
    if key and key in index.known_communes:
        return key, index.communes.get(key, (None, None))[1]
    return None


def located(hit, place, asked):
    """Return the hit with its distance, or None: too far, or serving other communes. What is remote has no distance."""
    key, point = place
    entry = hit.entry
    if entry.area_communes and key not in entry.area_communes:
        return None
    km = 0.0 if entry.commune == key else distance(point, entry.point)
    if entry.on_site and km is not None and km <= asked.km:
        return Hit(entry, hit.score, hit.met, km)
    return Hit(entry, hit.score, hit.met) if entry.remote and asked.mode != Mode.PLACE else None


def distance(one, other):
    """Return the kilometres between two points as the crow flies (haversine), or None where one is not known."""
    if one is None or other is None:
        return None
    (lat1, lon1), (lat2, lon2) = ([math.radians(value) for value in point] for point in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))


def relevant(hits):
    best = max((hit.score for hit in hits), default=0)
    return [hit for hit in hits if hit.score >= best * KEPT_SHARE]


def ordered(hits, near_first):
    best = max((hit.score for hit in hits), default=0) or 1

    def rank(hit):
        nearness = FAR if hit.km is None else hit.km
        # Rounded: sums of the same numbers in another order differ in their last digits, and would change the order.
        steps = round(STEPS_OF_WEIGHT * hit.score / best) if near_first else 0
        return (-steps, nearness, -round(hit.score, 6), not hit.entry.priority, hit.entry.name, hit.entry.pk)

    return sorted(hits, key=rank)


def sheets_of(*, hits, asked, user, commune):
    """Return the sheets of one page, each with .reasons and .km, read afresh as this person may: two statements."""
    # published() as well: visible_to() shows the coordination, who edits, every state.
    found = Resource.objects.visible_to(user).published().for_display().in_bulk([hit.entry.pk for hit in hits])
    sheets = []
    for hit in hits:
        sheet = found.get(hit.entry.pk)
        if sheet is not None:
            sheet.reasons = reasons(hit, sheet, asked, commune)
            sheet.km = hit.km
            sheets.append(sheet)
    return sheets
