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

from evaluation.blocks import gathered, release, tally_of
from evaluation.statistics import student_t
from evaluation.tables import CLASS_FROM, DETAILED_FROM, Row, advance_tables, merge_classes, rows_of
from evaluation.tallies import (
    BLOCKS,
    EVERYBODY,
    HIGHEST,
    LOWEST,
    NOT_ASKED,
    PEOPLE,
    REACHED,
    RIDER_BITS,
    RIDER_FROM,
    Shape,
    Spec,
    ends_of,
    marks_of,
    people_of,
)

# All that the rest of the portal takes from the engine.
__all__ = [
    "CLASS_FROM", "DETAILED_FROM", "EVERYBODY", "HIGHEST", "LOWEST", "NOT_ASKED", "PEOPLE", "PUBLISHED_FROM",
    "Mean", "Row", "Shape", "Shown", "Spec", "Visible",
    "advance", "advance_texts", "below_of", "merge_classes", "rider", "shown", "shown_together", "texts_shown",
    "visible",
]  # fmt: skip

PUBLISHED_FROM = 5
SUMS_TOGETHER = 4


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
    counted = tuple(sessions) if enough else alone
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
    return {"blocks": blocks, "tables": advance_tables(spec, told, places, before.get("tables", {}))}


def shown(spec, ledger, places, name, *, publish_from=PUBLISHED_FROM):
    """Return what may be told in a place: of its blocks and of all those under it."""
    told = gathered(ledger["blocks"], places, name)
    n = people_of(spec, told)
    if not n:
        return Shown()
    detailed = n >= max(DETAILED_FROM, publish_from)
    rows = rows_of(spec, ledger, places, name) if detailed else ()
    mean = _mean(spec, told, n, rows, detailed=detailed) if spec.unit else None
    return Shown(n, mean, rows)


def shown_together(spec, ledger, names):
    """Return n and mean of several sessions at once (those of an activity), of what is shown of each, or nothing."""
    told = Counter()
    for name in names:
        told.update(tally_of(ledger["blocks"][name]["shown"]))
    n = people_of(spec, told)
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
        # The one wanted becomes a tally of its own; the others keep their keys, and ride on in its table.
        if key < 0 and stream in streams:
            found[value - RIDER_FROM if stream == streams[0] else key] = count
    return found


# --- Blocks and their means -----------------------------------------------------------------------


def _is_block(spec, new, floor):
    # Of a question asked of some, who was asked and who was not are two numbers, each the other's complement.
    return people_of(spec, new) >= floor and (not spec.conditional or new[NOT_ASKED] >= floor)


def _sealed(spec, new):
    """Keep of a block's sum four in a row, one of which is true, counted from the bottom of the scale."""
    if not spec.unit:
        return new
    n, bottom, top = people_of(spec, new), ends_of(spec)[0], ends_of(spec)[1]
    reach = (top - bottom) // spec.unit
    above = (sum(count * value for value, count in new.items() if value >= 0) - n * bottom) // spec.unit
    # The last group takes what is left of the scale's top: a short one would leave fewer sums in doubt.
    group = min(above // SUMS_TOGETHER, (n * reach + 1) // SUMS_TOGETHER - 1)
    is_last = group == (n * reach + 1) // SUMS_TOGETHER - 1
    lowest = n * bottom + spec.unit * SUMS_TOGETHER * group
    highest = n * top if is_last else lowest + spec.unit * (SUMS_TOGETHER - 1)
    kept = {LOWEST: lowest, HIGHEST: highest, BLOCKS: 1}
    # The union drops what is zero, which reads back as zero.
    return new | Counter(kept | _reached(spec, n, lowest, highest))


def _reached(spec, n, lowest, highest):
    """Return, for each mark but the lowest, the most and the fewest of a block's n answers that can reach it."""
    marks, found = marks_of(spec), {}
    bottom, top = marks[0], marks[-1]
    for rank, mark in enumerate(marks[1:], start=1):
        found[REACHED - 2 * rank] = min(n, (highest - n * bottom) // (mark - bottom))
        found[REACHED - 2 * rank - 1] = n - min(n, (n * top - lowest) // (top - marks[rank - 1]))
    return found


def _mean(spec, told, n, rows, *, detailed):
    lowest, highest = told[LOWEST], told[HIGHEST]
    # Rounded half upwards in whole numbers, so that every machine tells the same.
    value, margin = (10 * (lowest + highest) + n) // (2 * n) / 10, math.ceil(50 * (highest - lowest) / n) / 100
    if not detailed:
        return Mean(value, margin)
    bottom, top = ends_of(spec)
    centre = n * (bottom + top) / 2
    # Squares about the mean are those about the middle, less what the mean is surely off it.
    off = max(0, lowest - centre, centre - highest) / spec.unit
    variance = max(0, _squares(spec, rows, n) / 4 - off * off / n) / (n - 1)
    half = spec.unit * student_t(n - 1) * math.sqrt(variance / n)
    low, high = math.floor(10 * (lowest / n - half)) / 10, math.ceil(10 * (highest / n + half)) / 10
    return Mean(value, margin, max(low, bottom), min(high, top))


def _squares(spec, rows, n):
    """Bound from above the sum of squares of twice the distance from the middle, in units, by what is shown alone."""
    bottom, top = ends_of(spec)
    if sum(row.count for row in rows) < n:
        return n * ((top - bottom) // spec.unit) ** 2
    return sum(row.count * max(((2 * v - bottom - top) // spec.unit) ** 2 for v in row.values) for row in rows)
