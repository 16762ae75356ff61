from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cafe import pdf
from cafe.errors import Refusal
from cafe.models import Document, DocumentState
from members.personal_data import erase_all
from members.tests.factories import make_user
from resources.enums import ChangeKind, ChangeOrigin, ResourceState
from resources.exchange.cells import received, tidy, told, written
from resources.exchange.columns import COLUMNS
from resources.exchange.tables import read_table
from resources.models import Resource, ResourceChange, ResourceNeed
from resources.services import exporting, importing
from resources.services.import_rows import Outcome, examine, letters
from resources.services.indexing import hold_index
from resources.services.rules import broken_rule
from resources.services.seeding import load_seed
from resources.services.sheets import check_whole, update_sheet
from resources.tests.exchange import (
    FULL,
    HEADERS,
    ODD,
    csv_of,
    exported_file,
    make_full,
    make_odd,
    outcomes_of,
    said,
    snapshot,
    upload,
)
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db


def judged(*rows):
    """Return the Rows that these lines make, titles first."""
    titles, *lines = rows
    return examine(list(titles), [list(line) for line in lines])


def judge(titles, *cells):
    (row,) = judged(titles, cells)
    return row


def import_file(file, user, **options):
    return importing.import_sheets(key=importing.start_import(upload=file, user=user).pk, by=user, **options)


# --- Its own export changes nothing ---------------------------------------------------------------


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_importing_its_own_export_changes_nothing(extension, coordinator):
    load_seed()
    make_full()
    make_resource(name="=1+1", phone="+33 2 61 91 00 20", summary="'-- ", state=ResourceState.ARCHIVED)
    make_odd()
    before, history = snapshot(), ResourceChange.objects.count()

    draft = importing.start_import(upload=exported_file(extension), user=coordinator)
    rows = importing.read_preview(draft)["rows"]
    done = importing.import_sheets(key=draft.pk, by=coordinator, publish=True, add_twins=True)

    assert [row for row in rows if (row["outcome"], row["notes"]) != (Outcome.SAME, [])] == []
    assert done == importing.Imported(created=0, published=0, changed=0)
    assert (snapshot(), ResourceChange.objects.count()) == (before, history)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_saved_by_another_spreadsheet_is_read_the_same(encoding, delimiter):
    one = make_resource(name="Médiation d’été", hours="Été", summary="Une médiation")
    rows = [[HEADERS["slug"], HEADERS["name"], HEADERS["hours"]], [one.slug, "Médiation d’été", "Été"]]

    headers, lines = read_table(csv_of(rows, encoding=encoding, delimiter=delimiter))

    assert [row.outcome for row in examine(headers, lines)] == [Outcome.SAME]


ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
TROUBLE = st.sampled_from(["=", "'", "'=", "''+", "-", "@", "\t", "\r", "\n", '"', ";", ",", "_x000D_", "\ufffe", " "])
TEXT = st.builds("".join, st.lists(st.one_of(TROUBLE, ANYTHING), max_size=5))


@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), extension=st.sampled_from(["csv", "xlsx"]))
def test_whatever_a_sheet_holds_its_cells_come_back_as_they_were_told(data, extension):
    values = {
        "name": data.draw(TEXT), "offers": data.draw(TEXT), "kind": data.draw(TEXT), "website": data.draw(TEXT),
        "area_communes": data.draw(st.lists(TEXT, max_size=3)), "professions": data.draw(st.lists(TEXT, max_size=2)),
        "vouchers": data.draw(st.sampled_from([None, True, False])), "priority_access": data.draw(st.booleans()),
        "latitude": data.draw(st.none() | st.floats(-90, 90)), "source_date": data.draw(st.none() | st.dates()),
    }  # fmt: skip
    one = Resource(pk=1, slug="fiche", **values)
    one._prefetched_objects_cache = {"needs": [ResourceNeed(need="droit--avocat")]}

    content, _ = exporting.table([one], extension=extension)

    _, (cells,) = read_table(upload(content))
    columns = COLUMNS[1:]
    back = [received(cell, column) for cell, column in zip(cells[1:], columns, strict=False)]
    assert back == [told(written(one, column, ["droit--avocat"]), column) for column in columns][: len(back)]


@given(TEXT)
def test_tidying_twice_is_tidying_once(text):
    assert tidy(tidy(text)) == tidy(text)


# --- What a row does ------------------------------------------------------------------------------


def test_a_new_sheet_begins_as_a_draft_with_every_field_and_its_history(coordinator):
    titles = [column.header for column in COLUMNS if not column.told]
    cells = {
        "name": "Permanence", "kind": "service", "summary": "Un avocat.",
        "needs": "droit--plainte; Être conseillé en droit",
        "professions": "Infirmier, infirmière | sage-femme", "phone": "261910020", "website": "port.example",
        "cost": "GRATUIT", "vouchers": "Non", "on_site": "x", "priority_access": "", "postcode": "1990",
        "latitude": "49,5", "longitude": "0.1", "area_kind": "communes", "area": "Le port",
        "area_communes": "Port-Sauvel ; Montclaret", "charter_signed_on": "2026-01-15", "source_date": "15/01/26",
        "visibility": "pairs écoutants seulement", "own_access": "Un\nDeux",
    }  # fmt: skip
    line = [cells.get(column.name, "") for column in COLUMNS if not column.told]
    content = exporting.csv_bytes(titles, [line])

    done = import_file(upload(content), coordinator)

    one = Resource.objects.get()
    expected = cells | {
        "professions": ["infirmier", "sage-femme"], "phone": "0261910020", "website": "https://port.example",
        "cost": "gratuit", "vouchers": False, "on_site": True, "priority_access": False, "postcode": "01990",
        "latitude": 49.5, "longitude": 0.1, "area_communes": ["Port-Sauvel", "Montclaret"], "visibility": "peers",
        "charter_signed_on": date(2026, 1, 15), "source_date": date(2026, 1, 15),
    }  # fmt: skip
    expected.pop("needs")
    assert done == importing.Imported(created=1, published=0, changed=0)
    assert {name: getattr(one, name) for name in expected} == expected
    assert (one.slug, one.state) == ("permanence", ResourceState.DRAFT)
    assert [need.need for need in one.needs.all()] == ["droit--avocat", "droit--plainte"]
    assert [(change.kind, change.origin, change.by) for change in one.changes.all()] == [
        (ChangeKind.CREATED, ChangeOrigin.IMPORT, coordinator)
    ]
    assert "conseille en droit" in one.search_text


def test_a_change_says_what_changes_and_keeps_it(coordinator):
    one = make_resource(name="Médiation", phone="02 61 91 00 20", needs=["droit--avocat"])
    rows = [["Adresse de la fiche", "Téléphone", "besoins"], [one.slug, "02 61 91 00 21", "droit--ordre"]]
    draft = importing.start_import(upload=csv_of(rows), user=coordinator)

    (row,) = importing.read_preview(draft)["rows"]
    importing.import_sheets(key=draft.pk, by=coordinator)

    one.refresh_from_db()
    assert row["lines"] == [
        ["téléphone", "02 61 91 00 20", "02 61 91 00 21"],
        ["besoins", "Être conseillé en droit", "S’adresser à son Ordre professionnel"],
    ]
    change = one.changes.first()
    assert (change.kind, change.origin, change.by, change.fields) == (
        ChangeKind.EDITED,
        ChangeOrigin.IMPORT,
        coordinator,
        {"phone": ["02 61 91 00 20", "02 61 91 00 21"], "needs": [["droit--avocat"], ["droit--ordre"]]},
    )
    assert (one.phone, [need.need for need in one.needs.all()]) == ("02 61 91 00 21", ["droit--ordre"])
    assert "0261910021" in one.search_text and "ordre professionnel" in one.search_text


def test_a_column_that_is_not_there_leaves_its_field_and_an_empty_cell_empties_it():
    one = make_full()

    row = judge(["Adresse de la fiche", "Horaires"], one.slug, "")

    assert row.changes == {"hours": [FULL["hours"], ""]}


def test_what_is_told_is_not_read_back():
    one = make_full()

    row = judge(["Adresse de la fiche", HEADERS["state"]], one.slug, "Archivée")

    assert (row.outcome, row.notes) == (Outcome.SAME, ["« État » ne s’importe pas : changez-le sur la fiche."])


FAULTS = [
    ("name", "", "« Nom » (cellule A2) : il manque une valeur."),
    ("name", "n" * 161, "« Nom » (cellule A2) : le texte est trop long (161 caractères, 160 au plus)."),
    ("kind", "", "« Nature » (cellule B2) : il manque une valeur."),
    (
        "cost", "cher", "« Coût » (cellule D2) : « cher » n’est pas une valeur possible. "
        "Écrivez : Gratuit ; Remboursé, en tout ou partie ; Payant ; À demander.",
    ),
    (
        "needs", "droit--avocat ; magie", "« Besoins » (cellule D2) : « magie » n’est pas une valeur possible. "
        "L’onglet « Valeurs » du modèle les donne toutes.",
    ),
    (
        "email", "a@b", "« Adresse e-mail » (cellule D2) : « a@b » n’est pas accepté. "
        "Saisissez une adresse de courriel valide.",
    ),
    (
        "website", "java script", "« Site » (cellule D2) : « https://java script » n’est pas accepté. "
        "Saisissez une URL valide.",
    ),
    ("postcode", "7690a", "« Code postal » (cellule D2) : « 7690a » n’est pas accepté. Cinq chiffres."),
    (
        "source_date", "31/02/2026", "« Date de la source » (cellule D2) : « 31/02/2026 » n’est pas une date : "
        "écrivez 31/12/2026.",
    ),
    ("vouchers", "peut-être", "« Accepte les bons » (cellule D2) : « peut-être » : écrivez oui ou non."),
    ("latitude", "nan", "« Latitude » (cellule D2) : « nan » n’est pas un nombre."),
    ("latitude", "49", "Donnez la latitude et la longitude, ou aucune des deux."),
    ("area_kind", "Région", "Nommez la zone couverte."),
    ("remote", "non", "Indiquez si cela se passe sur place, à distance, ou les deux."),
    (
        "offers", "=HYPERLINK(1)", "« Ce que cela apporte » (cellule D2) : c’est une formule ; "
        "écrivez sa valeur à la place.",
    ),
    ("visibility", "", "« Visible par » (cellule D2) : il manque une valeur."),
    (
        "slug", "inconnue", "« Adresse de la fiche » (cellule D2) : aucune fiche n’a l’adresse « inconnue ». "
        "Videz cette cellule pour en créer une.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cell", "sentence"), FAULTS)
def test_a_row_in_error_says_where_and_why(name, cell, sentence):
    given = {"name": "Permanence", "kind": "Service", "remote": "oui"} | {name: cell}

    row = judge([HEADERS[one] for one in given], *given.values())

    assert (row.outcome, [error.replace("\u00a0", " ") for error in row.errors]) == (Outcome.ERROR, [sentence])


def test_a_published_sheet_keeps_what_publishing_wants():
    one = make_resource(name="Médiation")

    row = judge(["Adresse de la fiche", "Téléphone"], one.slug, "")

    assert row.errors == ["Avant de publier, dites en une phrase ce que c’est et comment s’y adresser."]


def test_the_rules_are_judged_in_memory_as_the_database_would():
    cases = [
        {}, {"on_site": False}, {"remote": True, "on_site": False}, {"latitude": 1.0}, {"longitude": 1.0},
        {"latitude": 91.0, "longitude": 1.0}, {"latitude": -90.0, "longitude": 180.0}, {"area_kind": "region"},
        {"area_kind": "region", "area": "Normandie"}, {"state": "published"}, {"state": "published", "summary": ""},
        {"state": "published", "phone": ""}, {"state": "published", "phone": "", "own_access": "Sonnez."},
        {"verified_on": date(2026, 1, 1)}, {"verified_on": date(2026, 1, 1), "verification": "itself"},
        {"verification": "itself"},
    ]  # fmt: skip
    sound = {"name": "x", "slug": "x", "kind": "service", "on_site": True, "summary": "x", "phone": "15"}

    seen = [(broken_rule(Resource(**(sound | case))), refusal_of(Resource(**(sound | case)))) for case in cases]

    assert [pair for pair in seen if pair[0] != pair[1]] == []
    assert len({pair[0] for pair in seen}) == 6


def refusal_of(resource):
    try:
        check_whole(resource)
    except Refusal as refusal:
        return refusal.sentence
    return None


def test_one_sheet_is_changed_by_one_row_alone():
    one = make_resource(name="Médiation")

    rows = judged(["Adresse de la fiche", "Délai habituel"], [one.slug, "1 jour"], [one.get_absolute_url(), "2 jours"])

    assert [(row.outcome, row.errors) for row in rows] == [
        (Outcome.CHANGED, []),
        (Outcome.ERROR, ["« Adresse de la fiche » (cellule A3) : cette fiche est déjà à la ligne 2."]),
    ]


def test_a_sheet_of_another_portal_is_new_even_with_an_address_like_ours(settings):
    settings.SITE_URL = "https://ici.example"
    make_resource(name="Samu", slug="samu")
    titles = ["Adresse de la fiche", "Nom", "Nature", "Sur place"]

    rows = judged(
        titles,
        ["https://ailleurs.example/ressources/samu/", "Samu d’à côté", "service", "oui"],
        ["https://ici.example.pirate/ressources/samu/", "Autre", "service", "oui"],
        ["https://ici.example/ressources/samu/", "Samu", "service", "oui"],
    )

    assert [(row.outcome, row.notes) for row in rows] == [
        (Outcome.NEW, ["Vient d’un autre portail."]),
        (Outcome.NEW, ["Vient d’un autre portail."]),
        (Outcome.SAME, []),
    ]


def test_a_name_that_is_there_already_is_flagged_and_left_out_unless_asked_for(coordinator):
    make_resource(name="Médiation d’été")
    titles = ["Nom", "Nature", "Sur place"]
    rows = [titles, ["MEDIATION D’ETE", "service", "oui"], ["Neuf", "service", "oui"], ["neuf", "service", "oui"]]
    draft = importing.start_import(upload=csv_of(rows), user=coordinator)
    notes = [row["notes"] for row in importing.read_preview(draft)["rows"]]

    left_out = importing.import_sheets(key=draft.pk, by=coordinator)
    asked_for = import_file(csv_of(rows), coordinator, add_twins=True)

    assert notes == [
        ["Une fiche s’appelle déjà ainsi. Pour la modifier, donnez son adresse : mediation-d-ete"],
        [],
        ["Même nom qu’à la ligne 3."],
    ]
    assert (left_out.created, asked_for.created) == (1, 3)
    assert sorted(Resource.objects.values_list("slug", flat=True)) == [
        "mediation-d-ete", "mediation-d-ete-2", "neuf", "neuf-2", "neuf-3",
    ]  # fmt: skip


def test_empty_lines_the_example_and_unknown_columns_are_left_aside(coordinator):
    content, _ = exporting.template("xlsx")
    rows = [["Nom", "Nature", "Sur place", "Météo"], ["", "", "", ""], ["Neuf", "service", "oui", "beau"]]

    from_template = importing.start_import(upload=upload(content), user=coordinator)
    assert outcomes_of(from_template) == [(2, Outcome.EMPTY)]
    draft = importing.start_import(upload=csv_of(rows), user=coordinator)

    assert (outcomes_of(draft), importing.read_preview(draft)["unknown"]) == (
        [(2, Outcome.EMPTY), (3, Outcome.NEW)],
        ["Météo"],
    )


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_example_of_the_template_would_be_a_sound_sheet(extension):
    content, _ = exporting.template(extension)
    headers, (cells,) = read_table(upload(content))

    row = judge(headers, *[cell.replace("(Exemple) ", "") for cell in cells])

    assert (row.outcome, row.errors, row.name) == (Outcome.NEW, [], "Permanence juridique du port")


def test_a_neighbour_s_public_file_is_imported_whole(coordinator, settings):
    settings.SITE_URL = "https://voisine.example"
    make_full(visibility="public")
    content, _ = exporting.SHARED["annuaire.xlsx"]()
    Resource.objects.all().delete()
    settings.SITE_URL = "https://ici.example"

    done = import_file(upload(content), coordinator, publish=True)

    one = Resource.objects.get()
    left = {"visibility", "contact_agreed_on", "verification_email", "internal_note", "verified_on", "verification"}
    same = {name: value for name, value in FULL.items() if name not in left | {"offers", "professions"}}
    assert done == importing.Imported(created=1, published=1, changed=0)
    assert {name: getattr(one, name) for name in same} == same
    assert (one.offers, one.internal_note, one.verified_on) == (FULL["offers"].replace("\r", ""), "", None)


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


def exported_new():
    return csv_of([["Nom", "Nature", "Sur place"], ["Neuf", "service", "oui"]])


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
