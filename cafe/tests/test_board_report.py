"""The board's report on paper and as a file: its chosen parts, its length, and reports that never change once kept."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from time_machine import travel

from activities.models import BudgetLine, Session
from activities.tests.factories import make_place, make_session
from cafe import pdf
from cafe.board import keeping, report
from cafe.board.models import KeptReport, ReportText, Section
from cafe.models import Document
from cafe.tests.factories import make_kept_report
from cafe.tests.pdf_reader import ACCESSIBLE, promises, read, text_of
from cafe.tests.test_board import PARIS, evening
from evaluation.figures import Period
from listening_cell.tests.test_figures import publish
from members.enums import Role
from members.tests.factories import make_user
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db
MONTHS = {"first": date(2023, 9, 1), "last": date(2024, 8, 1)}
SEASON, YEAR = Period(**MONTHS), {"du": "2023-09", "au": "2024-08"}
BALANCE = {"du": "2023-10", "au": "2025-04"}
LIST, TABLES = "/conseil/rapports/", "/conseil/rapport.xlsx"
# Section -> (its title in the report, one of its sheets).
PARTS = {
    Section.ATTENDANCE: (">Fréquentation</h2>", "Mois par mois"),
    Section.SATISFACTION: (">Satisfaction</h2>", None),
    Section.DIRECTORY: (">Annuaire</h2>", "Fraîcheur des fiches"),
    Section.LETTERS: (">Lettres d’information</h2>", None),
    Section.CELL: (">Cellule d’écoute</h2>", "Écoute 2024"),
    Section.BUDGET: (">Budget</h2>", "Budget"),
    Section.SEASONS: (">Saisons entières</h2>", "Saisons entières"),
    Section.INDICATORS: (">Indicateurs pour l’ACI</h2>", "Indicateurs ACI"),
    Section.NEXT_SESSIONS: (">Prochaines séances déjà publiées</h3>", "Prochaines séances"),
}


def client_of(role):
    client = Client()
    client.force_login(make_user(role=role, second_factor=True))
    return client


@pytest.fixture
def desk():
    return client_of(Role.COORDINATION)


@pytest.fixture
def board():
    return client_of(Role.BOARD)


@pytest.fixture
def season():
    """Something to tell in every part that has a sheet."""
    for month in (3, 4):
        evening(datetime(2024, month, 5, 20, tzinfo=PARIS), 10)
    BudgetLine.objects.create(season=2023, category="food", label="Thé", planned=10, actual=12)
    publish(2024, (15, {"motives": ["charge"]}))
    make_resource(needs=("droit--avocat",))
    make_session()


def write(**given):
    return ReportText.objects.create(**MONTHS, **given)


def sheets_of(response):
    return load_workbook(BytesIO(response.content), read_only=True).sheetnames


def keep(client, months=YEAR):
    """Keep a report, a worker passing; return it."""
    before = set(KeptReport.objects.values_list("pk", flat=True))
    assert client.post("/coordination/rapport/garder/", months).status_code == 302
    pdf.sweep()
    return KeptReport.objects.exclude(pk__in=before).get()


def download(client, kept):
    return client.get(f"{LIST}{kept.pk}/")


# --- The parts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("left_out", [None, *Section])
def test_a_part_that_is_left_out_is_neither_on_paper_nor_in_the_file(season, board, left_out):
    write(sections=[one for one in Section.values if one != left_out])

    paper, sheets = report.report(**YEAR), sheets_of(board.get(TABLES, YEAR))

    assert {one for one, (title, _) in PARTS.items() if title not in paper} == {left_out} - {None}
    told = {one for one, (_, sheet) in PARTS.items() if sheet and sheet not in sheets}
    assert told == {left_out} - {None, Section.SATISFACTION, Section.LETTERS}
    assert "L’essentiel, de septembre 2023 à août 2024</h1>" in paper
    assert "Ce que ces chiffres comptent" in paper
    assert sheets[:2] == ["Définitions", "En bref"]


def test_the_words_of_the_coordination_stand_in_their_places_and_cannot_harm(season):
    harmful = "# Un titre\n\n<script>alert(1)</script> ![x](https://ailleurs.example/x.png)\n\n**gras**"
    write(opening=harmful, learnt="Il faut changer d’heure.", next_season="Trois décisions.")

    paper = report.report(**YEAR)

    places = [
        paper.index(one)
        for one in (
            *("<h2>Un titre</h2>", 'class="headlines"', ">Fréquentation</h2>", ">Cellule d’écoute</h2>"),
            *("Il faut changer d’heure.", ">Budget</h2>", "Trois décisions.", "déjà publiées</h3>", "comptent</h2>"),
        )
    ]
    assert places == sorted(places)
    assert "<strong>gras</strong>" in paper
    assert ("<script>" in paper, "<img" in paper) == (False, False)


def test_the_text_of_other_months_is_not_in_these(season):
    ReportText.objects.create(first=date(2023, 9, 1), last=date(2024, 7, 1), opening="D’ailleurs.", sections=[])

    paper = report.report(**YEAR)

    assert "D’ailleurs." not in paper
    assert ">Budget</h2>" in paper


def test_the_next_sessions_are_those_published_and_to_come_after_the_period():
    now = timezone.now()
    period = Period(now.date().replace(day=1), now.date().replace(day=1))
    soon = period.end + timedelta(days=2)

    def at(moment, **fields):
        return make_session(starts_in=moment - timezone.now(), **fields)

    head = at(soon + timedelta(days=1))
    first = at(soon, place=make_place(commune="Saint-Leu"))
    at(soon, head=head)
    for state in (Session.State.DRAFT, Session.State.CANCELLED):
        at(soon, state=state)
    at(period.end - timedelta(minutes=1))

    assert report.next_sessions(period) == [first, head]
    past = Period(date(2020, 1, 1), date(2020, 1, 1))
    at(now - timedelta(days=1))
    assert set(report.next_sessions(past)) >= {first, head}
    assert all(one.starts_at > now for one in report.next_sessions(past))
    for _ in range(20):
        at(soon)
    with CaptureQueriesContext(connection) as captured:
        found = [(one.activity.title, one.place.commune) for one in report.next_sessions(period)]
    assert (len(found), len(captured)) == (report.MOST_SESSIONS, 1)


# --- The demonstration's report -------------------------------------------------------------------


def test_the_demonstrations_report_has_six_to_twelve_pages_and_is_short_with_few_parts():
    with travel(datetime(2026, 11, 23, 10, 0, tzinfo=PARIS), tick=False):
        call_command("demo", verbosity=0)
        publish(2025, (26, {}))
        whole = pdf.render(report.KIND, BALANCE)
        pdf.sweep()
        kept = KeptReport.objects.get()
        ReportText.objects.update(sections=[Section.BUDGET])
        short = pdf.render(report.KIND, BALANCE)

    assert 6 <= len(read(whole).pages) <= 12
    assert len(read(short).pages) <= 5
    assert [promises(one) for one in (whole, short, keeping.content_of(kept))] == [ACCESSIBLE] * 3
    pages = [" ".join(page.extract_text().split()) for page in read(whole).pages]
    assert "Chiffres du lundi 23 novembre 2026" in pages[0]
    assert "Un soir par mois, des soignants du territoire se retrouvent" in pages[1]
    assert "105 %" in pages[1].replace("\u00a0", " ")
    assert all("Chiffres du lundi 23 novembre 2026." in page for page in pages[1:])
    told = text_of(whole)
    for words in ("L’équipe doit se former.", "Trois décisions à prendre ce soir", "Prochaines séances déjà publiées"):
        assert words in told
    assert text_of(keeping.content_of(kept)) == told
    for words in ("Fréquentation", "Indicateurs pour l’ACI", "Prochaines séances", "Saisons entières"):
        assert words not in text_of(short)


# --- How far it is --------------------------------------------------------------------------------


def test_a_long_report_says_how_far_it_is_at_each_step(season, monkeypatch):
    document = report.request_report(period=SEASON, user=make_user())
    told, progress = [], pdf.progress

    def watched(document, percent):
        progress(document, percent)
        told.append(Document.objects.get(pk=document.pk).done)

    monkeypatch.setattr(pdf, "progress", watched)
    pdf.make_document(str(document.pk))

    assert told == [20, 45, 60, 90]
    assert Document.objects.get().done == 100


# --- Kept -----------------------------------------------------------------------------------------


def test_a_kept_report_never_changes_whatever_happens_to_words_and_figures(season, time_machine):
    time_machine.move_to(datetime(2026, 11, 2, 10, 0, tzinfo=PARIS), tick=False)
    desk, board = client_of(Role.COORDINATION), client_of(Role.BOARD)
    text = write(opening="Avant.")
    kept = keep(desk)
    first = download(board, kept)

    text.opening = "Après."
    text.save()
    evening(datetime(2024, 5, 5, 20, tzinfo=PARIS), 7)
    time_machine.move_to(datetime(2026, 11, 9, 10, 0, tzinfo=PARIS), tick=False)
    later = keep(desk)
    call_command("purge", verbosity=0)

    assert download(board, kept).content == first.content == keeping.content_of(kept)
    was, now = text_of(first.content), text_of(download(board, later).content)
    assert ("Avant." in was, "20 En 2 séances." in was, "Chiffres du lundi 2 novembre 2026" in was) == (True,) * 3
    assert ("Après." in now, "27 En 3 séances." in now, "Chiffres du lundi 9 novembre 2026" in now) == (True,) * 3
    assert kept.size == len(first.content)
    assert first.headers["Content-Disposition"] == (
        'attachment; filename="rapport-conseil-2023-09-2024-08-chiffres-du-2026-11-02.pdf"'
    )
    assert (first.headers["Content-Type"], first.headers["Cache-Control"]) == ("application/pdf", "no-store")


def test_a_purge_years_later_leaves_kept_reports_alone(time_machine):
    kept = make_kept_report(b"%PDF kept")
    time_machine.move_to(timezone.now() + timedelta(days=4000))

    call_command("purge", verbosity=0)

    assert keeping.content_of(KeptReport.objects.get(pk=kept.pk)) == b"%PDF kept"


def test_asking_twice_at_once_keeps_one_and_making_it_twice_too(season, desk):
    addresses = {desk.post("/coordination/rapport/garder/", YEAR)["Location"] for _ in range(2)}
    document = Document.objects.get()
    waiting = desk.get(LIST).context["preparing"]
    pdf.sweep()
    made = [keeping.keep(**document.params) for _ in range(2)]

    assert addresses == {pdf.page_of(document)}
    assert waiting == document
    assert made[0] == made[1] == (keeping.content_of(KeptReport.objects.get()), pdf.PDF)
    page = desk.get(pdf.page_of(document)).content.decode()
    assert f'href="{LIST}"' in page
    assert "reste ici un jour" not in page
    assert desk.get(LIST).context["preparing"] is None


def test_a_worker_that_died_between_the_file_and_its_row_leaves_one_file(season, desk):
    desk.post("/coordination/rapport/garder/", YEAR)
    params = Document.objects.get().params
    default_storage.save(f"board/{params['key']}.pdf", BytesIO(b"half"))

    pdf.sweep()

    assert default_storage.listdir("board")[1] == [f"{params['key']}.pdf"]
    assert keeping.content_of(KeptReport.objects.get()).startswith(b"%PDF")


def test_months_that_make_no_sense_keep_nothing(desk):
    answer = desk.post("/coordination/rapport/garder/", {"du": "2024-08", "au": "2023-09"})

    assert answer["Location"] == "/coordination/rapport/?du=2024-08&au=2023-09"
    assert "Le premier mois vient après le dernier." in desk.get(answer["Location"]).content.decode()
    assert not Document.objects.exists()


def test_the_coordination_deletes_a_kept_report_once_it_has_confirmed(desk, django_capture_on_commit_callbacks):
    kept = make_kept_report()
    page = desk.get(f"{LIST}{kept.pk}/supprimer/")
    untouched = KeptReport.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(f"{LIST}{kept.pk}/supprimer/", follow=True)

    assert ("Supprimer ce rapport" in page.content.decode(), untouched) == (True, True)
    assert "Le rapport est supprimé." in answer.content.decode()
    assert (KeptReport.objects.exists(), default_storage.exists(kept.file.name)) == (False, False)
    assert desk.post(f"{LIST}{kept.pk}/supprimer/").status_code == 404


def test_the_board_reads_the_list_by_pages_and_no_name_there(board, desk):
    empty = [one.get(LIST).content.decode() for one in (board, desk)]
    keeper, now, costs = make_user(first_name="Hortense", last_name="Quetzal"), timezone.now(), []
    for days in range(25):
        make_kept_report(counted_at=now - timedelta(days=days), kept_by=keeper)
        if days in (0, 24):
            with CaptureQueriesContext(connection) as captured:
                page = board.get(LIST)
            costs.append(len(captured))
    shown = page.content.decode()

    assert "Celui que la coordination posera sur la table sera ici." in empty[0]
    assert "Garder ce rapport" in empty[1]
    assert costs[0] == costs[1]
    dates = [one.counted_at for one in page.context["page_obj"]]
    assert (len(dates), dates) == (20, sorted(dates, reverse=True))
    assert len(board.get(f"{LIST}?page=2").context["page_obj"]) == 5
    assert ("Quetzal" in shown, "Supprimer" in shown) == (False, False)
    assert 'aria-current="page">Rapports</a>' in shown


def test_a_file_that_was_not_restored_is_not_found(board):
    kept = make_kept_report()
    default_storage.delete(kept.file.name)

    assert download(board, kept).status_code == 404
