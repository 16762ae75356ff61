"""Tables: in which classes the answers to a question are told, when, and what they must leave in doubt.

A part of the engine of evaluation.thresholds, which says the rules and is the one to call.
"""

from collections import Counter
from dataclasses import dataclass
from functools import partial

from evaluation.blocks import gathered, release
from evaluation.statistics import share_interval
from evaluation.tallies import (
    BLOCKS,
    HIGHEST,
    LOWEST,
    PEOPLE,
    REACHED,
    RIDER_BITS,
    Shape,
    Spec,
    ends_of,
    marks_of,
    people_of,
    size_of,
)

DETAILED_FROM = 11
CLASS_FROM = 5
# While answers still come, a class is at least this part of them: rare ones would hold up the next renewal.
OPEN_PART = 4
# At closing: the finest that leaves doubt beside the means.
CLOSED_PARTS = (10, 6, 4, 3)
SUMS_LEFT = 3


@dataclass(frozen=True)
class Row:
    """One class. values: the answers that it gathers; share, low, high: Wilson's interval at 95 %, from 0 to 1.

    n: of how many, since the choices of a question with several are not always renewed together.
    """

    values: tuple[int, ...]
    count: int
    n: int
    share: float
    low: float
    high: float


def merge_classes(shape, classes, tally, smallest=CLASS_FROM):
    """Merge classes until each has `smallest` answers: neighbours where they are ordered, otherwise into one of others.

    Of an ordered scale the smallest class joins its smaller neighbour, the lower one if they are equal. A class of
    nobody is merged too: « nobody » tells what nobody said. Everything may end in one class, which tells nothing.
    """
    merged = [tuple(values) for values in classes]
    if shape == Shape.ORDERED:
        while len(merged) > 1 and min(sizes := [size_of(tally, values) for values in merged]) < smallest:
            merged = _join_neighbour(merged, sizes)
        return tuple(merged)
    merged.sort(key=lambda values: -size_of(tally, values))
    kept = [values for values in merged if size_of(tally, values) >= smallest]
    others = tuple(value for values in merged[len(kept) :] for value in values)
    # The rest, too few to be told, could be had from the number of all: one more class joins it.
    while kept and others and size_of(tally, others) < smallest:
        others = kept.pop() + others
    return tuple(kept) + ((tuple(sorted(others)),) if others else ())


def _join_neighbour(classes, sizes):
    at = sizes.index(min(sizes))
    beside = [place for place in (at - 1, at + 1) if 0 <= place < len(classes)]
    left, right = sorted((at, min(beside, key=lambda place: sizes[place])))
    return [*classes[:left], classes[left] + classes[right], *classes[right + 1 :]]


def advance_tables(spec, told, places, before):
    tables, questions = {}, list(_questions(spec, told))
    for key, question, answers in questions:
        table = before.get(key, {})
        begun = sum(bool(tables.get(one) or before.get(one)) for one, *_ in questions)
        # Told before, it goes on being told; begun now, it would complete the set.
        is_last = spec.shape == Shape.SEVERAL and (begun == len(questions) - 1 or key == str(spec.untold))
        tables[key] = table if is_last and not table else _advance_table(question, answers, places, table)
    return tables


def _questions(spec, told):
    """Yield (key, spec, tallies) of each table of a question: itself, or each of its choices as a yes or no.

    The choices most made first, for the last one is never told.
    """
    if spec.shape != Shape.SEVERAL:
        yield "all", spec, told
        return
    yes_or_no, choices = Spec(Shape.ORDERED, ((1,), (0,))), [choice for (choice,) in spec.classes]
    made = {choice: sum(tally[choice] for tally in told.values()) for choice in choices}
    choices.sort(key=lambda choice: -made[choice])
    for choice in choices:
        yield str(choice), yes_or_no, {name: _yes_or_no(tally, choice) for name, tally in told.items()}


def _yes_or_no(tally, choice):
    # What hangs on this choice travels with its table, and is told when it is.
    riders = {key: count for key, count in tally.items() if key < -(1 << RIDER_BITS)}
    return Counter({1: tally[choice], 0: tally[PEOPLE] - tally[choice]} | riders)


def _advance_table(spec, told, places, before):
    # What was told at closing is told for good.
    if before.get("final"):
        return before
    root = next(place for place in places if place.parent is None)
    whole = sum(told.values(), Counter())
    # Two cuts of the same answers, set side by side, would tell of smaller classes than either.
    classes = before.get("classes") or _first_classes(spec, whole, root)
    # It would tell nothing; not kept, it leaves later answers free to make more.
    if len(classes) == 1:
        return before
    is_ready = partial(_is_table, spec, classes)
    pots = release(told, before.get("pots", {}), places, is_ready)
    if root.finished and not before and gathered(pots, places, root.name) != whole:
        # Made at once, and for good: the total is told of all, rather than some seasons and it of them alone.
        pooled = release(told, {}, places, lambda old, new: new == whole and is_ready(old, new))
        pots = pooled if any(pot["shown"] for pot in pooled.values()) else pots
    # Nothing is told yet: the classes too are chosen anew at the next look.
    if not any(pot["shown"] for pot in pots.values()):
        return before
    table = {"classes": [list(values) for values in classes], "pots": pots}
    return _finish(spec, table, places, root) if root.finished else table


def _first_classes(spec, whole, root):
    """Nothing renews a table that is made at closing: rare classes hold up nothing then. A rare one beats none."""
    n, finest = people_of(spec, whole), _finest(whole)
    if not root.finished:
        classes = merge_classes(spec.shape, spec.classes, whole, max(CLASS_FROM, n // OPEN_PART))
        return classes if len(classes) > 1 else merge_classes(spec.shape, spec.classes, whole, finest)
    wanted = (max(CLASS_FROM, min(finest, n // part)) for part in CLOSED_PARTS)
    tried = [merge_classes(spec.shape, spec.classes, whole, smallest) for smallest in wanted]
    return next((one for one in tried if _leaves_doubt(spec, one, whole)), tried[0])


def _finish(spec, table, places, root):
    """At closing, and once: the total in finer classes, within the ones that were shown all along."""
    whole = gathered(table["pots"], places, root.name)
    finer = []
    for wide in table["classes"]:
        within = [values for values in spec.classes if set(values) <= set(wide)]
        # Within each wide class, not across: the two tables together tell no more than the finer one.
        finer += merge_classes(spec.shape, within, whole, _finest(whole))
    if not _leaves_doubt(spec, finer, whole):
        finer = table["classes"]
    return table | {"final": [list(values) for values in finer]}


def _finest(whole):
    """How many answers a class has at closing: five, and beside means five for each block.

    Rarer values could be traced to the blocks that need them.
    """
    return CLASS_FROM * max(1, whole[BLOCKS])


# --- What a table leaves in doubt -----------------------------------------------------------------


def _is_table(spec, classes, old, new):
    # Eleven to begin with; then each renewal is itself a table, of five a class.
    if not old and people_of(spec, new) < DETAILED_FROM:
        return False
    if min(size_of(new, values) for values in classes) < CLASS_FROM:
        return False
    return _leaves_doubt(spec, classes, new)


def _leaves_doubt(spec, classes, new):
    """Whether a table beside the means of its blocks leaves open what each of them holds.

    The sums that the classes allow must reach well beyond those that the blocks allow, on both sides: by a whole scale
    where there are several blocks. Then too, above each limit of two classes, there must be far from as many as the
    blocks can hold, and from as few: by one answer a block. Reckoned from what is shown alone, so that showing it tells
    no more.
    """
    if not spec.unit:
        return True
    least = sum(size_of(new, values) * min(values) for values in classes)
    most = sum(size_of(new, values) * max(values) for values in classes)
    # A table of single values tells the sum by itself; any other must leave three of the four sums possible.
    if new[BLOCKS] == 1:
        room = (SUMS_LEFT - 1) * spec.unit
        return least == most or min(most, new[HIGHEST]) - max(least, new[LOWEST]) >= room
    bottom, top = ends_of(spec)
    if min(new[LOWEST] - least, most - new[HIGHEST]) < top - bottom:
        return False
    return all(_is_within(spec, classes[place:], new) for place in range(1, len(classes)))


def _is_within(spec, upper, new):
    rank = marks_of(spec).index(min(min(values) for values in upper))
    count, spare = sum(size_of(new, values) for values in upper), new[BLOCKS]
    return new[REACHED - 2 * rank - 1] + spare <= count <= new[REACHED - 2 * rank] - spare


# --- Reading a table ------------------------------------------------------------------------------


def rows_of(spec, ledger, places, name):
    if spec.shape != Shape.SEVERAL:
        return _table_rows(ledger["tables"].get("all"), places, name)
    rows = []
    for (choice,) in spec.classes:
        # The first row is who made the choice; the other would say the same again.
        for row in _table_rows(ledger["tables"].get(str(choice)), places, name)[:1]:
            rows.append(Row((choice,), row.count, row.n, row.share, row.low, row.high))
    return tuple(rows)


def _table_rows(table, places, name):
    if not table:
        return ()
    told = gathered(table["pots"], places, name)
    is_total = any(place.name == name and place.parent is None for place in places)
    classes = table["final"] if is_total and table.get("final") else table["classes"]
    n = sum(size_of(told, values) for values in classes)
    return tuple(_row(tuple(values), size_of(told, values), n) for values in classes) if n else ()


def _row(values, count, n):
    share = share_interval(count, n)
    return Row(values, count, n, round(share.value, 3), round(share.low, 3), round(share.high, 3))
