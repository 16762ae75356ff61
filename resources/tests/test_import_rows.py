"""What each row of an imported table does, and what is said where it is in error."""

from datetime import date

import pytest

from cafe.errors import Refusal
from resources.enums import ChangeKind, ChangeOrigin, ResourceState
from resources.exchange.columns import COLUMNS
from resources.exchange.tables import read_table
from resources.models import Resource
from resources.services import exporting, importing
from resources.services.import_rows import Outcome
from resources.services.rules import broken_rule
from resources.services.sheets import check_whole
from resources.tests.exchange import (
    FULL,
    HEADERS,
    csv_of,
    import_file,
    judge,
    judged,
    make_full,
    outcomes_of,
    upload,
)
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db


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
