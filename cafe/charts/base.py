"""What every drawing stands on: sizes, numbers written in French, labels that are never cut, the common frame."""

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
class Chart:
    """What all charts have. title: what is shown; desc: what a reader who does not see it should know, in a sentence.

    unit follows each number (« % »); decimals: how many are written. wide: its table has many columns.
    """

    title: str
    desc: str
    unit: str = ""
    decimals: int = 0

    template = ""
    wide = False

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
