"""Answers gathered elsewhere: who answered is dropped at once, kinds are guessed, and all of it enters or nothing."""

import json
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from activities.enums import SessionState
from activities.tests.factories import make_session
from cafe.models import Document
from evaluation.enums import QuestionKind, ResponseSource, SurveyState
from evaluation.models import Answer, Response, Survey
from evaluation.services import importing
from evaluation.services.import_columns import Use, guess, is_personal, mark_of, read_column, without_addresses
from evaluation.services.results import results_of
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
K = QuestionKind
TITLES = [
    "Horodateur", "Adresse e-mail", "Nom et prénom", "Votre satisfaction, sur 10", "Reviendrez-vous ?",
    "Quels moments ?", "Votre profession", "Un mot ?",
]  # fmt: skip


def lines(count=12):
    """count people; the last one has a profession that nobody shares, and writes his telephone number."""
    for number in range(count):
        last = number == count - 1
        yield [
            f"{number + 1:02d}/10/2023 18:04:12",
            f"personne{number}@cafe.example",
            f"Camille Durand{number}",
            str(6 + number % 5),
            ("Oui", "Non", "Je ne sais pas")[number % 3],
            ("Le midi, Le soir", "Le soir", "Le midi")[number % 3],
            "Souffleuse de verre" if last else "Infirmière",
            "Appelez le 06 12 34 56 78" if last else f"Très bien n° {number}",
        ]


def csv_of(rows, titles=TITLES, name="apres-hypnose.csv"):
    text = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in (titles, *rows))
    return SimpleUploadedFile(name, text.encode("utf-8-sig"))


def send(desk, file):
    response = desk.post(reverse("survey_import"), {"file": file})
    return response["Location"] if response.status_code == 302 else response


def page_of(response):
    return " ".join(response.content.decode().replace("&nbsp;", " ").split())


def choose(**fields):
    return {"title": "Après l’hypnose", "kind": "session"} | fields


def test_a_google_form_becomes_a_closed_questionnaire_whose_results_can_be_read(desk):
    session = make_session(starts_in=-timedelta(days=700), state=SessionState.HELD)
    preview = send(desk, csv_of(lines()))

    done = desk.post(preview, choose(session=session.pk, satisfaction="1"))

    survey = Survey.objects.get()
    questions = list(survey.questions.all())
    assert done["Location"] == reverse("survey_files", args=[survey.pk])
    assert (survey.state, survey.opened_on, survey.closed_on) == (
        SurveyState.CLOSED, date(2023, 10, 1), date(2023, 10, 12),
    )  # fmt: skip
    assert [(one.text, one.kind, one.national_key) for one in questions] == [
        ("Votre satisfaction, sur 10", K.SCALE, "satisfaction"),
        ("Reviendrez-vous ?", K.YES_NO, ""),
        ("Quels moments ?", K.CHOICES, ""),
        ("Votre profession", K.CHOICE, ""),
        ("Un mot ?", K.LONG, ""),
    ]
    responses = Response.objects.filter(survey=survey)
    assert {(one.session, one.source) for one in responses} == {(session, ResponseSource.IMPORT)}
    assert sorted(one.day for one in responses) == [date(2023, 10, day) for day in range(1, 13)]
    assert results_of(survey).shown(questions[0]).n == 12
    assert not Document.objects.exists()


def test_who_answered_is_written_nowhere(desk):
    preview = send(desk, csv_of(lines()))

    waiting = json.dumps(Document.objects.get().params)
    said = page_of(desk.get(preview))
    desk.post(preview, choose())

    kept = waiting + json.dumps(list(Answer.objects.values_list("text", flat=True)))
    assert "cafe.example" not in kept
    assert "Durand" not in kept
    assert "06 12" not in json.dumps(list(Answer.objects.values_list("text", flat=True)))
    assert "Colonnes écartées, déjà oubliées</dt> <dd> Adresse e-mail, Nom et prénom" in said


def test_what_one_person_typed_never_becomes_an_option(desk):
    desk.post(send(desk, csv_of(lines())), choose())

    question = Survey.objects.get().questions.get(text="Votre profession")
    assert [option["label"] for option in question.options] == ["Infirmière"]
    assert question.with_other
    assert list(question.answers.filter(value=Answer.OTHER).values_list("text", flat=True)) == ["Souffleuse de verre"]


def test_the_coordination_corrects_what_was_guessed(desk):
    preview = send(desk, csv_of(lines()))

    said = page_of(desk.post(preview, {"reread": "1", "title": "Mon titre", "use_2": "scale", "use_0": ""}))
    desk.post(preview, choose(title="Mon titre", use_3="choice", use_5=""))

    survey = Survey.objects.get()
    assert "12 réponses illisibles ainsi, laissées de côté." in said
    assert 'value="Mon titre"' in said
    assert [one.text for one in survey.questions.all()] == [
        "Votre satisfaction, sur 10", "Reviendrez-vous ?", "Quels moments ?", "Votre profession",
    ]  # fmt: skip
    assert survey.closed_on == timezone.localdate() - timedelta(days=1)  # its column of dates was left out


def test_nothing_enters_where_the_choices_make_no_questionnaire(desk):
    preview = send(desk, csv_of(lines()))
    nothing = {f"use_{index}": "" for index in range(6)}

    refused = desk.post(preview, choose(**nothing))
    untitled = desk.post(preview, {"title": "", "kind": "cell", "day": "31/02/2024", "session": "x", "use_1": "x"})

    assert "Gardez au moins une colonne comme question." in page_of(refused)
    assert "Donnez un titre." in page_of(untitled)
    assert not Survey.objects.exists()


def test_an_import_sent_twice_is_made_once_and_a_draft_is_of_one_person(desk):
    preview = send(desk, csv_of(lines()))
    other = Client()
    other.force_login(make_user(role=Role.COORDINATION, second_factor=True))

    stolen = other.get(preview)
    first, second = desk.post(preview, choose()), desk.post(preview, choose())

    assert stolen["Location"] == second["Location"] == reverse("survey_import")
    assert first["Location"] != second["Location"]
    assert Survey.objects.count() == 1


def test_an_abandoned_file_leaves_nothing(desk):
    preview = send(desk, csv_of(lines()))

    desk.post(f"{preview}abandonner/")

    assert not Document.objects.exists()


def book(rows):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    content = BytesIO()
    made.save(content)
    return SimpleUploadedFile("reponses.xlsx", content.getvalue())


def test_a_workbook_is_read_with_its_numbers_and_dates(desk):
    moment = timezone.localtime().replace(tzinfo=None, year=2024, month=3, day=5)
    desk.post(
        send(desk, book([["Horodateur", "Note", "Avis"], *[[moment, n, f"=1+{n}"] for n in (0, 7, 10)]])), choose()
    )

    survey = Survey.objects.get()
    assert [(one.text, one.kind) for one in survey.questions.all()] == [("Note", K.SCALE), ("Avis", K.LONG)]
    assert sorted(Answer.objects.filter(value__isnull=False).values_list("value", flat=True)) == [0, 7, 10]
    assert survey.closed_on == date(2024, 3, 5)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\r\n\r\n", b"Note;Avis\r\n", b"Note;Avis\r\n;\r\n", b"%PDF-1.7", b"PK\x03\x04" + bytes(80),
        b"\xd0\xcf\x11\xe0",
        b"Nom;E-mail\r\nDurand;a@b.fr\r\n", b'Note;Avis\r\n"' + b"a" * 200_000, b"\xff\xfeN\x00\x00",
    ],
    ids=["nothing", "blank", "titles", "empty line", "pdf", "broken", "old", "names", "quote", "utf-16"],
)  # fmt: skip
def test_a_file_that_is_no_table_of_answers_is_refused_with_a_sentence(desk, content):
    refused = send(desk, SimpleUploadedFile("fichier.csv", content))

    assert 'class="invalid-feedback"' in page_of(refused) or "error-summary" in page_of(refused)
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("cells", "use"),
    [
        (["0", "7", "10"], Use.SCALE),
        (["8/10", "8,0", "9"], Use.SCALE),
        (["1", "3", "5"], Use.CHOICE),  # out of five: a mean out of ten would belittle them
        (["11", "12"], Use.LONG),
        (["Oui", "non", "NSP"], Use.YES_NO),
        (["Plutôt d'accord", "Tout à fait d’accord"], Use.AGREEMENT),
        (["Matin", "Matin", "Soir", "Soir"], Use.CHOICE),
        (["Matin;Soir", "Soir", "Matin"], Use.CHOICES),
        (["Oui, souvent", "Non, jamais", "Oui, souvent", "Non, jamais"], Use.CHOICE),
        (["Une phrase.", "Une autre, plus longue."], Use.LONG),
        (["", ""], Use.NOTHING),
    ],
)
def test_kinds_are_guessed_from_the_answers(cells, use):
    assert guess("Question", cells) == use


def test_an_hour_is_the_day_of_the_answer_only_under_its_title():
    assert guess("Horodateur", ["21/09/2023 18:04:12"]) == Use.DAY
    assert guess("Timestamp", ["2023/09/21 6:04:12 PM UTC+2"]) == Use.DAY
    assert guess("Horodateur", ["hier"]) == Use.LONG


@pytest.mark.parametrize(
    ("title", "cells", "expected"),
    [
        ("Adresse e-mail", [], True),
        ("Nom d’utilisateur", [], True),
        ("Votre nom", [], True),
        ("Prénom", [], True),
        ("Téléphone portable", [], True),
        ("Comment vous joindre ?", ["a@b.fr", "06 12 34 56 78", "non"], True),
        ("Pouvez-vous citer le nom d’une activité qui vous plairait pour la saison prochaine ?", ["Yoga"], False),
        ("Note", ["8", "9"], False),
        ("Une permanence par téléphone ?", ["Oui", "non", ""], False),
        ("Une permanence par téléphone ?", ["06 12 34 56 78", "non"], True),
        ("Le maillage du territoire", ["Bon", "Moyen"], False),
    ],
)
def test_columns_that_say_who_answered_are_recognised(title, cells, expected):
    assert is_personal(title, cells) is expected


def test_addresses_and_numbers_are_taken_out_of_written_answers():
    said = without_addresses("Écrivez à lou.petit@cafe.example ou au +33 6 12 34 56 78, merci pour les 10 séances.")

    assert said == "Écrivez à [retiré] ou au [retiré], merci pour les 10 séances."


def test_marks_stay_options_however_rare_and_in_their_order():
    column = read_column(0, "Note", Use.CHOICE, ["5", "1", *["3"] * 6, "bof"])

    assert (column.options, column.rare) == (["1", "3", "5"], 1)
    assert [mark_of(cell) for cell in ("10", "10/10", "11", "8,5", "-1", "")] == [10, 10, None, None, None, None]


def test_a_list_of_choices_has_an_end():
    column = read_column(0, "Où ?", Use.CHOICE, [f"Lieu {n}" for n in range(40)] * 5)

    assert column.problem == "40 réponses différentes : c’est trop pour une liste de choix."


def test_two_columns_cannot_both_say_the_day_and_a_day_alone_is_no_question():
    days = [read_column(index, f"Jour {index}", Use.DAY, ["01/10/2023"]) for index in range(2)]
    mark = read_column(2, "Note", Use.SCALE, ["8"])

    said = [importing.problem_of(columns) for columns in ([*days, mark], days[:1], [days[0], mark])]

    assert said == [
        "Une seule colonne peut dire la date de la réponse.", "Gardez au moins une colonne comme question.", None,
    ]  # fmt: skip
