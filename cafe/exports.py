"""Tables as files: CSV that a French Excel opens as it is, and XLSX. No cell can become a formula."""

import csv
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

from django.http import Http404, HttpResponse
from django.utils import timezone

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CSV_TYPE = "text/csv; charset=utf-8"
LABELS_WIDTH = 36
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def unwritable(char):
    return unicodedata.category(char) in {"Cc", "Cs"} or char in "\ufffe\uffff"


def safe_text(value):
    """Return a text that a spreadsheet shows and never runs, without the control characters XLSX refuses."""
    if not value.isprintable():  # most texts are: reading them char by char costs a fifth of an export
        value = "".join(char for char in value if char in "\t\n\r" or not unwritable(char))
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def csv_cell(value):
    """Return a value as a French reader writes it: local dates, decimal comma, « oui » and « non »."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, int | float | Decimal):
        return str(value).replace(".", ",")
    return safe_text(str(value))


def xlsx_cell(value):
    """Return a value that keeps its kind in a spreadsheet; dates are local, since XLSX knows no time zone."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    return safe_text(str(value))


def csv_bytes(header, rows):
    """Return the table as UTF-8 with a byte order mark and semicolons: what Excel expects in French."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerows([[csv_cell(cell) for cell in row] for row in (header, *rows)])
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(header, rows):
    return book_bytes([("Export", header, rows)])


def book_bytes(sheets, first_width=None):
    """Return a workbook of sheets (title, header, rows), in their order; a title has 31 characters at most.

    first_width: of the first column, in characters, where it holds words that the next column would cover.
    """
    # Imported here: openpyxl weighs on every web worker's memory, exports are rare.
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    for title, header, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        if first_width:
            sheet.column_dimensions["A"].width = first_width
        for row in (header, *rows):
            sheet.append([xlsx_cell(cell) for cell in row])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def table_response(*, extension, name, header, rows):
    """Return the table as a download « name.csv » or « name.xlsx ». Raises 404 for any other extension."""
    kinds = {"csv": (csv_bytes, CSV_TYPE), "xlsx": (xlsx_bytes, XLSX_TYPE)}
    if extension not in kinds:
        raise Http404
    make, content_type = kinds[extension]
    return download(make(header, rows), content_type, f"{name}-{timezone.localdate():%Y-%m-%d}.{extension}")


def book_response(*, name, sheets):
    """Return sheets (title, header, rows) as a download « name.xlsx »."""
    return download(book_bytes(sheets, first_width=LABELS_WIDTH), XLSX_TYPE, f"{name}.xlsx")


def download(content, content_type, filename):
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["Cache-Control"] = "no-store"
    return response
