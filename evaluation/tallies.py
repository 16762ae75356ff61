"""A question as the engine sees it, and its answers counted: {value: how many}, beside keys that are no value.

Whole numbers alone, so that both databases tell the same.
"""

from dataclasses import dataclass
from enum import StrEnum

# Keys of a tally that are no answer's value.
NOT_ASKED = -1
PEOPLE = -2
# The range of a block's sum, in values, and how many blocks there are.
LOWEST = -3
HIGHEST = -4
BLOCKS = -6
EVERYBODY = -7
# From here down, two for each mark: the most and the fewest answers of a block that can be this mark or a higher one.
REACHED = -100
# Keys of the answers that ride along: the question's key, then the value, in this many bits.
RIDER_BITS = 70
RIDER_FROM = 10


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


def people_of(spec, tally):
    return tally[PEOPLE] if spec.shape == Shape.SEVERAL else sum(n for answer, n in tally.items() if answer >= 0)


def size_of(tally, values):
    return sum(tally[value] for value in values)


def ends_of(spec):
    values = [value for group in spec.classes for value in group]
    return min(values), max(values)


def marks_of(spec):
    return sorted(value for group in spec.classes for value in group)
