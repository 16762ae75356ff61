"""Values on one axis, each between its bounds."""

from dataclasses import dataclass

from cafe.charts.base import GAP, LEADING, NBSP, THICK, WIDTH, Chart, number, placed, px


@dataclass(frozen=True)
class Dot:
    """A value between its bounds, at 95 %; without bounds where too few answered for an interval."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


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
