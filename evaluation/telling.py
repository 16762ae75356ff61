"""What is shown of a question put into charts and sentences, alike on the page and in the report.

Everything here is made from a Shown and from the question's own words: no answer is read.
"""

from dataclasses import dataclass, field

from cafe.charts import NBSP, Bar, Bars, Chart, Dot, Dots, number
from evaluation.enums import QuestionKind
from evaluation.models import Question
from evaluation.specs import label_of
from evaluation.statistics import COMPARED_FROM, RENEWED_FROM, Verdict
from evaluation.thresholds import DETAILED_FROM, Shown
from evaluation.values import choices_of

OUT_OF = {QuestionKind.SCALE: 10, QuestionKind.VISUAL: 100, QuestionKind.WHO5: 100}


@dataclass(frozen=True)
class ShareBar(Bar):
    """The share of a class, in hundredths, between its bounds at 95 %."""

    count: int = 0
    n: int = 0
    low: float = 0
    high: float = 0


@dataclass(frozen=True)
class Shares(Bars):
    """How the answers are shared out; its table tells the counts and Wilson's intervals too."""

    unit: str = "%"
    top: float | None = 100
    first: str = "Réponse"

    def header(self):
        return [self.first, "Nombre", "Part", "Intervalle à 95 %"]

    def table(self):
        return [
            (row.label, [f"{row.count} sur {row.n}", self.number(row.value), between(row.low, row.high, unit="%")])
            for row in self.rows
        ]


@dataclass(frozen=True)
class Drawn:
    """A chart, and what it says in one sentence."""

    chart: Chart
    reading: str


@dataclass(frozen=True)
class Told:
    """A question as it is told. waiting: why nothing, or no detail, is told yet; empty where all is."""

    question: Question
    number: int
    shown: Shown = field(default_factory=Shown)
    drawings: tuple[Drawn, ...] = ()
    waiting: str = ""

    @property
    def out_of(self):
        return OUT_OF[self.question.kind]

    @property
    def is_open(self):
        """Whether it is answered in words, which have a page of their own."""
        return self.question.kind in QuestionKind.open


@dataclass(frozen=True)
class Part:
    """The questions under one heading of the questionnaire; title: empty before the first."""

    title: str
    told: list


def parts_of(results, place):
    """Return the Parts of a questionnaire as they may be told in a place."""
    parts = []
    for rank, question in enumerate(results.questions, start=1):
        if question.section or not parts:
            parts.append(Part(question.section, []))
        parts[-1].told.append(told_of(question, rank, results.shown(question, place), results.survey.publish_from))
    return parts


def told_of(question, rank, shown, publish_from):
    drawings = []
    if shown.mean:
        drawings.append(Drawn(mean_chart(question, shown), mean_sentence(question, shown)))
    if shown.rows:
        chart = shares_chart(question, shown)
        drawings.append(Drawn(chart, shares_sentence(question, shown, chart)))
    return Told(question, rank, shown, tuple(drawings), waiting_sentence(question, shown, publish_from))


# --- Charts ---------------------------------------------------------------------------------------


def mean_chart(question, shown):
    end = OUT_OF[question.kind]
    row = Dot("Moyenne", shown.mean.value, shown.mean.low, shown.mean.high)
    title, desc = f"Moyenne{NBSP}: {question.text}", f"Un point sur une échelle de 0 à {end}."
    return Dots(title=title, desc=desc, decimals=1, rows=(row,), end=end, first="Question")


def shares_chart(question, shown):
    rows = tuple(
        ShareBar(
            label_of(question, row.values), 100 * row.share, f"({row.count})",
            count=row.count, n=row.n, low=100 * row.low, high=100 * row.high,
        )
        for row in shown.rows
    )  # fmt: skip
    desc = "La part de chaque réponse, en pour cent, et entre parenthèses le nombre de personnes."
    return Shares(title=f"Réponses{NBSP}: {question.text}", desc=desc, rows=rows)


# --- Sentences ------------------------------------------------------------------------------------


def between(low, high, decimals=0, unit=""):
    return f"{number(low, decimals)} à {number(high, decimals, unit)}"


def mean_sentence(question, shown):
    mean = shown.mean
    told = f"La moyenne est de {number(mean.value, 1)} sur {OUT_OF[question.kind]}"
    told += f", arrondie à {number(mean.margin, 2)} près au plus"
    if mean.low is None:
        return f"{told}. Elle repose sur {people(shown.n)}."
    return f"{told}{NBSP}; l’intervalle à 95{NBSP}% va de {between(mean.low, mean.high, 1)}."


def shares_sentence(question, shown, chart):
    most = max(chart.rows, key=lambda row: row.value)
    chosen = "Ce qui est choisi le plus souvent" if question.kind == QuestionKind.CHOICES else "Le plus souvent"
    share = f"{number(most.value, 0, '%')} ({most.count} sur {most.n})"
    told = f"{chosen}{NBSP}: «{NBSP}{most.label}{NBSP}», {share}, l’intervalle à 95{NBSP}% allant de "
    told += f"{between(most.low, most.high, unit='%')}."
    if question.kind != QuestionKind.CHOICES and most.n < shown.n:
        told += f" Ce détail porte sur {most.n} des {shown.n} réponses{NBSP}; les autres, "
        told += "trop rares ensemble, n’y entrent pas."
    return told


def people(n):
    return f"{n} réponse{'s' if n > 1 else ''}"


def waiting_sentence(question, shown, publish_from):
    """Say why nothing, or no detail, is told; the same words whether nobody answered or one too few."""
    if question.kind in QuestionKind.open:
        return ""
    if shown.rows:
        return untold_sentence(question, shown)
    detailed_from = max(DETAILED_FROM, publish_from)
    if not shown.n:
        hanging = "Elle se montre avec le détail de la question dont elle dépend, quand il y a assez de réponses."
        return hanging if question.condition_id else f"Pas encore assez de réponses{NBSP}: il en faut {publish_from}."
    if shown.n < detailed_from:
        return f"Le détail se donne à partir de {detailed_from} réponses."
    return MEAN_ALONE if shown.mean else TOO_ALIKE


TOO_ALIKE = "Le détail attend que deux réponses différentes aient chacune été données par cinq personnes."
MEAN_ALONE = (
    "La moyenne se montre seule pour l’instant. Un détail à côté d’elle pourrait laisser deviner des réponses ; il "
    "viendra si les réponses sont plus nombreuses ou plus variées, au plus tard à la clôture."
).replace(" ;", f"{NBSP};")


def untold_sentence(question, shown):
    """Say which of several choices have no number: there is always one."""
    if question.kind != QuestionKind.CHOICES:
        return ""
    told = {value for row in shown.rows for value in row.values}
    left = [f"«{NBSP}{label}{NBSP}»" for value, label in choices_of(question) if value not in told]
    why = "un choix au moins n’en a jamais, car tous ensemble en diraient trop"
    return f"Pas de chiffre pour {', '.join(left)}{NBSP}: {why}."


# --- Activities in order --------------------------------------------------------------------------


@dataclass(frozen=True)
class RankedRow:
    """An activity in the table of the ranking, as texts; reason: why its verdict is what it is."""

    title: str
    n: int
    mean: str
    note: str
    verdict: str
    reason: str


def ranked_row(row):
    bound = number(RENEWED_FROM)
    reasons = {
        Verdict.RENEW: f"sa note de classement atteint {bound}.",
        Verdict.REVIEW: f"sa note de classement est sous {bound}.",
        Verdict.TOO_FEW: f"il en faut {COMPARED_FROM} pour en juger.",
    }
    told = number(row.mean, 1), number(row.shrunken, 1), str(row.verdict).capitalize(), reasons[row.verdict]
    return RankedRow(row.key, row.n, *told)


def ranking_chart(ranked):
    rows = tuple(Bar(row.key, row.shrunken) for row in ranked)
    title, desc = "Note de classement des activités", "Une barre par activité, sur dix, la plus appréciée d’abord."
    return Bars(title=title, desc=desc, decimals=1, rows=rows, top=10, first="Activité", measure="Note de classement")


def ranking_sentence(ranked):
    renewed = [row.key for row in ranked if row.verdict == Verdict.RENEW]
    if not renewed:
        return "Aucune activité n’a encore assez de bonnes notes pour être dite à reconduire."
    return f"À reconduire d’abord{NBSP}: {', '.join(renewed[:3])}."
