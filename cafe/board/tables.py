"""The tables of the board's report as sheets of a workbook: the numbers that its page shows, rounded as they are there.

Nothing is counted here: every sheet is read from what cafe.board.report gathered, and holds no more than the page.
"""

import html
import re

from django.template.loader import render_to_string

from cafe.board.headlines import MEASURES, rounded
from cafe.board.models import Section
from cafe.charts import Bars
from cafe.templatetags.french import day

HEADLINES = ["Chiffre", "Période", "Période d’avant", "Unité", "Ce qu’il dit"]
RANKING = ["Activité", "Réponses", "Moyenne sur 10", "Note de classement", "Ce que l’on peut en dire"]
BUDGET = ["Saison", "Sens", "Prévu (€)", "Réalisé (€)"]
FACTS = ["Quoi", "Combien", "Unité", "Précision"]


def sheets_of(content):
    """Return the sheets (title, header, rows) of a report's content: definitions first, then one for each table.

    The parts that the coordination leaves out of the report have no sheet either, nor has an empty one.
    """
    told = [
        ("Définitions", ["Mot", "Ce qu’il veut dire"], definitions(content["period"], content["counted_at"])),
        ("En bref", HEADLINES, headline_rows(content["headlines"])),
    ]
    sheets = [*told, *[sheet for section in Section if section in content["kept"] for sheet in PARTS[section](content)]]
    return [sheet for sheet in sheets if sheet[2]]


def definitions(period, counted_at):
    """Return the definitions of the board's page as [term, meaning], after the period and the day of the figures."""
    text = render_to_string("board/_definitions.html")
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", text, re.DOTALL)
    terms = [[html.unescape(" ".join(part.split())) for part in pair] for pair in found]
    return [["Période", period.label], ["Chiffres du", day(counted_at)], *terms]


def headline_rows(headlines):
    return [
        [one.figure.label, one.value, one.before, one.unit, f"{one.figure.reading} {one.trend}".strip()]
        for one in headlines
    ]


def chart_sheet(drawing):
    chart = drawing.chart
    if not isinstance(chart, Bars):
        return drawing.heading, chart.header(), chart.numbers()
    first, measure = chart.header()
    rows = [
        [row.label, None if row.value is None else rounded(row.value, chart.decimals), row.note] for row in chart.rows
    ]
    return drawing.heading, [first, measure, "Précision"], rows


def ranking_rows(ranked, told):
    return [
        [one.key, one.n, rounded(one.mean, 1), rounded(one.shrunken, 1), row.verdict]
        for one, row in zip(ranked, told, strict=True)
    ]


def heads():
    return [f"{measure.name} (%)" if measure.unit else measure.name for measure in MEASURES]


def elsewhere(published):
    """Return what another CPTS published; its source and what to beware of go with it."""
    numbers = [list(pair) for pair in zip(heads(), published.values, strict=True)]
    words = [["Qui", published.who], ["Quand", published.when], ["Source", published.source]]
    return [*numbers, *words, *[["À savoir", caution] for caution in published.cautions]]


def fact_rows(facts):
    return [[one.label, one.value, one.unit, one.note] for one in facts]


def cell_sheet(publication):
    rows = [["Ensemble", "Demandes comptées", publication.requests]]
    for table in publication.tables:
        several = " (plusieurs possibles)" if table.several else ""
        rows += [[f"{table.label}{several}", row.label, row.count] for row in table.rows]
    return f"Écoute {publication.year}", ["Liste", "Réponse", "Demandes"], rows


def budget_rows(seasons):
    rows = []
    for one in seasons:
        rows.append([one.season.label, "Dépenses", one.planned_spent, one.spent])
        rows.append([one.season.label, "Recettes", one.planned_received, one.received])
        rows.append([one.season.label, "Coût par participation", None, one.cost])
    return rows


def satisfaction(content):
    ranking = content["ranking"]
    return [("Classement", RANKING, ranking_rows(ranking["ranked"], ranking["rows"]))]


def seasons(content):
    found = content["seasons"]
    return [
        ("Saisons entières", ["Saison", *heads()], [[row.label, *row.values] for row in found["rows"]]),
        ("Ailleurs", ["Chiffre", "Publié"], elsewhere(found["elsewhere"]["published"])),
    ]


def next_sessions(content):
    rows = [[one.starts_at, one.activity.title, one.place.commune] for one in content["next_sessions"]]
    return [("Prochaines séances", ["Date", "Activité", "Commune"], rows)]


# Section -> the sheets of its tables.
PARTS = {
    Section.ATTENDANCE: lambda content: map(chart_sheet, content["drawings"]),
    Section.SATISFACTION: satisfaction,
    Section.DIRECTORY: lambda content: map(chart_sheet, content["directory"]),
    Section.LETTERS: lambda content: [("Lettres", FACTS, fact_rows(content["letters"]))],
    Section.CELL: lambda content: map(cell_sheet, content["publications"]),
    Section.BUDGET: lambda content: [("Budget", BUDGET, budget_rows(content["budget"]))],
    Section.SEASONS: seasons,
    Section.INDICATORS: lambda content: [("Indicateurs ACI", FACTS, fact_rows(content["indicators"]))],
    Section.NEXT_SESSIONS: next_sessions,
}
