"""What may be shown of anonymous answers: the one engine of the page, the chart, the PDF and the export.

Everything shown is reckoned from *blocks*. A block is five answers or more (11 for the cell) of one session, or of what
its finished sessions could not show alone; it is never split, and answers enter one block only. So whatever is added or
subtracted, over all views and all looks, speaks of whole blocks. What follows from it, and a look may surprise:

- One to four answers that come last stay out of a session, at its closing too: the difference with what was shown
  before would be theirs. They join those of other finished sessions in the season, then in the total.
- The number of answers to a question is not itself protected, unless the question hangs on an earlier answer: it would
  tell how many gave that answer. Such a question is told of what is in the table of the earlier one, and of nothing
  else: its answers ride along with that question's, so that its number repeats what the table told (see below_of).
- Of several choices one at least is never told: of all of them, with the number of people, the sum would tell how many
  made more than one.
- A table (from 11 answers) is made of blocks too, where each class has five. Its classes are chosen once for the
  questionnaire and kept; at closing the total, and it alone, is told in finer ones, each of which lies within an old.
- Of each block only a range of four sums is kept, never the sum: a mean is made of the middles of those ranges. « 9.7 »
  from five people leaves open whether all said 10, and no two means taken together tell more than the blocks do. The
  margin (0.3 with one block of 5 answers out of 10, 0.04 with one of 40) is less than chance makes anyway. That all of
  them are high cannot be hidden by a mean: it is its very message.
- The interval of a mean is reckoned from what is shown and nothing else: as if answers were spread as widely as the
  table leaves open, or the scale where there is none. The true spread would tell the one who alone answered 10.
- A table beside a mean could narrow those ranges down to one: then it waits for more answers.

Pure: counts in, plain values out, whole numbers inside, so that both databases tell the same.
"""

import hashlib
import math
from collections import Counter
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import partial

from evaluation.blocks import gathered, release, tally_of
from evaluation.statistics import share_interval, student_t

PUBLISHED_FROM = 5
DETAILED_FROM = 11
CLASS_FROM = 5
# While answers still come, a class is at least this part of them: rare ones would hold up the next renewal.
OPEN_PART = 4
# At closing: the finest that leaves doubt beside the means.
CLOSED_PARTS = (10, 6, 4, 3)
# Keys of a tally that are no answer's value.
NOT_ASKED = -1
PEOPLE = -2
# The range of a block's sum, in values, and how many blocks there are.
LOWEST = -3
HIGHEST = -4
BLOCKS = -6
# From here down, two for each mark: the most and the fewest answers of a block that can be this mark or a higher one.
REACHED = -100
SUMS_TOGETHER = 4
SUMS_LEFT = 3
# Keys of the answers that ride along: the question's key, then the value, in this many bits.
RIDER_BITS = 70
RIDER_FROM = 10
EVERYBODY = -7


class Shape(StrEnum):
    """How classes too small to be told are merged; of several choices, each is a yes or no of its own."""

    ORDERED = "ordered"
    NOMINAL = "nominal"
    SEVERAL = "several"


@dataclass(frozen=True)
class Spec:
    """A question. classes: the finest ones, in order, each a tuple of values (most often of one).

    unit: the least difference of two values where a mean has a meaning (1 out of 10, 4 for WHO-5), otherwise 0.
    conditional: asked only of some; then a tally says under NOT_ASKED how many of the responses do not answer it.
    untold: the one of several choices that is never told; by default the one that is told last.
    """

    shape: Shape
    classes: tuple[tuple[int, ...], ...]
    unit: int = 0
    conditional: bool = False
    untold: int | None = None


@dataclass(frozen=True)
class Mean:
    """In the question's unit. margin: by how much it was blurred at most; low, high: its interval, from 11 answers.

    The interval is Student's, widened by the blur: it holds 95 % at least.
    """

    value: float
    margin: float
    low: float | None = None
    high: float | None = None


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


@dataclass(frozen=True)
class Shown:
    """All that may be told of a question in one place. n: of how many answers; 0 where nothing may be told."""

    n: int = 0
    mean: Mean | None = None
    rows: tuple[Row, ...] = ()

    def to_plain(self):
        """Return it as values that JSON knows (tuples become lists once stored)."""
        return asdict(self)


@dataclass(frozen=True)
class Visible:
    """Which sessions are told alone, which are hidden, and of which the total is made, with its number of answers."""

    alone: tuple
    hidden: tuple
    counted: tuple
    total: int


def visible(sessions, *, publish_from=PUBLISHED_FROM):
    """Sort the sessions of {session: n} at one moment; hidden ones are in the total only if together they reach it.

    Otherwise the total less the sessions shown would give them away. For a list or a report that is made once; what
    is looked at again and again goes through advance.
    """
    floor = max(PUBLISHED_FROM, publish_from)
    alone = tuple(key for key, n in sessions.items() if n >= floor)
    hidden = tuple(key for key, n in sessions.items() if n < floor)
    enough = sum(sessions[key] for key in hidden) >= floor
    counted = tuple(key for key in sessions if enough or key in alone)
    total = sum(sessions[key] for key in counted)
    return Visible(alone, hidden, counted, total)


def advance(spec, live, places, before=None, *, publish_from=PUBLISHED_FROM):
    """Return the ledger of a question once today's answers are looked at; the same one where nothing may be renewed.

    live: {place: {value: how many}} of the answers that belong to the place itself (to the session, most often), all
    of them since the beginning. Several choices: {choice: how many, PEOPLE: how many people answered}.
    places: Places, one without parent (the total; finished: the questionnaire is closed). before: the last ledger, {}
    at first. A ledger is plain JSON and is not for showing: read it with shown.
    """
    before, floor = before or {}, max(PUBLISHED_FROM, publish_from)
    blocks = release(
        live,
        before.get("blocks", {}),
        places,
        lambda _old, new: _is_block(spec, new, floor),
        lambda new: _sealed(spec, new),
    )
    told = {name: tally_of(pot["shown"]) for name, pot in blocks.items()}
    return {"blocks": blocks, "tables": _advance_tables(spec, told, places, before.get("tables", {}))}


def shown(spec, ledger, places, name, *, publish_from=PUBLISHED_FROM):
    """Return what may be told in a place: of its blocks and of all those under it."""
    told = gathered(ledger["blocks"], places, name)
    n = _people(spec, told)
    if not n:
        return Shown()
    detailed = n >= max(DETAILED_FROM, publish_from)
    rows = _rows(spec, ledger, places, name) if detailed else ()
    mean = _mean(spec, told, n, rows, detailed=detailed) if spec.unit else None
    return Shown(n, mean, rows)


def shown_together(spec, ledger, names):
    """Return n and mean of several sessions at once (those of an activity), of what is shown of each, or nothing."""
    told = sum((tally_of(ledger["blocks"][name]["shown"]) for name in names), Counter())
    n = _people(spec, told)
    return Shown(n, _mean(spec, told, n, (), detailed=False) if spec.unit else None) if n else Shown()


def advance_texts(live, places, before=None, *, publish_from=PUBLISHED_FROM):
    """Return which verbatims may be read: 11 at first, then five more at a time. live: {place: ids of answers}.

    The result is a ledger like another, plain; it holds the random ids of answers, read it with texts_shown.
    """
    floor = max(PUBLISHED_FROM, publish_from)
    first = max(DETAILED_FROM, publish_from)
    tallies = {name: Counter(ids) for name, ids in live.items()}
    return release(tallies, before or {}, places, lambda old, new: new.total() >= (floor if old else first))


def texts_shown(ledger, places, name, *, salt):
    """Return the ids of the verbatims of a place, in an order that tells nothing and does not change between looks."""
    ids = gathered(ledger, places, name)
    return sorted(ids, key=lambda pk: hashlib.sha256(f"{salt}:{pk}".encode()).digest())


# --- What hangs on an answer ----------------------------------------------------------------------


def rider(stream, value):
    """Return the key under which the values of another question, or its texts, ride along in a tally."""
    return -((stream << RIDER_BITS) + value + RIDER_FROM)


def below_of(spec, ledger, awaited, streams, root):
    """Return {place: tally} of what rides in the published table of a question: live, for what hangs on its answers.

    awaited: the answers that it hangs on. streams: the one wanted, then those that go on riding. Nothing where a class
    of the table holds answers of both sides: the number of those who were asked would part it. Where only the finer
    classes of the closing do not, all is told in the total, root.
    """
    several = spec.shape == Shape.SEVERAL
    table = ledger.get("tables", {}).get(str(awaited[0]) if several and len(awaited) == 1 else "all")
    if not table:
        return {}
    found = {name: _riding(tally_of(pot["shown"]), streams) for name, pot in table["pots"].items()}
    if several or not any(_is_parted(values, awaited) for values in table["classes"]):
        return found
    if any(_is_parted(values, awaited) for values in table.get("final") or table["classes"]):
        return {}
    return {root: sum(found.values(), Counter())}


def _is_parted(values, awaited):
    return bool(set(values) & set(awaited)) and not set(values) <= set(awaited)


def _riding(tally, streams):
    found = Counter()
    for key, count in tally.items():
        stream, value = divmod(-key, 1 << RIDER_BITS)
        if key < 0 and stream in streams:
            found[value - RIDER_FROM if stream == streams[0] else key] = count
    return found


# --- Tables ---------------------------------------------------------------------------------------


def merge_classes(shape, classes, tally, smallest=CLASS_FROM):
    """Merge classes until each has `smallest` answers: neighbours where they are ordered, otherwise into one of others.

    Of an ordered scale the smallest class joins its smaller neighbour, the lower one if they are equal. A class of
    nobody is merged too: « nobody » tells what nobody said. Everything may end in one class, which tells nothing.
    """
    merged = [tuple(values) for values in classes]
    if shape == Shape.ORDERED:
        while len(merged) > 1 and min(sizes := [_size(tally, values) for values in merged]) < smallest:
            merged = _join_neighbour(merged, sizes)
        return tuple(merged)
    merged.sort(key=lambda values: -_size(tally, values))
    kept = [values for values in merged if _size(tally, values) >= smallest]
    others = tuple(value for values in merged[len(kept) :] for value in values)
    while kept and others and _size(tally, others) < smallest:
        others = kept.pop() + others
    return tuple(kept) + ((tuple(sorted(others)),) if others else ())


def _join_neighbour(classes, sizes):
    at = sizes.index(min(sizes))
    beside = [place for place in (at - 1, at + 1) if 0 <= place < len(classes)]
    left, right = sorted((at, min(beside, key=lambda place: sizes[place])))
    return [*classes[:left], classes[left] + classes[right], *classes[right + 1 :]]


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
    riders = {key: count for key, count in tally.items() if key < -(1 << RIDER_BITS)}
    return Counter({1: tally[choice], 0: tally[PEOPLE] - tally[choice]} | riders)


def _advance_tables(spec, told, places, before):
    tables, questions = {}, list(_questions(spec, told))
    for key, question, answers in questions:
        table = before.get(key, {})
        begun = sum(bool(tables.get(one) or before.get(one)) for one, *_ in questions)
        is_last = spec.shape == Shape.SEVERAL and (begun == len(questions) - 1 or key == str(spec.untold))
        tables[key] = table if is_last and not table else _advance_table(question, answers, places, table)
    return tables


def _advance_table(spec, told, places, before):
    if before.get("final"):
        return before
    root = next(place for place in places if place.parent is None)
    whole = sum(told.values(), Counter())
    classes = before.get("classes") or _first_classes(spec, whole, root)
    if len(classes) == 1:
        return before
    is_ready = partial(_is_table, spec, classes)
    pots = release(told, before.get("pots", {}), places, is_ready)
    if root.finished and not before and gathered(pots, places, root.name) != whole:
        # Made at once, and for good: the total is told of all, rather than some seasons and it of them alone.
        pooled = release(told, {}, places, lambda old, new: new == whole and is_ready(old, new))
        pots = pooled if any(pot["shown"] for pot in pooled.values()) else pots
    if not any(pot["shown"] for pot in pots.values()):
        return before
    table = {"classes": [list(values) for values in classes], "pots": pots}
    return _finish(spec, table, places, root) if root.finished else table


def _first_classes(spec, whole, root):
    """Nothing renews a table that is made at closing: rare classes hold up nothing then. A rare one beats none."""
    n, finest = _people(spec, whole), _finest(whole)
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
        finer += merge_classes(spec.shape, within, whole, _finest(whole))
    if not _leaves_doubt(spec, finer, whole):
        finer = table["classes"]
    return table | {"final": [list(values) for values in finer]}


def _finest(whole):
    """How many answers a class has at closing: five, and beside means five for each block.

    Rarer values could be traced to the blocks that need them.
    """
    return CLASS_FROM * max(1, whole[BLOCKS])


def _is_block(spec, new, floor):
    return _people(spec, new) >= floor and (not spec.conditional or new[NOT_ASKED] >= floor)


def _is_table(spec, classes, old, new):
    if not old and _people(spec, new) < DETAILED_FROM:
        return False
    if min(_size(new, values) for values in classes) < CLASS_FROM:
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
    least = sum(_size(new, values) * min(values) for values in classes)
    most = sum(_size(new, values) * max(values) for values in classes)
    if new[BLOCKS] == 1:
        room = (SUMS_LEFT - 1) * spec.unit
        return least == most or min(most, new[HIGHEST]) - max(least, new[LOWEST]) >= room
    bottom, top = _ends(spec)
    if min(new[LOWEST] - least, most - new[HIGHEST]) < top - bottom:
        return False
    return all(_is_within(spec, classes[place:], new) for place in range(1, len(classes)))


def _is_within(spec, upper, new):
    rank = _marks(spec).index(min(min(values) for values in upper))
    count, spare = sum(_size(new, values) for values in upper), new[BLOCKS]
    return new[REACHED - 2 * rank - 1] + spare <= count <= new[REACHED - 2 * rank] - spare


def _marks(spec):
    return sorted(value for group in spec.classes for value in group)


def _sealed(spec, new):
    """Keep of a block's sum four in a row, one of which is true, counted from the bottom of the scale."""
    if not spec.unit:
        return new
    n, bottom, top = _people(spec, new), _ends(spec)[0], _ends(spec)[1]
    reach = (top - bottom) // spec.unit
    above = (sum(count * value for value, count in new.items() if value >= 0) - n * bottom) // spec.unit
    group = min(above // SUMS_TOGETHER, (n * reach + 1) // SUMS_TOGETHER - 1)
    is_last = group == (n * reach + 1) // SUMS_TOGETHER - 1
    lowest = n * bottom + spec.unit * SUMS_TOGETHER * group
    highest = n * top if is_last else lowest + spec.unit * (SUMS_TOGETHER - 1)
    kept = {LOWEST: lowest, HIGHEST: highest, BLOCKS: 1}
    return new | Counter(kept | _reached(spec, n, lowest, highest))


def _reached(spec, n, lowest, highest):
    """Return, for each mark but the lowest, the most and the fewest of a block's n answers that can reach it."""
    marks, found = _marks(spec), {}
    bottom, top = marks[0], marks[-1]
    for rank, mark in enumerate(marks[1:], start=1):
        found[REACHED - 2 * rank] = min(n, (highest - n * bottom) // (mark - bottom))
        found[REACHED - 2 * rank - 1] = n - min(n, (n * top - lowest) // (top - marks[rank - 1]))
    return found


def _squares(spec, rows, n):
    """Bound from above the sum of squares of twice the distance from the middle, in units, by what is shown alone."""
    bottom, top = _ends(spec)
    if sum(row.count for row in rows) < n:
        return n * ((top - bottom) // spec.unit) ** 2
    return sum(row.count * max(((2 * v - bottom - top) // spec.unit) ** 2 for v in row.values) for row in rows)


def _ends(spec):
    values = [value for group in spec.classes for value in group]
    return min(values), max(values)


def _rows(spec, ledger, places, name):
    if spec.shape != Shape.SEVERAL:
        return _table_rows(ledger["tables"].get("all"), places, name)
    rows = []
    for (choice,) in spec.classes:
        for row in _table_rows(ledger["tables"].get(str(choice)), places, name)[:1]:
            rows.append(Row((choice,), row.count, row.n, row.share, row.low, row.high))
    return tuple(rows)


def _table_rows(table, places, name):
    if not table:
        return ()
    told = gathered(table["pots"], places, name)
    is_total = any(place.name == name and place.parent is None for place in places)
    classes = table["final"] if is_total and table.get("final") else table["classes"]
    n = sum(_size(told, values) for values in classes)
    return tuple(_row(tuple(values), _size(told, values), n) for values in classes) if n else ()


def _row(values, count, n):
    share = share_interval(count, n)
    return Row(values, count, n, round(share.value, 3), round(share.low, 3), round(share.high, 3))


def _mean(spec, told, n, rows, *, detailed):
    lowest, highest = told[LOWEST], told[HIGHEST]
    # Rounded half upwards in whole numbers, so that every machine tells the same.
    value, margin = (10 * (lowest + highest) + n) // (2 * n) / 10, math.ceil(50 * (highest - lowest) / n) / 100
    if not detailed:
        return Mean(value, margin)
    bottom, top = _ends(spec)
    centre = n * (bottom + top) / 2
    off = max(0, lowest - centre, centre - highest) / spec.unit
    variance = max(0, _squares(spec, rows, n) / 4 - off * off / n) / (n - 1)
    half = spec.unit * student_t(n - 1) * math.sqrt(variance / n)
    low, high = math.floor(10 * (lowest / n - half)) / 10, math.ceil(10 * (highest / n + half)) / 10
    return Mean(value, margin, max(low, bottom), min(high, top))


def _people(spec, tally):
    return tally[PEOPLE] if spec.shape == Shape.SEVERAL else sum(n for answer, n in tally.items() if answer >= 0)


def _size(tally, values):
    return sum(tally[value] for value in values)
