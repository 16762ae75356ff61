"""Answers gathered in blocks that are never split, session by session, then season, then total.

A tally is {whole number: how many}; a pot is what has been told in one place, in plain JSON with text keys.
"""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A session, a season or the total, the only filters there are. finished: no more answers are awaited there."""

    name: str
    parent: str | None = None
    finished: bool = False


def release(live, before, places, ready, seal=Counter):
    """Gather what is not yet in a block, from the sessions upwards, and make a block wherever it is ready.

    What a finished place cannot show goes up to its parent. ready(old, new): whether the tally new may be added to what
    is shown of the place, old. Returns {place: {"shown": tally of its own blocks, "taken": its own answers that are in
    some block, here or above}}, with text keys. seal(block): what is kept as shown of it. Answers that have since been
    deleted stay counted.
    """
    pots = {place.name: _pot(before.get(place.name, {})) for place in places}
    waiting, finished = {}, {}
    for place in places:
        if place.finished:
            finished.setdefault(place.parent, []).append(place.name)
    for place in _deepest_first(places):
        found = {place.name: Counter(live.get(place.name, {})) - pots[place.name]["taken"]}
        for child in finished.get(place.name, ()):
            found |= waiting.pop(child)
        block = sum(found.values(), Counter())
        if block and ready(pots[place.name]["shown"], block):
            pots[place.name]["shown"] += seal(block)
            for origin, tally in found.items():
                pots[origin]["taken"] += tally
            found = {}
        waiting[place.name] = found
    return {name: {kind: _plain(tally) for kind, tally in pot.items()} for name, pot in pots.items()}


def gathered(pots, places, name):
    """Return the tally of a place's blocks and of all those under it."""
    inside = {name}
    for place in reversed(_deepest_first(places)):
        if place.parent in inside:
            inside.add(place.name)
    return sum((tally_of(pots[key]["shown"]) for key in sorted(inside) if key in pots), Counter())


def _deepest_first(places):
    parents = {place.name: place.parent for place in places}

    def depth(name):
        return 0 if parents[name] is None else 1 + depth(parents[name])

    return sorted(places, key=lambda place: (-depth(place.name), place.name))


def _pot(pot):
    return {kind: tally_of(pot.get(kind, {})) for kind in ("shown", "taken")}


def tally_of(plain):
    return Counter({int(value): count for value, count in plain.items()})


def _plain(tally):
    return {str(value): tally[value] for value in sorted(tally) if tally[value] > 0}
