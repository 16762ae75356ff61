"""The tables of the board's report as sheets of a workbook: the numbers that its page shows, rounded as they are there.

Nothing is counted here: every sheet is read from what cafe.board.overview gathered, and holds no more than the page.
"""

import html
import re

from django.template.loader import render_to_string

from cafe.board.headlines import MEASURES, rounded
from cafe.charts import Bars

HEADLINES = ["Chiffre", "Période", "Période d’avant", "Unité", "Ce qu’il dit"]
RANKING = ["Activité", "Réponses", "Moyenne sur 10", "Note de classement", "Ce que l’on peut en dire"]
BUDGET = ["Saison", "Sens", "Prévu (€)", "Réalisé (€)"]
FACTS = ["Quoi", "Combien", "Unité", "Précision"]


def sheets_of(overview):
    """Return the sheets (title, header, rows) of a report's overview: definitions first, then one for each table."""
    drawn = [*overview["drawings"], *overview["directory"]]
    sheets = [
        ("Définitions", ["Mot", "Ce qu’il veut dire"], definitions(overview["period"])),
        ("En bref", HEADLINES, headline_rows(overview["headlines"])),
        *[chart_sheet(one) for one in drawn],
        ("Classement", RANKING, ranking_rows(overview["ranking"]["ranked"], overview["ranking"]["rows"])),
        ("Saisons entières", ["Saison", *heads()], [[row.label, *row.values] for row in overview["seasons"]["rows"]]),
        ("Ailleurs", ["Chiffre", "Publié"], elsewhere(overview["seasons"]["elsewhere"]["published"])),
        ("Lettres", FACTS, fact_rows(overview["letters"])),
        ("Indicateurs ACI", FACTS, fact_rows(overview["indicators"])),
        *[cell_sheet(one) for one in overview["publications"]],
        ("Budget", BUDGET, budget_rows(overview["budget"])),
    ]
    return [sheet for sheet in sheets if sheet[2]]


def definitions(period):
    """Return the definitions of the board's page as [term, meaning], after the period."""
    text = render_to_string("board/_definitions.html")
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", text, re.DOTALL)
    return [["Période", period.label], *[[html.unescape(" ".join(part.split())) for part in pair] for pair in found]]


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
