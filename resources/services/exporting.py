"""The directory as files: the whole of it for the coordination, what is public for neighbours, an empty template."""

import json
from functools import partial
from io import BytesIO

from cafe import pdf
from cafe.exports import CSV_TYPE, XLSX_TYPE, csv_bytes, safe_text, xlsx_bytes
from resources.exchange import data_inclusion, hsds
from resources.exchange.cells import exported, written
from resources.exchange.columns import ADDRESS, COLUMNS, READ_COLUMNS, SHARED_COLUMNS
from resources.exchange.sharing import address_of, shareable
from resources.models import Resource
from resources.services.indexing import current_mark

KIND = "resources_export"
AT_ONCE = 500  # sheets; more are written by a worker
TABLES = {"csv": (csv_bytes, CSV_TYPE), "xlsx": (xlsx_bytes, XLSX_TYPE)}
JSON_TYPE = "application/json; charset=utf-8"
WIDE, NARROW = 42, 18


def row_of(resource, columns):
    """Return the cells of a sheet. Wants needs prefetched."""
    needs = [need.slug for need in resource.need_list]
    cells = (address_of(resource) if column is ADDRESS else written(resource, column, needs) for column in columns)
    return [exported(cell) for cell in cells]


def table(resources, *, extension, columns=COLUMNS):
    """Return (bytes, content type) of the sheets as « csv » or « xlsx », one a line. Raises KeyError for another."""
    make, content_type = TABLES[extension]
    header = [column.header for column in columns]
    return make(header, [row_of(resource, columns) for resource in resources]), content_type


def listed(keys):
    """Return the sheets of these keys in their order, as exports want them: two statements."""
    order = {key: position for position, key in enumerate(keys)}
    found = Resource.objects.filter(pk__in=keys).for_display().defer("search_text")
    return sorted(found, key=lambda sheet: order[sheet.pk])


def request_table(keys, extension, filename, *, user):
    """Have a worker write a long export, for this person alone; return its Document."""
    params = {"extension": extension, "keys": keys}
    return pdf.request_document(kind=KIND, params=params, filename=filename, user=user)


def table_document(extension, keys):
    """Make the export in a worker: a kind of document (cafe.pdf). The list was filtered by whoever asked."""
    return table(listed(keys), extension=extension)


# --- For neighbours -------------------------------------------------------------------------------


def public_sheets():
    """Return what may leave the portal, in two statements."""
    return Resource.objects.public().for_display().defer("search_text").order_by("name", "pk")


def shared_table(extension):
    return table(map(shareable, public_sheets()), extension=extension, columns=SHARED_COLUMNS)


def shared_json(make):
    content = json.dumps(make(public_sheets()), ensure_ascii=False)
    # A lone surrogate, should one ever be stored, is no reason to withhold the rest.
    return content.encode("utf-8", "replace"), JSON_TYPE


# File name: what makes (bytes, content type) of it.
SHARED = {
    "data-inclusion.json": partial(shared_json, data_inclusion.document),
    "hsds.json": partial(shared_json, hsds.document),
    "annuaire.csv": partial(shared_table, "csv"),
    "annuaire.xlsx": partial(shared_table, "xlsx"),
}
_kept = {}


def shared_file(name):
    """Return (bytes, content type) of a public file. Raises KeyError for another name.

    Anybody may ask, and thousands of sheets take seconds: each process makes a file anew only where the directory has
    changed. The mark is read before the sheets: what is kept may be newer than its mark, never older.
    """
    mark = current_mark()
    if mark is None or _kept.get(name, (None,))[0] != mark:
        _kept[name] = (mark, SHARED[name]())
    return _kept[name][1]


# --- The template ---------------------------------------------------------------------------------


def template(extension):
    """Return (bytes, content type) of a table to fill in: titles and an example, in XLSX with what may be written."""
    header, example = [column.header for column in READ_COLUMNS], [column.example for column in READ_COLUMNS]
    if extension == "xlsx":
        return template_book(header, example), XLSX_TYPE
    return csv_bytes(header, [example]), CSV_TYPE


def template_book(header, example):
    """Return the workbook: « Fiches » to fill in, « Mode d’emploi » column by column, « Valeurs » that are known."""
    from openpyxl import Workbook  # noqa: PLC0415  weighs on every web worker's memory

    book = Workbook()
    fill(book.active, "Fiches", [header, example], wide=())
    guide = [[column.header, column.help, column.example] for column in READ_COLUMNS]
    fill(book.create_sheet(), "Mode d’emploi", [["Colonne", "Ce qu’on y écrit", "Exemple"], *guide], wide="ABC")
    fill(book.create_sheet(), "Valeurs", [["Colonne", "Valeur", "Ce que c’est"], *values()], wide="ABC")
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def values():
    """Return [column, what is written, what it means] for each value that a column knows."""
    known = [(column, value, label) for column in READ_COLUMNS for value, label in column.choices]
    return [[column.header, *((value, label) if column.several else (label, ""))] for column, value, label in known]


def fill(sheet, title, rows, wide):
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    sheet.title = title
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([safe_text(str(cell)) for cell in row])
    for cell in sheet[1]:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[cell.column_letter].width = WIDE if cell.column_letter in wide else NARROW
