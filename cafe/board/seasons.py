"""The figures of whole seasons side by side, and what another CPTS published of its own programme.

Each season is read as a period is: what is about too few people is told of none. The cell is not here: it counts by
calendar year, and none of its counts is made to be compared with another.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from activities.seasons import Season
from cafe.board import summaries
from cafe.board.headlines import MEASURES, change
from cafe.board.summaries import MOST_SEASONS, whole
from cafe.charts import NBSP, Line, Lines, number
from evaluation.figures import Figures
from evaluation.participation import Drawing, newcomers_chart, of_people, short_season


@dataclass(frozen=True)
class Row:
    """A season; values: those of MEASURES, in their order, None where one may not be told."""

    season: Season
    figures: Figures
    finished: bool

    @property
    def held(self):
        return self.figures.sessions > 0

    @property
    def label(self):
        if not self.held:
            return f"{self.season.label}, aucune séance"
        return self.season.label if self.finished else f"{self.season.label}, en cours"

    @property
    def values(self):
        return [measure.rounded(measure.value(self.figures)) for measure in MEASURES]

    @property
    def cells(self):
        """Return [(name of the measure, its number as it is shown)]."""
        return [(measure.name, measure.number(measure.value(self.figures))) for measure in MEASURES]


@dataclass(frozen=True)
class Published:
    """What a CPTS told of its programme; values: as MEASURES. cautions: what keeps it from being compared too far."""

    who: str
    when: str
    source: str
    values: tuple
    cautions: tuple[str, ...]


ELSEWHERE = Published(
    who="CPTS Sextant 76 (Grand Havre)",
    when="octobre 2023 à avril 2025",
    source="Bilan de son Café des Soignants, présenté le 26 avril 2025",
    values=(151, 84, 105, 50, Decimal("8.4")),
    cautions=(
        f"Ce bilan porte sur environ dix-huit mois, une saison sur douze{NBSP}: les présences et les personnes ne se "
        "comparent pas.",
        f"Il donne 75 adhérents, et une moitié de non-adhérents{NBSP}; que ce soit 75 présences sur 151 est notre "
        "lecture.",
        "Comment la satisfaction y a été demandée n’est pas dit.",
    ),
)


def comparison(latest):
    """Return what the templates show of the seasons until this one: six at most, from the first held to the last.

    In as many statements as one season takes.
    """
    now = timezone.now()
    seasons = [Season(year) for year in range(latest.year - MOST_SEASONS + 1, latest.year + 1)]
    found, counted_at, kept = summaries.read_figures([whole(season) for season in seasons])
    rows = [Row(season, figures, season.end <= now) for season, figures in zip(seasons, found, strict=True)]
    held = [place for place, row in enumerate(rows) if row.held]
    rows = rows[held[0] : held[-1] + 1] if held else []
    return {
        "rows": rows,
        "counted_at": counted_at,
        "kept_counts": kept,
        "heads": [measure.name for measure in MEASURES],
        "reading": reading(rows),
        "drawings": drawings(rows),
        "elsewhere": beside(rows),
    }


def reading(rows):
    """Return how far the last finished season is from the one held before, in one sentence."""
    finished = [row for row in rows if row.held and row.finished]
    if len(finished) < 2:  # noqa: PLR2004
        return "Il faut deux saisons finies pour les comparer."
    before, last = finished[-2:]
    parts = []
    for measure in MEASURES:
        new, old = (measure.value(row.figures) for row in (last, before))
        if new is not None and old is not None:
            moved = change(measure, new, old).removeprefix(", soit ")
            parts.append(f"{measure.name.lower()}{NBSP}: {measure.number(new)} ({moved})")
    return f"{last.label}, à côté de {before.label}{NBSP}: {', '.join(parts)}."


def drawings(rows):
    """Return three Drawings, none before a second season: how many came, who was new, and the parts of a hundred."""
    if len(rows) < 2:  # noqa: PLR2004  one point is no line
        return []
    unfinished = "" if rows[-1].finished else f" La saison {rows[-1].season.label} n’est pas finie."
    best = max(rows, key=lambda row: row.figures.attendances)
    return [
        drawing(
            "Présences et personnes", rows, (0, 1), "", f"Le plus de présences{NBSP}: {best.season.label}.{unfinished}"
        ),
        drawing(
            "Remplissage et non-adhérents",
            rows,
            (2, 3),
            "%",
            f"Pour cent places prévues, et pour cent présences dont l’adhésion est connue.{unfinished}",
        ),
        *regulars([row for row in rows if row.held], unfinished),
    ]


def regulars(rows, unfinished):
    """Return the Drawing of the people of each season, newcomers and others, none where no season may tell its parts.

    Each bar is what the page of that season says by itself, under the same rule, five people at least on both sides:
    this drawing adds no number to those, nor any sum from which an untold season could be taken away.
    """
    told = [row for row in rows if row.figures.newcomers_told]
    if not told:
        return []
    last = told[-1]
    back = number(100 * last.figures.returning / last.figures.people, unit="%")
    reading = f"{last.season.label}{NBSP}: {back} des personnes étaient déjà venues avant la saison.{unfinished}"
    chart = newcomers_chart([of_people(row.label, row.figures) for row in rows], reading, first="Saison")
    return [Drawing("Premières venues et habitués", chart, reading)]


def drawing(heading, rows, places, unit, sentence):
    lines = tuple(
        Line(MEASURES[place].name, tuple(row.values[place] if row.held else None for row in rows)) for place in places
    )
    chart = Lines(
        title=f"{heading}, saison par saison",
        desc=sentence,
        unit=unit,
        moments=tuple(short_season(row.season) for row in rows),
        full=tuple(row.label for row in rows),
        lines=lines,
        first="Saison",
    )
    return Drawing(heading, chart, sentence)


def beside(rows):
    """Return what another CPTS published beside the last finished season, or the one that runs: {…, "rows": …}.

    rows: [(name, theirs, ours)] as texts, ours empty before any season.
    """
    ours = next((row for row in reversed(rows) if row.held and row.finished), rows[-1] if rows else None)
    shown = [text for _, text in ours.cells] if ours else [""] * len(MEASURES)
    lines = zip(MEASURES, ELSEWHERE.values, shown, strict=True)
    return {
        "published": ELSEWHERE,
        "ours": ours,
        "rows": [(measure.name, measure.number(theirs), text) for measure, theirs, text in lines],
    }
