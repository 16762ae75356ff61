import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from data_inclusion.schema.v1 import Service, Structure, Thematique
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cafe import pdf
from cafe.models import Document
from resources.enums import ResourceState, Visibility
from resources.exchange import data_inclusion, hsds
from resources.exchange.columns import COLUMNS, SHARED_COLUMNS
from resources.forms.sheets import FIELDS
from resources.models import Resource, ResourceNeed
from resources.needs import NEED_BY_SLUG
from resources.services import exporting
from resources.services.seeding import load_seed
from resources.services.sheets import archive_sheet, suspend_sheet
from resources.tests.exchange import FULL, HEADERS, cells_of, make_full, make_odd
from resources.tests.factories import make_resource
from resources.tests.test_visibility import OPEN, browser_of

pytestmark = pytest.mark.django_db
HSDS_SCHEMA = Path(settings.BASE_DIR).parent / "shared" / "schemas" / "hsds-service.json"
CONTACT = ("02 61 91 00 99", "louise@cafe.example", "3 rue du Bac", "louise.example", "Sonnez au 3.", "48.123")


def shared(name):
    content, _ = exporting.SHARED[name]()
    return content


def faults(document):
    """Return what data.inclusion's own models find wrong, warnings included."""
    strict = {"ignore_warnings": False}
    for one in document["structures"]:
        Structure.model_validate(one, context=strict)
    for one in document["services"]:
        Service.model_validate(one, context=strict)
    unknown = [set(one) - set(Structure.model_fields) for one in document["structures"]]
    return unknown + [set(one) - set(Service.model_fields) for one in document["services"]]


@pytest.fixture(scope="module")
def hsds_schema():
    if not HSDS_SCHEMA.exists():
        pytest.skip("The schema of HSDS lies outside the project, and is not on this machine.")
    schema = json.loads(HSDS_SCHEMA.read_text())
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


# --- What leaves, and what does not ---------------------------------------------------------------


@pytest.mark.parametrize("name", exporting.SHARED)
def test_a_shared_file_holds_public_published_sheets_and_no_other(name):
    for level in Visibility:
        for state in ResourceState:
            make_resource(name=f"Zébulon {level} {state}", visibility=level, state=state)

    text = str(readable(name))
    found = {(level, state) for level in Visibility for state in ResourceState if f"Zébulon {level} {state}" in text}
    assert found == {(Visibility.PUBLIC, ResourceState.PUBLISHED)}


@pytest.mark.parametrize("who", OPEN)
def test_a_shared_file_is_the_same_for_everyone(who):
    make_resource(name="Pour tous")
    make_resource(name="Pour les pairs", visibility=Visibility.PEERS)
    make_resource(name="Avec un compte", visibility=Visibility.ACCOUNT)

    response = browser_of(who).get(reverse("resources_open_data_file", args=["annuaire.csv"]))

    assert [row[HEADERS["name"]] for row in cells_of(response.content)] == ["Pour tous"]


@pytest.mark.parametrize("name", exporting.SHARED)
def test_a_person_s_contact_leaves_only_with_that_person_s_agreement(name):
    fields = {
        "kind": "personne", "phone": CONTACT[0], "email": CONTACT[1], "address": CONTACT[2], "postcode": "76990",
        "website": f"https://{CONTACT[3]}", "own_access": CONTACT[4], "referral_access": CONTACT[4],
        "commune": "Port-Sauvel", "latitude": 48.123, "longitude": 1.5,
    }  # fmt: skip
    shy = make_resource(name="Louise", **fields)
    without = str(readable(name))
    Resource.objects.filter(pk=shy.pk).update(contact_agreed_on="2026-01-05")
    agreed = str(readable(name))

    hidden = [any(word in without for word in spellings(one)) for one in CONTACT]
    shown = [any(word in agreed for word in spellings(one)) for one in CONTACT]
    assert (hidden, shown) == ([False] * 6, [True] * 6)


def spellings(word):
    return {word, word.replace(".", ","), f"+33{word[1:].replace(' ', '')}"}


def readable(name):
    content = shared(name)
    return json.loads(content) if name.endswith(".json") else cells_of(content)


@pytest.mark.parametrize("name", exporting.SHARED)
def test_what_is_for_the_coordination_never_leaves(name):
    make_full(visibility="public", internal_note="Secret de la coordination")

    text = str(readable(name))

    told = ("Secret de la coordination", "interne@port.example", "(interne", "accord")
    assert [word for word in told if word in text] == []


def test_the_coordination_s_own_export_says_everything_and_marks_what_stays(desk):
    make_full(state=ResourceState.SUSPENDED)

    response = desk.get(reverse("manage_resources_export", args=["csv"]))

    (row,) = cells_of(response.content)
    assert list(row) == [column.header for column in COLUMNS]
    assert {column.name: row[column.header] for column in COLUMNS if column.internal} == {
        "state": "Suspendue",
        "visibility": "Pairs écoutants seulement",
        "contact_agreed_on": "05/01/2026",
        "verification_email": "interne@port.example",
        "internal_note": "''=SOMME(1) est du texte\net ceci aussi",
    }
    assert all(("(interne" in column.header) == column.internal for column in COLUMNS)
    assert response["Cache-Control"] == "no-store"


def test_every_field_of_the_form_has_its_column():
    assert set(FIELDS) - {column.name for column in COLUMNS} == set()
    assert {column.name for column in COLUMNS} - {column.name for column in SHARED_COLUMNS} == {
        "state", "visibility", "contact_agreed_on", "verification_email", "internal_note",
    }  # fmt: skip


# --- The coordination's export --------------------------------------------------------------------


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_export_is_the_list_as_it_is_filtered_and_sorted(desk, extension):
    make_resource(name="Avocate", verified_on="2026-03-01", verification="source")
    make_resource(name="Brouillon", state=ResourceState.DRAFT)
    make_resource(name="Zoé", verified_on="2026-01-01", verification="source")

    address = reverse("manage_resources_export", args=[extension])
    response = desk.get(f"{address}?etat=published&tri=verified_on")

    assert [row[HEADERS["name"]] for row in cells_of(response.content)] == ["Zoé", "Avocate"]


def test_another_extension_is_nowhere(desk):
    answers = [desk.get(reverse(f"manage_resources_{what}", args=["ods"])) for what in ("export", "template")]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_long_list_is_written_by_a_worker(desk, coordinator, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    for name in ("Avocate", "Zoé"):
        make_resource(name=name)

    response = desk.get(reverse("manage_resources_export", args=["xlsx"]))

    document = Document.objects.get()
    assert (response["Location"], document.requested_by) == (pdf.page_of(document), coordinator)
    pdf.make_document(str(document.pk))
    given = desk.get(reverse("document_file", args=[document.pk]))
    assert [row[HEADERS["name"]] for row in cells_of(b"".join(given.streaming_content))] == ["Avocate", "Zoé"]


@pytest.mark.parametrize("name", [*exporting.SHARED, "csv", "xlsx"])
def test_a_file_costs_the_same_whatever_the_number_of_sheets(name, desk):
    costs, made = [], 0
    make = exporting.SHARED.get(name) or (lambda: desk.get(reverse("manage_resources_export", args=[name])))
    for wanted in (1, 3, 40):
        for _ in range(wanted - made):
            make_resource()
        made = wanted
        with CaptureQueriesContext(connection) as queries:
            make()
        costs.append(len(queries))

    assert len(set(costs)) == 1


# --- Public addresses -----------------------------------------------------------------------------


def test_who_comes_back_gets_the_file_again_only_where_the_directory_changed():
    one = make_resource(name="Avocate")
    address = reverse("resources_open_data_file", args=["hsds.json"])
    client = Client()
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    other = client.get(reverse("resources_open_data_file", args=["annuaire.csv"]))
    suspend_sheet(resource=one)
    after = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert [again.status_code, after.status_code, other["ETag"] == first["ETag"]] == [304, 200, False]
    assert (first["Cache-Control"], first.cookies) == ("public, max-age=600", {})


@pytest.mark.parametrize("name", exporting.SHARED)
def test_a_file_is_made_once_for_everybody_until_a_sheet_changes(name, client, django_assert_num_queries):
    one, _ = make_resource(name="Avocate"), make_resource(name="Médiation")
    address = reverse("resources_open_data_file", args=[name])
    first = client.get(address).content

    with django_assert_num_queries(2):  # the mark: to know the version, then what is kept of it
        again = client.get(address).content
    archive_sheet(resource=one)

    assert (again, client.get(address).content == first) == (first, False)


def test_a_file_that_is_not_shared_is_nowhere_and_no_sheet_takes_the_address(client):
    assert client.get("/ressources/export/annuaire.ods").status_code == 404
    assert make_resource(name="Export").slug == "export-2"
    assert "Reprendre cet annuaire" in client.get("/ressources/export/").content.decode()


# --- data.inclusion -------------------------------------------------------------------------------


def test_the_seed_is_valid_data_inclusion():
    load_seed()

    document = json.loads(shared("data-inclusion.json"))

    assert [found for found in faults(document) if found] == []
    assert len(document["structures"]) == len(document["services"]) == Resource.objects.public().count()


def test_odd_sheets_are_valid_data_inclusion():
    make_odd()
    for name in ("15", "Maison des soignants.", "x" * 160, "Aides, conseils, etc."):
        make_resource(name=name, summary="Ici")
    Resource.objects.filter(name="15").update(email="a@b.test", website="ftp://x.example", phone="114")

    document = json.loads(shared("data-inclusion.json"))

    assert [found for found in faults(document) if found] == []


def test_a_sheet_is_told_whole_in_data_inclusion(time_machine, settings):
    settings.SITE_URL = "https://cafe.cpts.example"
    time_machine.move_to(datetime(2026, 3, 1, 12, tzinfo=UTC))
    make_full(visibility="public", name="Permanence du port", offers="Un entretien.")

    document = json.loads(shared("data-inclusion.json"))

    both = {
        "source": "cafe-cpts-example",
        "nom": "Permanence du port",
        "description": (
            "Un avocat répond ; le mardi, « sans rendez-vous ».\n\nUn entretien."
            "\n\nCe que cela n’est pas : -- ni défense, ni urgence"
        ),
        "date_maj": "2026-03-01",
        "lien_source": "https://cafe.cpts.example/ressources/permanence-du-port/",
        "commune": "Port-Sauvel",
        "code_postal": "01990",
        "adresse": "2 quai des Brumes",
        "latitude": 49.123456789,
        "longitude": -0.1,
        "telephone": "+33261910020",
        "courriel": "permanence@port.example",
    }
    assert document["structures"] == [
        both | {"id": "cafe-cpts-example--permanence-du-port", "site_web": FULL["website"]}
    ]
    assert document["services"] == [
        both
        | {
            "id": "cafe-cpts-example--permanence-du-port--service",
            "structure_id": "cafe-cpts-example--permanence-du-port",
            "thematiques": sorted({data_inclusion.ACCESS_TO_RIGHTS, data_inclusion.COURT}),
            "frais": None,
            "frais_precisions": "Remboursé, en tout ou partie. 0 € au premier entretien",
            "publics": ["actifs"],
            "publics_precisions": "Professionnels de santé : Sage-femme ; Infirmier, infirmière",
            "conditions_acces": "Zone couverte : Le port (Port-Sauvel, L’Aigrefin)",
            "zone_eligibilite": None,
            "modes_accueil": ["en-presentiel", "a-distance"],
            "lien_mobilisation": FULL["website"],
            "modes_mobilisation": ["telephoner", "envoyer-un-courriel", "utiliser-lien-mobilisation"],
            "mobilisable_par": ["usagers", "professionnels"],
            "mobilisation_precisions": (
                "Pour soi : => appelez le mardi\nPour un collègue : Donnez-lui le numéro, puis rappelez-la."
                "\nHoraires : Mardi, 12 h 30 - 14 h\nDélai habituel : 2 jours\nÀ savoir : @ fermé en août"
            ),
        }
    ]


def test_needs_are_told_by_themes_that_data_inclusion_knows():
    assert set(data_inclusion.THEMATIQUES) <= set(NEED_BY_SLUG)
    assert set(data_inclusion.THEMATIQUES.values()) <= {one.value for one in Thematique}


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=160), email=st.emails() | texts, website=texts, phone=texts, summary=texts)
def test_any_sheet_is_valid_in_both_formats(name, email, website, phone, summary):
    one = in_memory(name=name, email=email, website=website, phone=phone, summary=summary)

    document = data_inclusion.document([one])

    assert [found for found in faults(document) if found] == []
    json.dumps(hsds.document([one]))


def in_memory(needs=("droit--avocat",), **fields):
    one = Resource(pk=1, slug="fiche", kind="service", remote=True, **fields)
    one.updated_at = datetime(2026, 1, 1, tzinfo=UTC)
    one._prefetched_objects_cache = {"needs": [ResourceNeed(need=need) for need in needs]}
    return one


# --- Open Referral HSDS ---------------------------------------------------------------------------


def test_every_service_is_valid_hsds(hsds_schema):
    load_seed()
    make_full(visibility="public")
    make_odd()

    page = json.loads(shared("hsds.json"))

    found = [(one["name"], error.message) for one in page["contents"] for error in hsds_schema.iter_errors(one)]
    assert found == []
    assert (page["total_items"], page["empty"]) == (Resource.objects.public().count(), False)


def test_no_service_says_what_the_schema_does_not_know(hsds_schema):
    make_full(visibility="public")

    (service,) = json.loads(shared("hsds.json"))["contents"]

    definitions = hsds_schema.schema["definitions"]
    places = [one["location"] for one in service["service_at_locations"]]
    told = [
        (service, hsds_schema.schema), (service["organization"], definitions["organization"]),
        *((one, definitions["location"]) for one in places),
        *((one, definitions["address"]) for one in places[0]["addresses"]),
        *((one, definitions["phone"]) for one in service["phones"]),
        *((one, definitions["cost_option"]) for one in service["cost_options"]),
        *((one["taxonomy_term"], definitions["taxonomy_term"]) for one in service["attributes"]),
    ]  # fmt: skip
    assert [set(one) - set(schema["properties"]) for one, schema in told] == [set()] * len(told)


def test_a_service_keeps_its_identifier_from_one_export_to_the_next():
    one = make_full(visibility="public")
    first = json.loads(shared("hsds.json"))["contents"][0]
    Resource.objects.filter(pk=one.pk).update(name="Autre nom")
    second = json.loads(shared("hsds.json"))["contents"][0]

    assert (first["id"], first["organization_id"]) == (second["id"], second["organization_id"])
    assert first["organization"]["id"] == first["organization_id"] != first["id"]


def test_an_empty_directory_is_shared_as_empty(hsds_schema):
    assert json.loads(shared("hsds.json"))["contents"] == []
    assert json.loads(shared("data-inclusion.json")) == {"structures": [], "services": []}
