import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cafe import pdf
from cafe.errors import Refusal
from cafe.models import Document, DocumentState
from members.personal_data import erase_all
from members.tests.factories import make_user
from resources.models import Resource
from resources.services import importing
from resources.services.import_rows import Outcome, letters
from resources.services.indexing import hold_index
from resources.services.sheets import update_sheet
from resources.tests.exchange import (
    HEADERS,
    ODD,
    csv_of,
    exported_new,
    import_file,
    judge,
    judged,
    make_odd,
    said,
)
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db


# --- All or nothing -------------------------------------------------------------------------------


def test_one_row_in_error_blocks_all_unless_it_may_be_left_out(coordinator):
    one = make_resource(name="Médiation")
    titles = ["Adresse de la fiche", "Nom", "Nature", "Sur place"]
    rows = [titles, ["", "Neuf", "service", "oui"], [one.slug, "", "service", "oui"], ["", "x", "rien", "oui"]]
    draft = importing.start_import(upload=csv_of(rows), user=coordinator)

    with pytest.raises(Refusal) as refused:
        importing.import_sheets(key=draft.pk, by=coordinator)
    assert refused.value.sentence == (
        "Rien n’est importé. Ligne 3 : « Nom » (cellule B3) : il manque une valeur. 2 lignes sont à corriger en tout."
    )
    assert Resource.objects.count() == 1
    done = importing.import_sheets(key=draft.pk, by=coordinator, skip_errors=True)

    assert (done.created, done.changed, Resource.objects.count()) == (1, 0, 2)


def test_new_sheets_are_published_where_asked_and_whole(coordinator):
    titles = ["Nom", "Nature", "Sur place", "En une phrase", "Téléphone"]
    rows = [titles, ["Prête", "service", "oui", "Une phrase", "15"], ["Nue", "service", "oui", "", ""]]

    done = import_file(csv_of(rows), coordinator, publish=True)

    assert done == importing.Imported(created=2, published=1, changed=0)
    assert dict(Resource.objects.values_list("name", "state")) == {"Prête": "published", "Nue": "draft"}


def test_a_sheet_that_changes_while_its_row_is_read_is_judged_again(coordinator, monkeypatch):
    """Another writer comes first, between the reading of the rows and the lock."""
    one = make_resource(name="Médiation", hours="Lundi", delay="1 jour")
    rows = [["Adresse de la fiche", "Horaires", "Délai habituel"], [one.slug, "Mardi", "1 jour"]]
    draft = importing.start_import(upload=csv_of(rows), user=coordinator)

    def another_first():
        update_sheet(resource=one, values={"hours": "Mercredi", "delay": "2 jours"})
        hold_index()

    monkeypatch.setattr(importing, "hold_index", another_first)
    importing.import_sheets(key=draft.pk, by=coordinator)

    assert one.changes.first().fields == {"hours": ["Mercredi", "Mardi"], "delay": ["2 jours", "1 jour"]}


def test_a_file_is_imported_once(coordinator):
    draft = importing.start_import(upload=exported_new(), user=coordinator)
    importing.import_sheets(key=draft.pk, by=coordinator)

    with pytest.raises(Refusal) as refused:
        importing.import_sheets(key=draft.pk, by=coordinator)

    assert (refused.value.sentence, Resource.objects.count()) == (importing.GONE, 1)


def test_an_import_takes_as_many_statements_for_one_new_sheet_as_for_ten(coordinator):
    make_resource()
    costs = []
    for count in (1, 3, 10):
        rows = [["Nom", "Nature", "Sur place"], *([f"Neuf {count} {one}", "service", "oui"] for one in range(count))]
        draft = importing.start_import(upload=csv_of(rows), user=coordinator)
        with CaptureQueriesContext(connection) as queries:
            importing.import_sheets(key=draft.pk, by=coordinator)
        costs.append(len(queries))

    assert len(set(costs)) == 1


def test_reading_a_file_asks_the_same_whatever_its_length_and_the_directory_s():
    costs = []
    for count in (1, 3, 300):
        one = make_resource()
        rows = [[one.slug, "Changée"], *(["", f"Neuf {number}"] for number in range(count))]
        with CaptureQueriesContext(connection) as queries:
            judged(["Adresse de la fiche", "Nom"], *rows)
        costs.append(len(queries))

    assert costs == [2, 2, 2]


# --- The file that waits --------------------------------------------------------------------------


def stored_files():
    return default_storage.listdir(pdf.FOLDER)[1] if default_storage.exists(pdf.FOLDER) else []


def test_a_file_waits_for_one_person_alone_and_another_takes_its_place(coordinator, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = importing.start_import(upload=exported_new(), user=coordinator)
        second = importing.start_import(upload=exported_new(), user=coordinator)

    somebody = make_user()
    with pytest.raises(Refusal):
        importing.import_sheets(key=second.pk, by=somebody)
    assert [draft.pk for draft in importing.drafts_of(coordinator)] == [second.pk] != [first.pk]
    assert len(stored_files()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        importing.discard(key=second.pk, user=somebody)
        assert importing.drafts_of(coordinator).count() == 1
        importing.discard(key=second.pk, user=coordinator)
    assert (importing.drafts_of(coordinator).count(), stored_files()) == (0, [])


def test_a_file_goes_after_a_day_and_with_the_account(coordinator, time_machine):
    time_machine.move_to("2026-03-01 12:00")
    importing.start_import(upload=exported_new(), user=coordinator)
    time_machine.shift(pdf.KEPT.total_seconds() + 60)
    pdf.purge(timezone.now(), dry_run=False)
    assert Document.objects.count() == 0

    importing.start_import(upload=exported_new(), user=coordinator)
    erase_all(coordinator)
    assert Document.objects.count() == 0


def test_a_long_file_is_read_and_written_by_a_worker(coordinator, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    draft = importing.start_import(upload=exported_new(), user=coordinator)
    states = [draft.state]
    pdf.make_document(str(draft.pk))
    draft.refresh_from_db()
    report = importing.request_import(draft=draft, by=coordinator, publish=False)
    pdf.make_document(str(report.pk))
    again = importing.request_import(draft=draft, by=coordinator, publish=True)
    pdf.make_document(str(again.pk))

    told_by_worker = [said(Document.objects.get(pk=one.pk)) for one in (report, again)]
    assert [*states, draft.state] == [DocumentState.WAITING, DocumentState.READY]
    assert told_by_worker == [
        "Fiches ajoutées;dont publiées;Fiches modifiées\r\n1;0;0\r\n",
        f"Bilan de l’import\r\n{importing.GONE}\r\n",
    ]
    assert Resource.objects.count() == 1


def test_columns_are_named_as_spreadsheets_do():
    assert [letters(index) for index in (0, 25, 26, 51, 52, 79)] == ["A", "Z", "AA", "AZ", "BA", "CB"]


def test_the_odd_sheet_of_these_tests_breaks_what_a_form_would_hold():
    one = make_odd()

    row = judge(["Adresse de la fiche", *(HEADERS[name] for name in ODD)], one.slug, *("?" for _ in ODD))

    assert row.outcome == Outcome.ERROR
