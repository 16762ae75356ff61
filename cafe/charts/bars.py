"""Horizontal bars, whole or cut in parts."""

from dataclasses import dataclass

from cafe.charts.base import CHAR, FILLS, GAP, TEXT, THICK, WIDTH, Chart, keys, placed, px, tidy


@dataclass(frozen=True)
class Bar:
    """One bar. value: None where it may not be told, and then note says why. note: added after the value."""

    label: str
    value: float | None
    note: str = ""


@dataclass(frozen=True)
class Stack:
    """One bar in parts: as many values as the chart has series; none where they may not be told, and note says why."""

    label: str
    values: tuple[float, ...]
    note: str = ""


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
        rows = [row for row in self.rows if sum(row.values) or row.note]
        if not rows:
            return None
        legend, y = keys(self.series)
        stacks = []
        for row in rows:
            label, y = placed(row.label, y)
            note = {"text": tidy(row.note), "y": px(y + TEXT + 3)}
            stacks.append({"label": label, "y": px(y), "parts": self.parts(row, y), "note": note})
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

    def numbers(self):
        """Return the rows of the table as numbers: [[label, number or None, ...]]."""
        return [[row.label, *(row.values or [None] * len(self.series))] for row in self.rows]

    def table(self):
        return [(label, [self.number(value) for value in values]) for label, *values in self.numbers()]
