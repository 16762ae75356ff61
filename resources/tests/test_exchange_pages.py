"""The pages by which the coordination exchanges the directory, and what is sent there that is no table."""

import uuid
import zipfile
from io import BytesIO

import pytest
from django.contrib.messages import get_messages
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from cafe import pdf
from cafe.models import Document, DocumentState
from cafe.spreadsheets import NOT_A_TABLE, UNREADABLE
from members.enums import Role
from members.tests.factories import make_user
from resources.exchange.columns import READ_COLUMNS
from resources.exchange.tables import LIMITS, NO_HEADER, NO_ROW
from resources.models import Resource
from resources.services import importing
from resources.tests.exchange import csv_of, upload
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db
PAGE = "manage_resources_exchange"
TITLES = ["Nom", "Nature", "Sur place"]


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def text_of(response):
    return response.content.decode().replace("&nbsp;", " ").replace("\u00a0", " ")


def send(desk, file):
    return desk.post(reverse(PAGE), {"file": file})


def preview_of(desk, *rows):
    """Send a table and return the address of its preview."""
    return send(desk, csv_of(rows))["Location"]


def book(*rows):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    content = BytesIO()
    made.save(content)
    return content.getvalue()


def archive(**parts):
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name.replace("__", "/") + ".xml", part)
    return content.getvalue()


NO_TABLES = {
    "nothing": (b"", "Ce fichier est vide."),
    "blank": (b"\r\n\r\n", NO_HEADER),
    "titles alone": (b"Nom;Nature\r\n", NO_ROW),
    "page": (b"<html><body>Nom;Nature</body></html>", NOT_A_TABLE),
    "pdf": (b"%PDF-1.7 whatever", NOT_A_TABLE),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), NOT_A_TABLE),
    "nul": (b"Nom;Nature\r\nA\x00;service", NOT_A_TABLE),
    "half a pair in utf-16": ("\ufeffNom".encode("utf-16-le") + b"\x00\xd8", NOT_A_TABLE),
    "byte that no code page has": (b"Nom;Nature\r\n\x81\x8d;service", NOT_A_TABLE),
    "endless quote": (b'Nom;Nature\r\n"' + b"a" * 200_000, NOT_A_TABLE),
    "truncated archive": (b"PK\x03\x04" + b"\x00" * 100, UNREADABLE),
    "archive of something else": (archive(word__document="<a/>"), UNREADABLE),
    "xml with entities": (archive(xl__workbook='<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), UNREADABLE),
    "bomb": (archive(xl__workbook=b"0" * (LIMITS.inflated + 1)), UNREADABLE),
    "other titles": (b"Couleur;Taille\r\nbleu;grand", "Aucune colonne « Nom » ni « Adresse de la fiche »"),
    "too many lines": (b"Nom\r\n" + b"a\r\n" * (LIMITS.rows + 1), LIMITS.too_many),
    "too wide": (b";".join([b"Nom"] * 81) + b"\r\na", LIMITS.too_many),
}


@pytest.mark.parametrize(("content", "sentence"), NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_table_is_refused_with_a_sentence(desk, content, sentence):
    response = send(desk, upload(content, "annuaire.xlsx"))

    assert (response.status_code, sentence in text_of(response), Document.objects.count()) == (200, True, 0)


def test_a_heavy_file_is_refused_and_so_is_none(desk):
    heavy = send(desk, upload(b"Nom\r\n" + b"a" * LIMITS.size))
    none = desk.post(reverse(PAGE))

    assert LIMITS.too_large in text_of(heavy)
    assert "Choisissez un fichier." in text_of(none)


def test_a_file_is_told_by_its_content_and_a_far_cell_does_not_swell(desk):
    content = book(TITLES, ["Neuf", "service", True], [None] * 70 + [None])

    response = send(desk, upload(content, "photo.csv"))

    page = text_of(desk.get(response["Location"]))
    assert ("photo.csv" in page, "Nouvelle fiche" in page) == (True, True)


def test_a_table_is_looked_at_then_imported(desk):
    one = make_resource(name="Médiation", phone="02 61 91 00 20")
    address = preview_of(
        desk,
        ["Adresse de la fiche", *TITLES, "Téléphone", "Météo"],
        [one.slug, "Médiation", "service", "oui", "02 61 91 00 21", "beau"],
        ["", "Neuf", "service", "oui", "", ""],
    )

    page = text_of(desk.get(address))
    untouched = Resource.objects.count()
    response = desk.post(address, {"publish": "on"})

    assert "Téléphone : 02 61 91 00 20 → 02 61 91 00 21" in page
    assert "Colonnes non reconnues, laissées de côté" in page
    assert (untouched, Resource.objects.count(), response["Location"]) == (1, 2, reverse("manage_resources"))
    assert told(response)[-1:] == ["C’est importé. Fiches ajoutées : 1. Fiches modifiées : 1."]


def test_a_row_in_error_is_shown_first_and_blocks_until_it_may_be_left_out(desk):
    address = preview_of(desk, TITLES, ["Neuf", "service", "oui"], ["", "service", "oui"])

    page = desk.get(address)
    refused = desk.post(address)
    done = desk.post(address, {"skip_errors": "on"})

    assert [row["number"] for row in page.context["page_obj"]] == [3, 2]
    assert list(page.context["form"].fields) == ["publish", "skip_errors"]
    assert "Rien n’est importé. Ligne 3 : « Nom » (cellule A3) : il manque une valeur." in text_of(refused)
    assert told(done)[-1:] == ["C’est importé. Fiches ajoutées : 1. Fiches modifiées : 0."]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["", "service", "oui"]], "Rien à importer en l’état"),
        ([["Médiation", "", ""]], "Rien à importer en l’état"),
        ([["(Exemple) Médiation", "", ""]], "Il n’y a rien à importer"),
    ],
)
def test_nothing_to_import_is_said_without_a_button(desk, rows, sentence):
    page = text_of(desk.get(preview_of(desk, TITLES, *rows)))

    assert (sentence in page, "Importer</button>" in page) == (True, False)


def test_rows_that_change_nothing_are_counted_and_not_listed(desk):
    one = make_resource(name="Médiation")
    address = preview_of(desk, ["Adresse de la fiche", "Nom"], [one.slug, "Médiation"])

    response = desk.get(address)

    assert (list(response.context["page_obj"]), response.context["totals"]) == ([], [("Rien ne change", 1)])


def test_a_file_given_up_is_forgotten_and_a_file_that_is_gone_is_said(desk):
    address = preview_of(desk, TITLES, ["Neuf", "service", "oui"])

    waiting = text_of(desk.get(reverse(PAGE)))
    gave_up = desk.post(f"{address}abandonner/")
    gone = [desk.get(address), desk.post(address)]

    assert ("annuaire.csv" in waiting, told(gave_up)[-1:]) == (
        True,
        ["Le fichier est oublié. Rien n’a été importé."],
    )
    assert [(one["Location"], told(one)[-1:]) for one in gone] == [(reverse(PAGE), [importing.GONE])] * 2


def test_another_coordinator_s_file_is_not_there(desk):
    address = preview_of(desk, TITLES, ["Neuf", "service", "oui"])
    other = Client()
    other.force_login(make_user(role=Role.COORDINATION, second_factor=True))

    answers = [other.get(address), other.post(address), other.post(f"{address}abandonner/")]

    assert [one.status_code for one in answers] == [302, 302, 302]
    assert (Resource.objects.count(), Document.objects.count()) == (0, 1)


def test_a_file_whose_content_is_lost_is_said_to_be_gone(desk):
    address = preview_of(desk, TITLES, ["Neuf", "service", "oui"])
    Document.objects.get().file.delete(save=False)

    assert told(desk.get(address))[-1:] == [importing.GONE]


def test_rows_that_are_lost_import_nothing(desk):
    address = preview_of(desk, TITLES, ["Neuf", "service", "oui"])
    default_storage.delete(Document.objects.get().params["stored"])

    response = desk.post(address)

    assert (importing.GONE.replace("\xa0", " ") in text_of(response), Resource.objects.count()) == (True, 0)


def test_a_long_file_waits_for_a_worker_then_is_shown_and_imported_by_one(desk, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    address = preview_of(desk, TITLES, ["Neuf", "service", "oui"])

    before = text_of(desk.get(address))
    too_soon = desk.post(address)["Location"]
    pdf.make_document(str(Document.objects.get().pk))
    after = text_of(desk.get(address))
    response = desk.post(address)

    report = Document.objects.get(kind=importing.REPORT_KIND)
    assert ("1 ligne à lire" in before, "Nouvelle fiche" in after) == (True, True)
    assert (too_soon, response["Location"]) == (address, pdf.page_of(report))
    pdf.make_document(str(report.pk))
    assert Resource.objects.get().name == "Neuf"


def test_a_file_that_could_not_be_read_is_said(desk, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    address = preview_of(desk, TITLES, ["Neuf", "service", "oui"])
    Document.objects.update(state=DocumentState.FAILED)

    assert "Ce fichier n’a pas pu être lu" in text_of(desk.get(address))


def test_a_draft_that_never_was_leads_back(desk):
    response = desk.get(reverse("manage_resources_import", args=[uuid.uuid4()]))

    assert (response["Location"], told(response)) == (reverse(PAGE), [importing.GONE])


def test_the_template_explains_every_column_and_every_value(desk):
    response = desk.get(reverse("manage_resources_template", args=["xlsx"]))

    made = load_workbook(BytesIO(response.content))
    guide = [row[0] for row in made["Mode d’emploi"].iter_rows(min_row=2, values_only=True)]
    known = [row[:2] for row in made["Valeurs"].iter_rows(min_row=2, values_only=True)]
    headers = [column.header for column in READ_COLUMNS]
    assert (made.sheetnames, [cell.value for cell in made["Fiches"][1]], guide) == (
        ["Fiches", "Mode d’emploi", "Valeurs"],
        headers,
        headers,
    )
    assert {("Coût", "Gratuit"), ("Besoins", "droit--avocat"), ("Visible par (interne)", "Tout le monde")} <= set(known)
