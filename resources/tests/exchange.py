"""What the tests of the exchange share: a sheet with every field filled, files to send, and how they are read back."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from resources.exchange.columns import COLUMNS
from resources.exchange.tables import read_table
from resources.models import Resource
from resources.services import exporting, importing
from resources.services.import_rows import examine
from resources.tests.factories import make_resource

FULL = {
    "name": "Permanence « droit & soin »",
    "kind": "association",
    "summary": "Un avocat répond ; le mardi, « sans rendez-vous ».",
    "offers": "Un entretien.\r\n\r\n- gratuit\r\n- confidentiel",
    "offers_not": "-- ni défense, ni urgence",
    "professions": ["sage-femme", "infirmier"],
    "own_access": "=> appelez le mardi",
    "referral_access": "Donnez-lui le numéro, puis rappelez-la.",
    "phone": "+33 2 61 91 00 20",
    "email": "permanence@port.example",
    "website": "https://permanence.example/?a=1&b=2",
    "contact_agreed_on": date(2026, 1, 5),
    "hours": "Mardi, 12 h 30 - 14 h",
    "delay": "2 jours",
    "priority_access": True,
    "cost": "rembourse",
    "cost_words": "0 € au premier entretien",
    "vouchers": False,
    "languages": "français, العربية",
    "accessibility": "De plain-pied 🦽",
    "on_site": True,
    "remote": True,
    "address": "2 quai des Brumes",
    "postcode": "01990",
    "commune": "Port-Sauvel",
    "latitude": 49.123456789,
    "longitude": -0.1,
    "area_kind": "communes",
    "area": "Le port",
    "area_communes": ["Port-Sauvel", "L’Aigrefin"],
    "charter_signed_on": date(2025, 12, 31),
    "diu_trained": True,
    "verified_on": date(2026, 2, 3),
    "verification": "itself",
    "verification_email": "interne@port.example",
    "alert_note": "@ fermé en août",
    "internal_note": "'=SOMME(1) est du texte\n\tet ceci aussi",
    "visibility": "peers",
    "source": "Site de la permanence",
    "source_date": date(1899, 5, 4),
}
# What no form would let in, and which a sheet may hold all the same: a program wrote it, or the rules have changed.
ODD = {
    "kind": "d-antan",
    "professions": ["medecin-generaliste", "métier disparu"],
    "own_access": "  espaces  \x0b et \x1f contrôles \u202e ",
    "website": "pas une adresse",
    "phone": "0261910020 / 3114",
    "email": "pas une adresse",
    "postcode": "7660",
    "area_communes": ["", " ", "A | B", "C ; D"],
    "summary": "''=deux apostrophes",
    "offers": "a\rb\u2028c",
    "internal_note": "_x0041_ et \ufffe",
    "latitude": 1e-7,
    "longitude": 0.30000000000000004,
    "source_date": date(987, 1, 2),
    "cost": "x",
}


def make_full(**fields):
    return make_resource(needs=["droit--plainte", "droit--avocat"], **(FULL | fields))


def make_odd():
    """Make a sheet that holds what its form would refuse."""
    one = make_resource(name="Fiche étrange")
    Resource.objects.filter(pk=one.pk).update(**ODD)
    return one


def upload(content, name="annuaire.csv"):
    return SimpleUploadedFile(name, content)


def csv_of(rows, encoding="utf-8-sig", delimiter=";"):
    """Return a small CSV: its cells must need no quotes."""
    return upload("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))


def exported_file(extension):
    """Return the coordination's own export of all sheets, as a file to send back."""
    keys = list(Resource.objects.values_list("pk", flat=True))
    return upload(exporting.table(exporting.listed(keys), extension=extension)[0], f"annuaire.{extension}")


def cells_of(content):
    """Return the sheets of a table as [{title of the column: text}]."""
    headers, rows = read_table(upload(content))
    return [dict(zip(headers, row, strict=False)) for row in rows]


def outcomes_of(draft):
    return [(row["number"], row["outcome"]) for row in importing.read_preview(draft)["rows"]]


def snapshot():
    """Return everything that the directory says, needs and search text included; not when it was last touched."""
    names = [field.name for field in Resource._meta.fields if field.name != "updated_at"]
    return [
        ({name: getattr(one, name) for name in names}, sorted(need.need for need in one.needs.all()))
        for one in Resource.objects.order_by("pk")
    ]


def exported_new():
    return csv_of([["Nom", "Nature", "Sur place"], ["Neuf", "service", "oui"]])


def said(document):
    """Return the text of a document's file."""
    with document.file.open("rb") as file:
        return file.read().decode("utf-8-sig")


def judged(*rows):
    """Return the Rows that these lines make, titles first."""
    titles, *lines = rows
    return examine(list(titles), [list(line) for line in lines])


def judge(titles, *cells):
    (row,) = judged(titles, cells)
    return row


def import_file(file, user, **options):
    return importing.import_sheets(key=importing.start_import(upload=file, user=user).pk, by=user, **options)


HEADERS = {column.name: column.header for column in COLUMNS}
