"""Heat map: a row a season, a column a month; the number is written where it fits, the shade says it too."""

from dataclasses import dataclass

from cafe.charts.base import CHAR, LEADING, NBSP, TEXT, WIDTH, Chart, keys, px, tidy

CELL_HEIGHT = 26
ROW = CELL_HEIGHT + 3
PAPER, INK = "#ffffff", "#2a211c"
# From little to much: each darker than the one before, so that paper without colour keeps their order; with the
# colour in which a number is read on it.
SHADES = (
    ("#e3ece6", INK),
    ("#bdd3c9", INK),
    ("#8fb5a8", INK),
    ("#3f7a71", PAPER),
    ("#174a44", PAPER),
)


@dataclass(frozen=True)
class Span:
    """One row; label: short, it stands on the left. values: from the column `start` on, None where nothing was held.

    What is before and after is outside.
    """

    label: str
    values: tuple[float | None, ...]
    start: int = 0


@dataclass(frozen=True)
class Calendar(Chart):
    """Cells on a grid: one without value has a broken outline, zero a whole one; outside of a row nothing is drawn.

    columns: short names; the first letter of each stands on top, the table writes them whole. empty, zero: what a cell
    without value and one of zero mean, in a few words; shaded: what the shades count.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[Span, ...] = ()
    first: str = "Saison"
    empty: str = "Rien"
    zero: str = "Zéro"
    shaded: str = "Nombre"

    template = "calendar"
    wide = True

    def drawn(self):
        values = [value for row in self.rows for value in row.values if value is not None]
        if not values:
            return None
        left = CHAR * max(len(tidy(row.label)) for row in self.rows) + 6
        step = (WIDTH - left) / len(self.columns)
        most, written = max(values), all(CHAR * len(self.number(value)) <= step - 3 for value in values)
        legend, y = self.legend(values)
        heads = [
            {"x": px(left + step * (place + 0.5)), "y": px(y + TEXT), "text": tidy(name)[:1].upper()}
            for place, name in enumerate(self.columns)
        ]
        y += LEADING + 4
        rows = []
        for rank, row in enumerate(self.rows):
            top = y + ROW * rank
            boxes = [
                {"x": px(x + 1), "y": px(top), "width": px(step - 3), "middle": px(x + step / 2 - 0.5)}
                for x in (left + step * (row.start + place) for place in range(len(row.values)))
            ]
            cells = [
                box | cell(value, most, self.text_of(value, written))
                for box, value in zip(boxes, row.values, strict=True)
            ]
            rows.append({"label": tidy(row.label), "text_y": px(top + 18), "cells": cells})
        return {"legend": legend, "heads": heads, "rows": rows, "height": px(y + ROW * len(rows)), "tall": CELL_HEIGHT}

    def text_of(self, value, written):
        """Return the number of a cell, where all are written; zero always is."""
        return self.number(value) if value is not None and (written or not value) else ""

    def legend(self, values):
        """Return the keys that this drawing needs, and where what follows them begins."""
        some = [value for value in values if value]
        lines = []
        if len(values) < sum(len(row.values) for row in self.rows):
            lines.append((self.empty, [{"fill": "none", "dash": "3 3"}]))
        if len(some) < len(values):
            lines.append((self.zero, [{"fill": PAPER, "dash": ""}]))
        if some:
            fills = [shade for shade, _ in SHADES]
            text = f"{self.shaded}{NBSP}: jusqu’à {self.number(max(some))}"
            lines.append((text, [{"fill": fill, "dash": ""} for fill in fills]))
        placed, y = keys([text for text, _ in lines])
        for mark, (_, boxes) in zip(placed, lines, strict=True):
            mark["boxes"] = [box | {"x": px(0.5 + 18 * place)} for place, box in enumerate(boxes)]
            mark["text_x"] = px(18 * len(boxes) + 8)
        return placed, y

    def header(self):
        return [self.first, *self.columns]

    def numbers(self):
        """Return the rows of the table as numbers: [[label, number or None, ...]], None for what is outside too."""
        after = len(self.columns)
        return [
            [row.label, *([None] * row.start + [*row.values] + [None] * after)[: len(self.columns)]]
            for row in self.rows
        ]

    def table(self):
        return [(label, [self.number(value) for value in values]) for label, *values in self.numbers()]


def cell(value, most, text):
    """Return how the template fills a cell."""
    if value is None:
        return {"fill": "none", "dash": "3 3"}
    fill, ink = shade_of(value, most)
    return {"fill": fill, "ink": ink, "text": text}


def shade_of(value, most):
    """Return the shade of a value and the ink of its number; zero is left white."""
    if not value:
        return PAPER, INK
    return SHADES[max(0, min(len(SHADES) - 1, -int(-len(SHADES) * value // most) - 1))]
