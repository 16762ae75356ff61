"""What is told of whole seasons side by side, and of what another CPTS published: {place: [numbers]}."""

from datetime import date
from fractions import Fraction

from cafe.tests import recount
from cafe.tests.recount import season_label
from cafe.tests.recount_reading import NBSP
from cafe.tests.recount_telling import FIRST_OR_BACK, SEASON_HEADS, Chart, fr, measures, moved, parts, pct

# FACTS.md: the balance of 26 April 2025.
PUBLISHED_BY, PUBLISHED_WHEN = "CPTS Sextant 76 (Grand Havre)", "octobre 2023 à avril 2025"
PUBLISHED = ["151", "84", f"105{NBSP}%", f"50{NBSP}%", "8,4"]
SOURCE = "26 avril 2025 ; 75 ; 75 ; 151"


def season_rows(teller, latest):
    """Return [(year, figures, finished)] of six seasons, from the first with a held session to the last."""
    found = []
    for year in range(latest - 5, latest + 1):
        figures = teller.figures_of(recount.whole_season(year))
        found.append((year, figures, date(year + 1, 9, 1) <= teller.today))
    held = [place for place, (_, figures, _) in enumerate(found) if figures.sessions]
    return found[held[0] : held[-1] + 1] if held else []


def season_name(row):
    year, figures, finished = row
    if not figures.sessions:
        return f"{season_label(year)}, aucune séance"
    return season_label(year) if finished else f"{season_label(year)}, en cours"


def season_cells(row):
    return [fr(value, decimals, unit if value is not None else "") for value, decimals, unit in measures(row[1])]


def season_sentence(rows):
    finished = [row for row in rows if row[1].sessions and row[2]]
    if len(finished) < 2:
        return ""
    before, last = finished[-2:]
    parts = [f"{season_label(last[0])} {season_label(before[0])}"]
    named = zip(SEASON_HEADS, measures(last[1]), measures(before[1]), strict=True)
    for name, (new, decimals, unit), (old, _, _) in named:
        if new is not None and old is not None:
            parts.append(f"{name} ; {fr(new, decimals, unit)} ; {moved(new, old, decimals)}")
    return " ; ".join(parts)


def season_charts(rows):
    if len(rows) < 2:
        return []
    unfinished = "" if rows[-1][2] else season_label(rows[-1][0])
    best = max(rows, key=lambda row: row[1].attendances)
    found = []
    for heading, ranks, reading in (
        ("Présences et personnes", (0, 1), f"{season_label(best[0])} ; {unfinished}"),
        ("Remplissage et non-adhérents", (2, 3), unfinished),
    ):
        cells = [
            (season_name(row), [season_cell(row, rank) if row[1].sessions else (None,) for rank in ranks])
            for row in rows
        ]
        found.append(Chart(heading, [SEASON_HEADS[rank] for rank in ranks], cells, reading))
    people = season_people(rows, unfinished)
    return [*found, people] if people else found


def season_people(rows, unfinished):
    held = [row for row in rows if row[1].sessions]
    told = [row for row in held if row[1].newcomers is not None]
    if not told:
        return None
    year, figures, _ = told[-1]
    back = pct(Fraction(100 * (figures.people - figures.newcomers), figures.people))
    cells = [parts(season_name(row), row[1]) for row in held]
    reading = f"{season_label(year)} ; {back} ; {unfinished}"
    return Chart("Premières venues et habitués", FIRST_OR_BACK, cells, reading)


def season_cell(row, rank):
    value, _, unit = measures(row[1])[rank]
    return value, unit


def seasons_part(teller, *place, latest):
    """The seasons side by side; return their rows."""
    rows = season_rows(teller, latest)
    if rows:
        teller.add(*place, text=season_sentence(rows))
        teller.rows(*place, heads=SEASON_HEADS, rows=[(season_name(row), season_cells(row)) for row in rows])
    return rows


def elsewhere_part(teller, rows, *place):
    finished = [row for row in rows if row[1].sessions and row[2]]
    ours = finished[-1] if finished else rows[-1] if rows else None
    heads, cells = [f"{PUBLISHED_BY}, {PUBLISHED_WHEN}"], [[theirs] for theirs in PUBLISHED]
    if ours:
        heads.append(f"Ici, {season_name(ours)}")
        cells = [[*pair] for pair in zip(PUBLISHED, season_cells(ours), strict=True)]
    teller.add(*place, text=PUBLISHED_BY)  # the caption
    teller.rows(*place, heads=heads, rows=list(zip(SEASON_HEADS, cells, strict=True)))
    teller.add(*place, text=SOURCE)
