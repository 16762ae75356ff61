"""Which lines may leave for publication: every line is that of eleven people at least, all its columns together.

Any answer may be what someone knows of a colleague, so no column is called harmless: all of them are quasi-identifiers
(k-anonymity: L. Sweeney, Int. J. Uncertain. Fuzziness 10 (2002) 557-570). Nor does whoever knows all answers of a line
but one know the last: at least two are found (distinct l-diversity: A. Machanavajjhala et al., ACM TKDD 1 (2007) 3).

Three more precautions keep the file from being set against the published tables: classes are those of the tables or
wider; a fifth of the people are left out, those who skipped a question first, then by lot; and of no class does the
file hold more people than its table, so that it says nothing of those who came too late for the table.

Pure: indexes in, indexes out; the lot is drawn by whoever calls.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

K = 11
LEFT_OUT_PART = 5
TRIES = 40
# The class of those who did not answer, or were not asked.
NOBODY = -1


@dataclass(frozen=True)
class Column:
    """One variable. answers: for each person the index of a published class, or NOBODY; most: the count of each class.

    ordered: only neighbours may be merged. groups: the classes of the file, each a tuple of indexes; () before.
    """

    key: str
    answers: tuple[int, ...]
    most: tuple[int, ...]
    ordered: bool
    groups: tuple[tuple[int, ...], ...] = ()

    @property
    def n(self):
        return sum(self.most)

    def coded(self, people):
        """Return the class in the file of each of these people: its rank among groups."""
        rank = {index: place for place, group in enumerate(self.groups) for index in group}
        return [rank[self.answers[one]] for one in people]


@dataclass(frozen=True)
class Anonymous:
    """columns: those that could be kept, in the order asked; lines: sorted, each a tuple of ranks; left_out: keys."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[int, ...], ...]
    left_out: tuple[str, ...]


def anonymise(columns, count, draw, *, k=K):
    """Return the Anonymous file of count people, or one without lines where nothing can be published.

    columns: the most wanted first. draw: a random.Random, of the system outside tests.
    """
    usable = [column for column in columns if 2 * column.n >= count and len(column.most) > 1]
    while usable:
        people = sample(usable, count, draw)
        kept = merge([column for column in usable if people], people, k=k)
        # No lot kept it within its table: the column goes, and all are drawn and cut anew.
        broken = next((column for column in kept if exceeds(column, people)), None)
        if broken is None:
            break
        usable = [column for column in usable if column.key != broken.key]
    else:
        kept, people = [], []
    coded = [column.coded(people) for column in kept]
    lines = tuple(sorted(zip(*coded, strict=True)))
    names = {column.key for column in kept}
    return Anonymous(tuple(kept), lines, tuple(column.key for column in columns if column.key not in names))


def sample(columns, count, draw):
    """Return who is in the file: drawn again and again until no class is larger than in its table, if it can be."""
    size = min(count, *(column.n for column in columns)) * (LEFT_OUT_PART - 1) // LEFT_OUT_PART
    # Those left out are a crowd too: fewer than K of them could be told by what is missing.
    size = min(size, count - K)
    if size < 2 * K:
        return []
    pool, people = outspoken(columns, count, count - size - K), []
    for _ in range(TRIES):
        people = draw.sample(pool, size)
        if not any(exceeds(column, people) for column in columns):
            break
    return people


def outspoken(columns, count, spare):
    """Return everybody but those, `spare` at most, who left a question out: too few to make a class of their own."""
    pool = range(count)
    for column in columns:
        speaking = [one for one in pool if column.answers[one] != NOBODY]
        if len(pool) - len(speaking) <= spare:
            spare -= len(pool) - len(speaking)
            pool = speaking
    return pool


def exceeds(column, people):
    """Whether the file would hold more people of a published class than its table tells of."""
    counts = Counter(column.answers[one] for one in people)
    return any(counts[index] > most for index, most in enumerate(column.most))


# --- Merging classes ------------------------------------------------------------------------------


def merge(columns, people, *, k=K):
    """Return the columns that can be kept, with their groups: first each in two classes, then in finer ones."""
    kept = []
    for column in columns:
        # The most even halves first: they leave most room for the columns that come after.
        ways = sorted(in_two(column, people), key=lambda way: -smallest(way, people))
        found = next((way for way in ways if is_safe([*kept, way], people, k)), None)
        if found:
            kept.append(found)
    place = 0
    while place < len(kept):
        finer = ([*kept[:place], way, *kept[place + 1 :]] for way in cut_once_more(kept[place]))
        found = next((ways for ways in finer if is_safe(ways, people, k)), None)
        if found:
            kept = found
        else:
            place += 1
    return kept


def in_two(column, people):
    """Yield the column in two classes, in every way its order allows; who did not answer is a third, if anybody."""
    indexes = tuple(range(len(column.most)))
    silent = ((NOBODY,),) if any(column.answers[one] == NOBODY for one in people) else ()
    if column.ordered:
        halves = [(indexes[:place], indexes[place:]) for place in indexes[1:]]
    else:
        halves = [((one,), tuple(other for other in indexes if other != one)) for one in indexes]
    for two in halves:
        yield replace(column, groups=two + silent)


def cut_once_more(column):
    """Yield the column with one class more."""
    for at, group in enumerate(column.groups):
        places = range(1, len(group))
        for place in places:
            cut = (group[:place], group[place:]) if column.ordered else ((group[place],), without(group, place))
            yield replace(column, groups=column.groups[:at] + cut + column.groups[at + 1 :])


def without(group, place):
    return group[:place] + group[place + 1 :]


def smallest(column, people):
    counts = Counter(column.coded(people))
    return min(counts[rank] for rank in range(len(column.groups)))


def is_safe(columns, people, k):
    """Whether each line is that of k people, each class found, and no line's last answer follows from the others."""
    if any(smallest(column, people) < k for column in columns):
        return False
    lines = Counter(zip(*(column.coded(people) for column in columns), strict=True))
    return min(lines.values()) >= k and is_diverse(lines, len(columns))


def is_diverse(lines, width):
    for place in range(width):
        seen = defaultdict(set)
        for line in lines:
            seen[without(line, place)].add(line[place])
        if min(map(len, seen.values())) == 1:
            return False
    return True
