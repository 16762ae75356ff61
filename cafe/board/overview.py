"""What the board reads of a period, gathered once for its page and for its report: numbers and chosen words, no name.

Each part comes from the app that defines it. The lines of the budget and the sheets of the directory are counted, not
named; of the cell, the list of sheets handed over is left out, since a sheet may be a person.
"""

from dataclasses import replace

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from activities.seasons import season_of
from activities.services.budget import totals_of
from cafe.board import facts, seasons, summaries
from cafe.board.headlines import headlines
from cafe.charts import NBSP, Bar, Bars
from evaluation import participation
from evaluation.enums import SurveyState
from evaluation.models import Answer, Reading, Survey
from evaluation.participation import Drawing, plural
from evaluation.services.verbatims import quotations
from evaluation.telling import ranked_row, ranking_chart, ranking_sentence
from listening_cell import figures as cell
from newsletters.services.figures import totals_between
from resources.services.coverage import coverage_of

# Each questionnaire whose words are quoted is read by itself.
QUOTED_SURVEYS = 4


def overview_of(period):
    """Return what the templates of the board show of a period. The number of statements does not grow with the rows."""
    found = summaries.read(period)
    figures, by = found.counts.figures, found.counts.by
    published = publications(period)
    latest = published[0] if published else None
    return {
        "period": period,
        "counted_at": found.counted_at,
        "kept_counts": found.kept,
        "figures": figures,
        "headlines": headlines(figures, found.counts.before, latest),
        "drawings": participation.drawings(period, figures, by),
        "months": participation.over_months(period, by.by_month),
        "calendar": participation.calendar(period, by.by_month),
        "activities": participation.bars("Par activité", "Activité", by.by_activity, participation.most_followed),
        "people": participation.composition(figures),
        "regulars": participation.regulars(figures),
        "ranking": told_ranking(found.counts.ranking),
        "surveys": surveys_of(period),
        "quotations": quoted(period),
        "directory": directory(coverage_of()),
        "publications": published,
        "letters": facts.letters(totals_between(period.start, period.end)),
        "indicators": facts.indicators(figures, by.by_profession) if figures.sessions else [],
        "budget": totals_of(sorted({season_of(month) for month in period.months})),
    }


def report_of(period):
    """Return the overview of a period and the seasons until its last month, for paper and for the file."""
    overview, compared = overview_of(period), seasons.comparison(season_of(period.last))
    counted_at = min(overview["counted_at"], compared["counted_at"])
    return overview | {"seasons": compared, "counted_at": counted_at}


def told_ranking(found):
    """Return the order of the activities after the sessions of a period, and which have too few answers as yet."""
    return {
        "ranked": found.ranked,
        "rows": [ranked_row(row) for row in found.ranked],
        "chart": ranking_chart(found.ranked),
        "reading": ranking_sentence(found.ranked),
        "waiting": found.waiting,
    }


def asked_in(period):
    """Questionnaires that could be answered in a period, the latest first."""
    still = Q(closed_on=None) | Q(closed_on__gte=period.first)
    opened = Survey.objects.exclude(state=SurveyState.DRAFT).filter(still, opened_on__lt=period.end.date())
    return opened.order_by("-opened_on", "-pk")


def surveys_of(period):
    return list(asked_in(period))


def quoted(period):
    """Return {question: [words]} that the coordination cleared and chose, of the latest questionnaires of a period."""
    # By the keys of the answers: joined, SQLite would read every answer of the portal to find a few.
    chosen = Reading.objects.filter(cleared=True, quoted=True).values("answer")
    cited = Answer.objects.filter(pk__in=chosen).values("question__survey")
    found = {}
    for survey in asked_in(period).filter(pk__in=cited)[:QUOTED_SURVEYS]:
        for quotation in quotations(survey):
            found.setdefault(quotation.title, []).append(quotation.words)
    return found


def publications(period):
    """Return what the cell published of the years of a period, the latest first, without the sheets handed over."""
    years = range(period.first.year, period.last.year + 1)
    return [
        replace(one, tables=tuple(table for table in one.tables if table.rows and table.key != cell.RESOURCES))
        for one in cell.publications(AnonymousUser())
        if one.year in years
    ]


def directory(coverage):
    """Return the two Drawings of the directory, none while it has no sheet."""
    if not coverage.sheets:
        return []
    aging = tuple(Bar(level.label, count) for level, count in coverage.by_freshness)
    themes = tuple(Bar(theme.label, count) for theme, count in coverage.by_theme)
    least, fewest = min(coverage.by_theme, key=lambda one: one[1])
    fresh = f"{plural(coverage.fresh, 'fiche')} à jour sur {coverage.sheets}."
    lacking = f"Le thème le moins couvert{NBSP}: {least.label}, {plural(fewest, 'fiche')}."
    return [
        drawing("Fraîcheur des fiches", "Dernière vérification", aging, fresh),
        drawing("Fiches par thème", "Thème", themes, f"{lacking} Une fiche peut être dans plusieurs thèmes."),
    ]


def drawing(heading, first, rows, reading):
    chart = Bars(title=heading, desc=reading, rows=rows, first=first, measure="Fiches")
    return Drawing(heading, chart, reading)
