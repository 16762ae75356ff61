"""What leaves a questionnaire as a file: its results as shown, the lines for publication, and what each code means.

No answer leaves as it was given. The tables say what the pages say; the lines are made once, when all is over, and
kept: two different files of the same people could be set against each other.
"""

import secrets
from collections import defaultdict
from dataclasses import dataclass
from io import BytesIO

from django.db import transaction
from django.utils import timezone

from cafe.charts import NBSP
from cafe.errors import Refusal
from cafe.exports import xlsx_cell
from cafe.templatetags.french import short_day
from evaluation.enums import QuestionKind, SurveyKind, SurveyState
from evaluation.models import Answer, Response, ResultSnapshot, Survey
from evaluation.services.anonymising import NOBODY, Column, K, anonymise
from evaluation.services.results import TOTAL, results_of, season_place, session_place
from evaluation.specs import counted_as, label_of, spec_of
from evaluation.thresholds import Shape
from evaluation.values import choices_of

SCOPE = "records"
TABLE_HEADER = [
    *("Où", "N°", "Question", "Sorte", "Réponses", "Ce que dit la ligne", "Valeur", "Borne basse", "Borne haute"),
    *("Nombre", "Sur"),
]
CODEBOOK_HEADER = ["Variable", "Question", "Sorte", "Code", "Signification", "Lignes", "Ce qui a été fait"]
SILENT = "Sans réponse"
TICKED, NOT_TICKED = "Choisi", "Pas choisi"
NOT_ALONE = "Réponses réunies, comme dans les résultats ou davantage."
WHOLE = "Réponses telles que publiées dans les résultats."
LEFT_OUT = f"Écartée{NBSP}: elle n’aurait pas laissé {K} personnes sur chaque ligne."
OPEN_LEFT_OUT = f"Écartée{NBSP}: une réponse écrite ne se publie pas ligne à ligne."
NOT_TOLD = f"Écartée{NBSP}: son détail n’est pas publié."


# --- Results --------------------------------------------------------------------------------------


def results_table(results):
    """Return the rows of everything that the pages show, place by place: a mean a line, a class a line."""
    places = [("Tout le questionnaire", TOTAL)]
    places += [(f"Saison {season.label}", season_place(season)) for season in results.seasons]
    for pk in results.listed:
        session = results.sessions[pk]
        places.append((f"{session.activity.title}, {short_day(session.starts_at)}", session_place(pk)))
    return [row for place in places for row in place_rows(results, *place)]


def place_rows(results, name, place):
    rows = []
    for rank, question in enumerate(results.questions, start=1):
        shown = results.shown(question, place)
        start = [name, rank, question.text, question.get_kind_display(), shown.n]
        if shown.mean:
            mean = shown.mean
            rows.append([*start, f"Moyenne, à {mean.margin} près au plus", mean.value, mean.low, mean.high, None, None])
        for row in shown.rows:
            share = [row.share, row.low, row.high]
            rows.append([*start, f"Part{NBSP}: {label_of(question, row.values)}", *share, row.count, row.n])
        if shown.n and not shown.mean and not shown.rows:
            rows.append([*start, "Détail non publié", *[None] * 5])
    return rows


# --- Lines for publication ------------------------------------------------------------------------


@dataclass(frozen=True)
class Variable:
    """One column of the file before it is anonymised. labels: of its published classes, by index."""

    column: Column
    question: object
    name: str
    text: str
    labels: tuple[tuple[int, ...], ...]


def why_no_lines(survey, *, today=None):
    """Return why no file of lines can be made of this questionnaire, as a French sentence, or None."""
    if survey.kind == SurveyKind.CELL:
        return "Les réponses sur la cellule d’écoute ne se publient pas ligne à ligne, même regroupées."
    if survey.state != SurveyState.CLOSED:
        return "Il se prépare une fois le questionnaire clos : avant, il changerait avec chaque réponse."
    if survey.closed_on >= (today or timezone.localdate()):
        return "Le questionnaire vient d’être clos : revenez demain, quand ses derniers résultats seront fixés."
    return None


def kept_lines(survey):
    """Return what was made, as plain values, or None: {"columns", "lines", "left_out", "made_on"}."""
    found = ResultSnapshot.objects.filter(survey=survey, scope=SCOPE).first()
    return found.content | {"made_on": found.made_on} if found else None


def wanted_questions(results):
    """Return the questions of which some column might be published."""
    return [question for question in results.questions if results.shown(question).rows]


@transaction.atomic
def make_lines(*, survey, questions, draw=None):
    """Make the file of lines once, the wanted questions first served in the questionnaire's order. Raises Refusal."""
    survey = Survey.objects.select_for_update(of=("self",), no_key=True).get(pk=survey.pk)
    if reason := why_no_lines(survey):
        raise Refusal(reason)
    if kept_lines(survey):
        raise Refusal("Ce fichier est déjà fait. Il ne se refait pas : deux versions pourraient se recouper.")
    results = results_of(survey)
    people = list(Response.objects.filter(survey=survey).order_by("pk").values_list("pk", flat=True))
    keys = {question.pk for question in questions}
    variables = variables_of(results, [one for one in wanted_questions(results) if one.pk in keys], people)
    draw = draw or secrets.SystemRandom()
    found = anonymise([one.column for one in variables], len(people), draw)
    if not found.lines:
        raise Refusal(
            f"Trop peu de réponses : aucune question ne laisse {K} personnes sur chaque ligne. Les tableaux de "
            "résultats, eux, peuvent être transmis."
        )
    content = plain_lines(results, {one.name: one for one in variables}, found)
    ResultSnapshot.objects.create(
        survey=survey, scope=SCOPE, n=len(found.lines), content=content, made_on=timezone.localdate()
    )
    return content


def variables_of(results, questions, people):
    """Return the Variables of these questions, in their order; of several choices, each published one is a Variable."""
    place = {pk: rank for rank, pk in enumerate(people)}
    given = defaultdict(lambda: defaultdict(set))
    answers = Answer.objects.filter(question__in=questions, comment=False, value__isnull=False).order_by()
    by_key = {question.pk: question for question in questions}
    for response, pk, value in answers.values_list("response", "question", "value"):
        given[pk][place[response]].add(counted_as(by_key[pk], value))
    number = {question.pk: rank for rank, question in enumerate(results.questions, start=1)}
    made = []
    for question in questions:
        shown, name = results.shown(question), f"q{number[question.pk]}"
        if spec_of(question).shape == Shape.SEVERAL:
            made += [choice_variable(question, row, given[question.pk], name, len(people)) for row in shown.rows]
        else:
            made.append(question_variable(question, shown.rows, given[question.pk], name, len(people)))
    return made


def question_variable(question, rows, given, name, count):
    index = {value: rank for rank, row in enumerate(rows) for value in row.values}
    answers = tuple(next((index.get(value, NOBODY) for value in given.get(one, ())), NOBODY) for one in range(count))
    most, ordered = tuple(row.count for row in rows), spec_of(question).shape == Shape.ORDERED
    return Variable(
        Column(name, answers, most, ordered), question, name, question.text, tuple(row.values for row in rows)
    )


def choice_variable(question, row, given, name, count):
    """A choice of several, as two classes: those who made it, and those who answered without making it."""
    (choice,) = row.values
    answers = tuple((0 if choice in given[one] else 1) if one in given else NOBODY for one in range(count))
    label = dict(choices_of(question))[choice]
    column = Column(f"{name}_{choice}", answers, (row.count, row.n - row.count), True)
    return Variable(column, question, column.key, f"{question.text} {label}", ())


def plain_lines(results, variables, found):
    columns = [plain_column(variables[column.key], column, found.lines, at) for at, column in enumerate(found.columns)]
    told = {question.pk for question in wanted_questions(results)}
    kept = {variables[column.key].question.pk for column in found.columns}
    left_out = [
        {
            "name": f"q{rank}",
            "text": question.text,
            "kind": question.get_kind_display(),
            "why": why_left_out(question, told),
        }
        for rank, question in enumerate(results.questions, start=1)
        if question.pk not in kept
    ]
    return {"columns": columns, "lines": [list(line) for line in found.lines], "left_out": left_out}


def why_left_out(question, told):
    if question.kind in QuestionKind.open:
        return OPEN_LEFT_OUT
    return LEFT_OUT if question.pk in told else NOT_TOLD


def plain_column(variable, column, lines, at):
    codes = [
        {"code": rank, "label": group_label(variable, group), "n": sum(line[at] == rank for line in lines)}
        for rank, group in enumerate(column.groups)
    ]
    is_whole = all(len(group) == 1 for group in column.groups)
    kind = variable.question.get_kind_display()
    note = WHOLE if is_whole else NOT_ALONE
    return {"name": column.key, "text": variable.text, "kind": kind, "codes": codes, "note": note}


def group_label(variable, group):
    if group == (NOBODY,):
        return SILENT
    if not variable.labels:
        return " ou ".join((TICKED, NOT_TICKED)[index] for index in group)
    return label_of(variable.question, [value for index in group for value in variable.labels[index]])


def lines_table(kept):
    """Return (header, rows) of the file of lines, in codes."""
    return [column["name"] for column in kept["columns"]], kept["lines"]


# --- What each code means -------------------------------------------------------------------------


def codebook(survey):
    """Return the rows of the codebook: of the file of lines if there is one, otherwise of the questionnaire itself."""
    if kept := kept_lines(survey):
        return kept_codebook(kept)
    rows = []
    for rank, question in enumerate(survey.questions.all(), start=1):
        start = [f"q{rank}", question.text, question.get_kind_display()]
        codes = choices_of(question) or [("", bounds(question))]
        rows += [[*start, code, label, None, ""] for code, label in codes]
    return rows


def kept_codebook(kept):
    rows = []
    for column in kept["columns"]:
        start = [column["name"], column["text"], column["kind"]]
        rows += [[*start, code["code"], code["label"], code["n"], column["note"]] for code in column["codes"]]
    for one in kept["left_out"]:
        rows.append([one["name"], one["text"], one["kind"], "", "", None, one["why"]])
    return rows


def bounds(question):
    ends = {QuestionKind.VISUAL: "de 0 à 100", QuestionKind.WHO5: "indice de 0 à 100, de 4 en 4"}
    return ends.get(question.kind, "réponse écrite, qui ne quitte pas le portail")


def about_lines(kept):
    """Return what whoever receives the file of lines must know, sentence by sentence."""
    return [
        f"Fichier anonymisé le {short_day(kept['made_on'])} : {len(kept['lines'])} lignes.",
        f"Chaque ligne, toutes colonnes ensemble, est celle d’au moins {K} personnes (k-anonymat, k = {K}).",
        "Connaître toutes les réponses d’une personne sauf une ne donne jamais la dernière.",
        "Une partie des réponses, un cinquième au moins, a été laissée de côté, en partie par tirage au sort : les "
        "effectifs sont donc plus petits que ceux des résultats publiés.",
        "N’y sont pas : les réponses écrites, le jour, la séance, la saison, l’ordre d’arrivée.",
        "Ce que cela ne couvre pas : quelqu’un qui connaîtrait les réponses de dix personnes d’une même ligne.",
    ]


def lines_book(kept):
    """Return the workbook of the lines: « Données », « Dictionnaire » and « À lire »."""
    from openpyxl import Workbook  # noqa: PLC0415  weighs on every web worker's memory

    book = Workbook(write_only=True)
    header, rows = lines_table(kept)
    sheets = {
        "Données": [header, *rows],
        "Dictionnaire": [CODEBOOK_HEADER, *kept_codebook(kept)],
        "À lire": [[sentence] for sentence in about_lines(kept)],
    }
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append([xlsx_cell(cell) for cell in line])
    content = BytesIO()
    book.save(content)
    return content.getvalue()
