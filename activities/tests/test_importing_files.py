"""What may be uploaded in place of an export, and how columns and answers are read."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from activities.services.import_columns import guess_columns, read_member, read_moment, read_profession, split_name
from activities.services.import_files import LIMITS, read_table
from activities.services.import_rows import Purpose, read_row
from activities.tests.exports_of_google import HEADERS, csv_file, row, xlsx_file
from cafe.errors import Refusal
from members.enums import Profession

GOOGLE_DAY = "2023-09-21T18:04:12+02:00"


def archive(parts):
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return content.getvalue()


def with_part(name, text):
    """Return a sound workbook in which one part is replaced."""
    with zipfile.ZipFile(xlsx_file([row(2)])) as book:
        parts = {part: book.read(part) for part in book.namelist()}
    return archive(parts | {name: text})


def entities():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    return f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "ha">{laughs}]><sst><si><t>&l8;</t></si></sst>'


HOSTILE = {
    "page": b"<!doctype html><html><script>alert(1)</script></html>",
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "pdf": b"%PDF-1.7 " + b"x" * 100,
    "old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "bytes": bytes(range(256)) * 20,
    "not a workbook": archive({"mimetype": "text/plain"}),
    "cut": xlsx_file([row(2)]).read()[:2000],
    "bomb": archive({"xl/workbook.xml": "0" * (LIMITS.inflated + 1)}),
    "many parts": archive({f"part{number}.xml": "" for number in range(300)}),
    "entities": with_part("xl/sharedStrings.xml", entities()),
    "hidden entities": with_part("xl/sharedStrings.xml", entities().encode("utf-16")),
    "only headers": b"Nom,Adresse e-mail\n",
    "one column": b"Nom\nPetit\n",
    "huge cell": b'Nom,Email\n"' + b"x" * 200_000 + b'",a\n',
    "too many rows": b"Nom,Email\n" + b"Petit,a@cafe.example\n" * (LIMITS.rows + 1),
    "too many columns": b",".join([b"Nom"] * (LIMITS.columns + 1)) + b"\n" + b"a,b\n",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_export_is_refused_with_a_sentence(content):
    with pytest.raises(Refusal) as refusal:
        read_table(SimpleUploadedFile("reponses.csv", content))

    assert refusal.value.sentence.endswith(".")


def test_a_heavy_file_is_refused_unread():
    upload = SimpleUploadedFile("reponses.csv", b"")
    upload.size = LIMITS.size + 1

    with pytest.raises(Refusal, match="dépasse 2"):
        read_table(upload)


def test_a_lone_cell_at_the_far_end_of_a_sheet_does_not_swell():
    book = Workbook()
    book.active["A1"], book.active["B1"], book.active["XFD1048576"] = "Nom", "Email", "x"
    content = BytesIO()
    book.save(content)

    with pytest.raises(Refusal):
        read_table(SimpleUploadedFile("loin.xlsx", content.getvalue()))


def test_hidden_characters_and_line_breaks_leave_a_cell():
    upload = csv_file([["Petit\u202e", "a\nb\t c"]], headers=["Nom", "Remarques"])

    assert read_table(upload) == (["Nom", "Remarques"], [["Petit", "a b c"]])


def test_what_excel_calls_unicode_text_is_read():
    content = "Nom\tPrénom\r\nPetit\tLéa".encode("utf-16")

    assert read_table(SimpleUploadedFile("reponses.txt", content)) == (["Nom", "Prénom"], [["Petit", "Léa"]])


def test_a_path_in_the_name_of_a_file_does_not_matter():
    assert read_table(csv_file([row(2)], name="../../etc/passwd"))[0] == HEADERS


@pytest.mark.parametrize("upload", [csv_file, xlsx_file])
def test_a_formula_is_shown_as_an_error_and_never_run(upload):
    headers, rows = read_table(upload([["=1+1", "Louise", "=HYPERLINK(1)"]], headers=["Nom", "Prénom", "Adresse"]))

    read = read_row(2, rows[0], columns=guess_columns(headers), headers=headers, purpose=Purpose.ATTENDANCES)

    assert [error.replace("\u00a0", " ") for error in read.errors] == [
        "« Nom » contient une formule : écrivez sa valeur à la place.",
        "Il manque le nom.",
    ]


def test_columns_are_guessed_from_french_headers():
    headers = [
        *("Horodateur", "Nom d’utilisateur", "NOM de famille", "Prénom", "Votre profession ou fonction"),
        *("N° de téléphone portable", "Adhérez-vous à la CPTS ?", "Commune d’exercice professionnel", "Taille"),
    ]
    assert guess_columns(headers) == {
        **{"timestamp": 0, "email": 1, "last_name": 2, "first_name": 3, "profession": 4},
        **{"phone": 5, "cpts_member": 6, "commune": 7},
    }
    assert guess_columns(["Nom et prénom", "Courriel", "Autre e-mail"]) == {"full_name": 0, "email": 1}
    assert guess_columns(["A", ""]) == {}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("21/09/2023 18:04:12", GOOGLE_DAY),
        ("2023-09-21 18:04:12", GOOGLE_DAY),
        ("2023-09-21T16:04:12Z", GOOGLE_DAY),
        ("2023/09/21 6:04:12 PM UTC+2", GOOGLE_DAY),
        ("21/09/2023", "2023-09-21T00:00:00+02:00"),
        ("31/02/2024 10:00:00", None),
        ("hier", None),
        ("0001-01-01", None),
        ("", None),
    ],
)
def test_dates_of_both_formats_are_read_in_the_portal_s_time(text, moment):
    from django.utils import timezone  # noqa: PLC0415

    read = read_moment(text)
    assert (timezone.localtime(read).isoformat() if read else None) == moment


@pytest.mark.parametrize(
    ("text", "profession"),
    [
        ("IDE", Profession.NURSE),
        ("Idel remplaçante", Profession.NURSE),
        ("Infirmier en pratique avancée", Profession.ADVANCED_NURSE),
        ("Kiné", Profession.PHYSIOTHERAPIST),
        ("masseur-kinésithérapeute DE", Profession.PHYSIOTHERAPIST),
        ("MG", Profession.GENERAL_PRACTITIONER),
        ("médecin généraliste", Profession.GENERAL_PRACTITIONER),
        ("Médecin", Profession.GENERAL_PRACTITIONER),
        ("interne en médecine générale", Profession.STUDENT),
        ("Pédiatre", Profession.SPECIALIST),
        ("Chirurgien dentiste", Profession.DENTIST),
        ("sage femme", Profession.MIDWIFE),
        ("Sage-femme", Profession.MIDWIFE),
        ("secrétaire médicale", Profession.EMPLOYEE),
        ("Préparatrice en pharmacie", Profession.PHARMACY_TECHNICIAN),
        ("Pharmacienne", Profession.PHARMACIST),
        ("Psychologue", Profession.PSYCHOLOGIST),
        ("naturopathe", None),
        ("", None),
    ],
)
def test_professions_are_recognised_as_people_write_them(text, profession):
    assert read_profession(text) == profession


@pytest.mark.parametrize(
    ("text", "member"),
    [("Oui", True), ("oui, depuis 2021", True), ("NON", False), ("Je ne sais pas", None), ("", None)],
)
def test_membership_is_read_or_left_unknown(text, member):
    assert read_member(text) is member


@pytest.mark.parametrize(
    ("text", "header", "name"),
    [
        ("LE GOFF Anne", "Nom et prénom", ("Anne", "LE GOFF")),
        ("Anne LE GOFF", "Nom et prénom", ("Anne", "LE GOFF")),
        ("Le Goff Anne", "Nom et prénom", ("Anne", "Le Goff")),
        ("Anne Le Goff", "Prénom et nom", ("Anne", "Le Goff")),
        ("Anne", "Nom et prénom", ("", "Anne")),
        ("", "Nom et prénom", ("", "")),
    ],
)
def test_a_name_in_one_column_is_split(text, header, name):
    assert split_name(text, header) == name
