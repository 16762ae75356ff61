"""Charts as SVG made here: numbers in, one safe string out, the same for a page and for a PDF.

Drawn 360 units wide, for a phone; text is 13 high, so that it stays readable at 340 pixels. Colours are attributes,
never styles (CSP, WeasyPrint), and never tell anything alone: labels and patterns do. Under a chart goes its table.
"""

from cafe.charts.bars import Bar, Bars, Stack, Stacks
from cafe.charts.base import NBSP, Chart, number, round_up
from cafe.charts.calendars import Calendar, Span
from cafe.charts.dots import Dot, Dots
from cafe.charts.lines import Line, Lines

__all__ = [
    "NBSP",
    "Bar",
    "Bars",
    "Calendar",
    "Chart",
    "Dot",
    "Dots",
    "Line",
    "Lines",
    "Span",
    "Stack",
    "Stacks",
    "number",
    "round_up",
]
