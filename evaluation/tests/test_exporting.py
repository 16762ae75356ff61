"""What leaves as files: what the pages say, and lines that are eleven people's, made once."""

import csv
import random
from collections import Counter
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cafe.errors import Refusal
from evaluation.enums import QuestionKind, SurveyKind, SurveyState
from evaluation.models import Answer, Response, ResultSnapshot
from evaluation.services.exporting import kept_lines, make_lines, results_table, variables_of, wanted_questions
from evaluation.services.results import results_of
from evaluation.tests.factories import make_question, make_survey

pytestmark = pytest.mark.django_db
K = QuestionKind
OPTIONS = [{"key": "a", "label": "=Infirmière"}, {"key": "b", "label": "Kiné"}, {"key": "c", "label": "Orthoptiste"}]


def answered(count=120, *, days=3, **fields):
    """A closed questionnaire of five questions, with answers that are not linked to each other."""
    draw = random.Random(7)
    day = timezone.localdate() - timedelta(days=days)
    defaults = {"state": SurveyState.CLOSED, "opened_on": day, "closed_on": day} | fields
    survey = make_survey(**defaults)
    asked = {
        make_question(survey, kind=K.CHOICE, text="Métier ?", options=OPTIONS): lambda: [draw.choice([1, 1, 2, 2, 3])],
        make_question(survey, kind=K.SCALE, text="Note ?"): lambda: [draw.choice([5, 6, 7, 8, 8, 9])],
        make_question(survey, kind=K.CHOICES, text="Quand ?", options=OPTIONS[:2]): lambda: draw.choice(
            [[1], [2], [1, 2]]
        ),
        make_question(survey, kind=K.YES_NO, text="Utile ?"): lambda: [draw.choice([0, 1])],
    }  # fmt: skip
    words = make_question(survey, kind=K.LONG, text="Un mot ?")
    responses = Response.objects.bulk_create(Response(survey=survey, day=day) for _ in range(count))
    answers = [Answer(response=one, question=words, text=f"secret {n}") for n, one in enumerate(responses)]
    for question, values in asked.items():
        answers += [Answer(response=one, question=question, value=value) for one in responses for value in values()]
    Answer.objects.bulk_create(answers)
    return survey


def make(survey):
    return make_lines(survey=survey, questions=list(survey.questions.all()), draw=random.Random(1))


def page_of(response):
    return " ".join(response.content.decode().replace("&nbsp;", " ").replace("\u00a0", " ").split())


def csv_of(response):
    return list(csv.reader(StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def test_each_line_is_eleven_peoples_and_holds_no_words_day_nor_session():
    survey = answered()

    content = make(survey)

    lines = Counter(map(tuple, content["lines"]))
    assert min(lines.values()) >= 11
    assert len(content["columns"]) >= 2
    assert sum(lines.values()) == 96
    assert content["lines"] == sorted(content["lines"])
    for place, column in enumerate(content["columns"]):
        told = Counter(line[place] for line in content["lines"])
        assert {code["code"]: code["n"] for code in column["codes"]} == dict(told)
        assert min(told.values()) >= 11
    assert "secret" not in str(content)


def test_no_class_of_the_file_is_finer_nor_larger_than_in_the_published_tables():
    survey = answered()
    content, results = make(survey), results_of(survey)
    people = list(Response.objects.filter(survey=survey).order_by("pk").values_list("pk", flat=True))

    variables = {one.name: one for one in variables_of(results, wanted_questions(results), people)}

    published = {name: len(one.column.most) for name, one in variables.items()}
    totals = {name: one.column.n for name, one in variables.items()}
    assert content["columns"]
    for column in content["columns"]:
        assert len(column["codes"]) <= published[column["name"]]
        assert sum(code["n"] for code in column["codes"]) <= totals[column["name"]]


def test_the_lines_are_made_once_and_for_all():
    survey = answered()
    make(survey)
    before = kept_lines(survey)

    with pytest.raises(Refusal, match="ne se refait pas"):
        make(survey)

    assert kept_lines(survey) == before
    assert ResultSnapshot.objects.filter(survey=survey, scope="records").count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": SurveyState.OPEN, "closed_on": None}, "une fois le questionnaire clos"),
        ({"days": 0}, "revenez demain"),
        ({"kind": SurveyKind.CELL, "publish_from": 11}, "cellule d’écoute"),
        ({"count": 20}, "Trop peu de réponses"),
    ],
    ids=["open", "closed today", "cell", "few"],
)
def test_no_lines_of_what_is_open_fresh_the_cells_or_too_small(fields, sentence):
    survey = answered(**{"count": 60} | fields)

    with pytest.raises(Refusal, match=sentence):
        make(survey)

    assert kept_lines(survey) is None


def test_the_table_tells_what_the_pages_show_and_nothing_below_the_threshold():
    few, many = results_table(results_of(answered(4))), results_table(results_of(answered(40)))

    assert few == []
    assert {row[4] for row in many} == {40}
    counts = [row[9] for row in many if row[9] is not None]
    assert min(counts) >= 5


def test_up_to_four_more_answers_change_not_one_cell_of_the_table():
    survey = answered(40, state=SurveyState.OPEN, closed_on=None)
    before = results_table(results_of(survey))

    more = Response.objects.bulk_create(Response(survey=survey, day=survey.opened_on) for _ in range(4))
    note = survey.questions.get(text="Note ?")
    Answer.objects.bulk_create(Answer(response=one, question=note, value=0) for one in more)

    assert results_table(results_of(survey)) == before
    assert before != []


def test_the_page_makes_the_file_and_then_gives_it_with_its_codebook(desk):
    survey = answered()
    url = reverse("survey_files", args=[survey.pk])

    before = page_of(desk.get(url))
    empty = page_of(desk.post(url, {}))
    desk.post(url, {"questions": [str(pk) for pk in survey.questions.values_list("pk", flat=True)[:2]]})
    after = page_of(desk.get(url))

    assert "Faire ce fichier, une fois pour toutes" in before
    assert "Choisissez au moins une question." in empty
    assert "au moins 11 personnes (k-anonymat, k = 11)" in after
    book = load_workbook(BytesIO(desk.get(reverse("survey_lines", args=[survey.pk, "xlsx"])).content))
    assert book.sheetnames == ["Données", "Dictionnaire", "À lire"]
    header, *rows = csv_of(desk.get(reverse("survey_lines", args=[survey.pk, "csv"])))
    assert header == [cell.value for cell in book["Données"][1]]
    assert len(rows) == book["Données"].max_row - 1
    codes = csv_of(desk.get(reverse("survey_codebook", args=[survey.pk, "csv"])))
    assert {row[0] for row in codes[1:]} >= set(header)
    assert ["q5", "Un mot ?", "Réponse longue", "", "", ""] in [row[:6] for row in codes]


def test_before_the_lines_there_is_a_codebook_and_no_cell_runs(desk):
    survey = answered(40)

    codes = csv_of(desk.get(reverse("survey_codebook", args=[survey.pk, "csv"])))
    lines = desk.get(reverse("survey_lines", args=[survey.pk, "csv"]))
    wrong = desk.get(reverse("survey_table", args=[survey.pk, "exe"]))

    assert [row[3:5] for row in codes[1:4]] == [["1", "'=Infirmière"], ["2", "Kiné"], ["3", "Orthoptiste"]]
    assert (lines.status_code, wrong.status_code) == (404, 404)
    assert csv_of(desk.get(reverse("survey_table", args=[survey.pk, "csv"])))[0][:3] == ["Où", "N°", "Question"]
