"""Lines over time."""

from dataclasses import dataclass
from math import ceil

from cafe.charts.base import CHAR, DASHES, LEADING, STROKES, TEXT, WIDTH, Chart, keys, px, round_up, tidy

MOST_VALUES_WRITTEN = 12
PLOT_HEIGHT = 170
MARK_ROOM = 7


@dataclass(frozen=True)
class Line:
    """One line over time: a value for each of the chart's moments, None where there is none (the line stops)."""

    label: str
    values: tuple[float | None, ...]


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
        """Return the marks of a line; each has its number where they are few and the line is alone.

        Where they would touch, only some are drawn; a value between two that are missing always has its own.
        """
        written = len(self.lines) == 1 and len(self.moments) <= MOST_VALUES_WRITTEN
        every = ceil(MARK_ROOM / (at(1, 0)[0] - at(0, 0)[0]))
        points = []
        for place, value in enumerate(line.values):
            alone = not any(beside is not None for beside in (*line.values[:place][-1:], *line.values[place + 1 :][:1]))
            if value is not None and (alone or place % every == 0):
                x, y = at(place, value)
                text = self.number(value) if written else ""
                points.append(
                    {"x": px(x), "y": px(y), "left": px(x - 4), "top": px(y - 4), "above": px(y - 8), "text": text}
                )
        return points

    def header(self):
        return [self.first, *[line.label for line in self.lines]]

    def numbers(self):
        """Return the rows of the table as numbers: [[label, number or None, ...]]."""
        names = self.full or self.moments
        return [[name, *[line.values[place] for line in self.lines]] for place, name in enumerate(names)]

    def table(self):
        return [(label, [self.number(value) for value in values]) for label, *values in self.numbers()]


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
