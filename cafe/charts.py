"""Charts as SVG made here: numbers in, one safe string out, the same for a page and for a PDF.

Drawn 360 units wide, for a phone; text is 13 high, so that it stays readable at 340 pixels. Colours are attributes,
never styles (CSP, WeasyPrint), and never tell anything alone: labels and patterns do. Under a chart goes its table.
"""

import secrets
import textwrap
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from cafe.text import without_controls

NBSP = "\u00a0"
WIDTH = 360
TEXT = 13
LEADING = 17
# How wide a character of 13 is drawn, with a margin: no label is measured, so none is ever cut.
CHAR = 7.2
LABEL_CHARS = int(WIDTH / CHAR)
THICK = 16
GAP = 14
MOST_VALUES_WRITTEN = 12
PLOT_HEIGHT = 170
# Names of the fills of templates/charts/_patterns.svg: each is told from its neighbours without colour.
FILLS = ("plain", "stripes", "pale", "dots", "dark", "crosses")
DASHES = ("", "6 4", "2 3")
STROKES = ("#1e5b54", "#a4492a", "#2a211c")


def number(value, decimals=0, unit=""):
    """Return a number as written in French: « 1 234,5 % »; « – » for None. Halves go up; zeroes are kept."""
    if value is None:
        return "–"
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{rounded:,f}".replace(",", NBSP).replace(".", ",").replace("-", "−")
    return f"{text}{NBSP}{unit}" if unit else text


def round_up(value):
    """Return the end of an axis: 1, 2, 5 or 10 times a power of ten, the first that is not under the value."""
    power = 1
    while power * 10 < value:
        power *= 10
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


@dataclass(frozen=True)
class Bar:
    """One bar. value: None where it may not be told, and then note says why. note: added after the value."""

    label: str
    value: float | None
    note: str = ""


@dataclass(frozen=True)
class Stack:
    """One bar in parts: as many values as the chart has series."""

    label: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Line:
    """One line over time: a value for each of the chart's moments, None where there is none (the line stops)."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Dot:
    """A value between its bounds, at 95 %; without bounds where too few answered for an interval."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Chart:
    """What all charts have. title: what is shown; desc: what a reader who does not see it should know, in a sentence.

    unit follows each number (« % »); decimals: how many are written.
    """

    title: str
    desc: str
    unit: str = ""
    decimals: int = 0

    template = ""

    def number(self, value):
        return number(value, self.decimals, self.unit)

    def svg(self):
        """Return the drawing, '' where there is nothing to draw. Its ids are its own: a page may hold several."""
        drawn = self.drawn()
        if drawn is None:
            return SafeString("")
        key = f"chart-{secrets.token_hex(4)}"
        words = {"key": key, "title": tidy(self.title), "desc": tidy(self.desc), "width": WIDTH, "text": TEXT}
        return SafeString(render_to_string(f"charts/{self.template}.svg", words | drawn).strip())

    def cells(self):
        """Return the rows of the table with the head of each cell beside it, for a phone: [(label, [(head, cell)])]."""
        heads = self.header()[1:]
        return [(label, list(zip(heads, row, strict=True))) for label, row in self.table()]

    def drawn(self):
        raise NotImplementedError

    def header(self):
        """Return the heads of the columns of the table."""
        raise NotImplementedError

    def table(self):
        """Return the rows of the table as texts: [(label, [cell, ...])]."""
        raise NotImplementedError


@dataclass(frozen=True)
class Bars(Chart):
    """Horizontal bars, each under its label. top: where the axis ends, otherwise at the longest bar."""

    rows: tuple[Bar, ...] = ()
    top: float | None = None
    first: str = ""
    measure: str = "Nombre"

    template = "bars"

    def drawn(self):
        if not self.rows:
            return None
        texts = [self.text_of(row) for row in self.rows]
        room = WIDTH - CHAR * max(map(len, texts)) - 8
        top = self.top or max((row.value or 0 for row in self.rows), default=0) or 1
        bars, y = [], 0
        for row, text in zip(self.rows, texts, strict=True):
            label, y = placed(row.label, y)
            length = room * min(max(row.value or 0, 0) / top, 1)
            value_at = {"x": px(length + 6 if row.value is not None else 0), "y": px(y + TEXT)}
            bars.append({"label": label, "y": px(y), "length": px(length), "value": value_at | {"text": text}})
            y += THICK + GAP
        return {"bars": bars, "height": px(y), "thick": THICK}

    def text_of(self, row):
        shown = self.number(row.value) if row.value is not None else ""
        return tidy(f"{shown} {row.note}".strip())

    def header(self):
        return [self.first, self.measure]

    def table(self):
        return [(row.label, [self.text_of(row)]) for row in self.rows]


@dataclass(frozen=True)
class Stacks(Chart):
    """Bars of equal length cut in parts, in the order of series (six at most). Rows without anything are left out."""

    series: tuple[str, ...] = ()
    rows: tuple[Stack, ...] = ()
    first: str = ""

    template = "stacks"

    def drawn(self):
        rows = [row for row in self.rows if sum(row.values)]
        if not rows:
            return None
        legend, y = keys(self.series)
        stacks = []
        for row in rows:
            label, y = placed(row.label, y)
            stacks.append({"label": label, "y": px(y), "parts": self.parts(row, y)})
            y += THICK + 6 + GAP
        return {"legend": legend, "stacks": stacks, "height": px(y), "thick": THICK + 6}

    def parts(self, row, y):
        """Return the rectangles of a row; a part too narrow for its number leaves it to the table."""
        parts, x, total = [], 0, sum(row.values)
        for value, fill in zip(row.values, FILLS, strict=False):
            length, text = WIDTH * value / total, self.number(value)
            fits = length > CHAR * len(text) + 10
            if value:
                middle = {
                    "x": px(x + length / 2),
                    "y": px(y + TEXT + 3),
                    "text": text,
                    "width": px(CHAR * len(text) + 6),
                }
                middle["left"] = px(x + length / 2 - (CHAR * len(text) + 6) / 2)
                parts.append({"x": px(x), "length": px(length), "fill": fill, "value": middle if fits else None})
            x += length
        return parts

    def header(self):
        return [self.first, *self.series]

    def table(self):
        return [(row.label, [self.number(value) for value in row.values]) for row in self.rows]


@dataclass(frozen=True)
class Lines(Chart):
    """Lines over time (three at most), from zero. moments: their labels, short; full: the same for the table."""

    moments: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    full: tuple[str, ...] = ()
    first: str = "Mois"
    top: float | None = None

    template = "lines"

    def drawn(self):
        values = [value for line in self.lines for value in line.values if value is not None]
        if not values:
            return None
        legend, head = keys([line.label for line in self.lines]) if len(self.lines) > 1 else ([], 4)
        head += TEXT
        top = self.top or round_up(max(*values, 1))
        left, bottom = CHAR * len(self.number(top)) + 8, head + PLOT_HEIGHT
        step = (WIDTH - left - 20) / max(len(self.moments) - 1, 1)

        def at(place, value):
            return left + 8 + step * place, bottom - PLOT_HEIGHT * min(value / top, 1)

        return {
            "legend": legend,
            "left": px(left),
            "ticks": [tick(self.number(top * part / 2), bottom - PLOT_HEIGHT * part / 2) for part in range(3)],
            "moments": self.written_moments(at, bottom),
            "lines": [
                {
                    "mark": mark,
                    "dash": DASHES[mark],
                    "stroke": STROKES[mark],
                    "path": path_of(line.values, at),
                    "points": self.points(line, at),
                }
                for mark, line in enumerate(self.lines[: len(DASHES)])
            ],
            "height": px(bottom + LEADING + 6),
        }

    def written_moments(self, at, bottom):
        """Return as many of the moments as fit side by side, the first always."""
        widest = CHAR * max(map(len, self.moments))
        every = -(-len(self.moments) // max(1, int((WIDTH - at(0, 0)[0]) / (widest + 8))))
        last = len(self.moments) - 1
        return [
            {"x": px(at(place, 0)[0]), "y": px(bottom + LEADING), "text": tidy(self.moments[place])}
            | {"anchor": {0: "start", last: "end"}.get(place, "middle")}
            for place in range(0, len(self.moments), every)
        ]

    def points(self, line, at):
        """Return the marks of a line; each has its number where they are few and the line is alone."""
        written = len(self.lines) == 1 and len(self.moments) <= MOST_VALUES_WRITTEN
        points = []
        for place, value in enumerate(line.values):
            if value is not None:
                x, y = at(place, value)
                text = self.number(value) if written else ""
                points.append(
                    {"x": px(x), "y": px(y), "left": px(x - 4), "top": px(y - 4), "above": px(y - 8), "text": text}
                )
        return points

    def header(self):
        return [self.first, *[line.label for line in self.lines]]

    def table(self):
        names = self.full or self.moments
        return [(name, [self.number(line.values[place]) for line in self.lines]) for place, name in enumerate(names)]


@dataclass(frozen=True)
class Dots(Chart):
    """Values on one axis, each with its interval. reference: a figure to compare with, drawn as a dashed line."""

    rows: tuple[Dot, ...] = ()
    start: float = 0
    end: float = 10
    reference: float | None = None
    reference_label: str = ""
    first: str = ""
    measure: str = "Moyenne"

    template = "dots"

    def drawn(self):
        if not self.rows:
            return None
        reference, y = self.line_of_reference() if self.reference is not None else (None, 0)
        above, dots = y, []
        for row in self.rows:
            label, y = placed(f"{row.label}{NBSP}: {self.text_of(row)}", y)
            low, high = (self.at(bound) if bound is not None else None for bound in (row.low, row.high))
            has_interval = low is not None and high is not None
            ends = {"low": px(low), "high": px(high)} if has_interval else {}
            dots.append(
                {"label": label, "y": px(y + 8), "up": px(y + 3), "down": px(y + 13), "x": px(self.at(row.value))}
                | ends
            )
            y += THICK + GAP
        axis = [
            {"x": px(WIDTH * part / 2), "text": self.number(self.start + (self.end - self.start) * part / 2)}
            for part in range(3)
        ]
        for mark, anchor in zip(axis, ("start", "middle", "end"), strict=True):
            mark["anchor"] = anchor
        return {
            "reference": reference,
            "dots": dots,
            "above": px(above),
            "bottom": px(y),
            "axis": axis,
            "axis_y": px(y + LEADING),
            "height": px(y + LEADING + 6),
        }

    def at(self, value):
        return 6 + (WIDTH - 12) * min(max((value - self.start) / (self.end - self.start), 0), 1)

    def line_of_reference(self):
        label, y = placed(f"{self.reference_label}{NBSP}: {self.number(self.reference)}", 0)
        return {"label": label, "x": px(self.at(self.reference))}, y + 4

    def text_of(self, row):
        text = self.number(row.value)
        if row.low is None or row.high is None:
            return text
        return f"{text} ({number(row.low, self.decimals)} à {number(row.high, self.decimals)})"

    def header(self):
        return [self.first, self.measure, "Intervalle à 95 %"]

    def table(self):
        return [
            (
                row.label,
                [
                    self.number(row.value),
                    f"{self.number(row.low)} à {self.number(row.high)}" if row.low is not None else "–",
                ],
            )
            for row in self.rows
        ]


def tidy(text):
    """Return a text that XML accepts, on one line."""
    return without_controls(" ".join(str(text).split(" ")))


def px(length):
    """Return a length as SVG wants it, whatever the language of the page."""
    return f"{length:.1f}".removesuffix(".0")


def placed(text, y):
    """Return the lines of a label with their heights, and where what follows it begins."""
    lines = textwrap.wrap(tidy(text), LABEL_CHARS, break_on_hyphens=False) or [""]
    placed_lines = [{"text": line, "y": px(y + TEXT + LEADING * rank)} for rank, line in enumerate(lines)]
    return placed_lines, y + LEADING * len(lines) + 4


def keys(labels):
    """Return the legend, one series a line with its pattern, and where the drawing begins."""
    legend, y = [], 0
    for rank, label in enumerate(labels):
        lines = textwrap.wrap(tidy(label), LABEL_CHARS - 4, break_on_hyphens=False) or [""]
        texts = [{"text": line, "y": px(y + TEXT + LEADING * place)} for place, line in enumerate(lines)]
        look = rank % len(DASHES)
        mark = {"fill": FILLS[rank % len(FILLS)], "mark": look, "dash": DASHES[look], "stroke": STROKES[look]}
        legend.append(mark | {"y": px(y + 1), "middle": px(y + 8), "top": px(y + 4), "label": texts})
        y += LEADING * len(lines) + 3
    return legend, y + 6


def tick(text, y):
    return {"text": text, "y": px(y), "text_y": px(y + 4)}


def path_of(values, at):
    """Return the path of a line: it begins anew after each moment without value."""
    path, pen = [], "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = at(place, value)
        path.append(f"{pen}{px(x)} {px(y)}")
        pen = "L"
    return " ".join(path)
