"""Reading a spreadsheet that somebody uploads: told by its content, within limits, without ever running a formula."""

import csv
import warnings
import zipfile
from datetime import date, datetime
from io import BytesIO, StringIO

from cafe.errors import Refusal
from cafe.text import without_controls

MAX_BYTES = 2 * 1024 * 1024
MAX_INFLATED = 15 * 1024 * 1024  # a sheet of 2,000 answers takes less than 1
MAX_PARTS = 200
MAX_ROWS = 2000
MAX_COLUMNS = 60
MAX_CELL = 2000
DELIMITERS = ",;\t"
UNREADABLE = "Ce fichier Excel n’est pas lisible. Téléchargez-le de nouveau depuis Google Sheets, en .xlsx ou en .csv."
NOT_A_TABLE = "Ce fichier n’est pas un tableau. Envoyez l’export de Google Forms, en .csv ou en .xlsx."
TOO_LARGE = "Ce fichier dépasse 2 Mo. Un export de réponses est bien plus petit : vérifiez que c’est le bon."
TOO_MANY = (
    f"Ce tableau compte plus de {MAX_ROWS} lignes ou de {MAX_COLUMNS} colonnes. Partagez-le en plusieurs fichiers."
)


def read_table(upload):
    """Return (headers, rows) of an uploaded CSV or XLSX: lists of texts, rows[0] being the sheet's second line.

    Empty lines keep their place, so that a row's index tells its number in the sheet. Raises Refusal.
    """
    if upload.size > MAX_BYTES:
        raise Refusal(TOO_LARGE)
    content = upload.read(MAX_BYTES + 1)
    lines = xlsx_lines(content) if content.startswith(b"PK\x03\x04") else csv_lines(content)
    lines = [[clean(cell) for cell in line] for line in lines]
    while lines and not any(lines[-1]):
        lines.pop()
    if len(lines) > MAX_ROWS + 1 or any(len(line) > MAX_COLUMNS for line in lines):
        raise Refusal(TOO_MANY)
    if not lines or sum(map(bool, lines[0])) < 2:  # noqa: PLR2004
        raise Refusal("La première ligne doit porter les titres des colonnes, comme dans l’export de Google Forms.")
    if len(lines) == 1:
        raise Refusal("Ce tableau n’a que ses titres : aucune réponse à importer.")
    return lines[0], lines[1:]


def clean(cell):
    """Return a cell as one line of text, without what would hide or reorder it."""
    return without_controls(" ".join(cell.split()))[:MAX_CELL].strip()


def csv_lines(content):
    text = decoded(content)
    first = text.partition("\n")[0]
    try:
        delimiter = max(DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise Refusal(NOT_A_TABLE) from None


def decoded(content):
    """Return the text of a CSV, in UTF-8 or in the code page of a French Windows. Raises Refusal."""
    if b"\x00" in content or content.lstrip()[:1] == b"<" or content.startswith((b"%PDF", b"{\\rtf")):
        raise Refusal(NOT_A_TABLE)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal(NOT_A_TABLE)


def xlsx_lines(content):
    """Return the lines of the first sheet; a formula stays the text of that formula. Raises Refusal."""
    # Imported here: openpyxl weighs on every web worker's memory, imports are rare.
    from openpyxl import load_workbook  # noqa: PLC0415

    check_archive(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            # One line and one column more than allowed: enough to see that there are too many.
            rows = sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1, values_only=True)
            lines = [[cell_text(value) for value in row] for row in rows]
    except Exception:  # a parser that is given anything may raise anything
        raise Refusal(UNREADABLE) from None
    return trimmed(lines)


def trimmed(lines):
    """Drop the empty columns at the right, which a sheet read by its frame carries along."""
    width = max((index + 1 for line in lines for index, cell in enumerate(line) if cell), default=0)
    return [line[:width] for line in lines]


def check_archive(content):
    """Refuse an archive that would swell, or whose XML declares entities. Raises Refusal."""
    try:
        sound = is_sound(content)
    except Exception:  # as above: zipfile, given anything, raises anything
        sound = False
    if not sound:
        raise Refusal(UNREADABLE)


def is_sound(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        # A part is never inflated past the size it declares, so that the sum is a true bound.
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_INFLATED:
            return False
        return not any(is_hostile(archive.read(part)) for part in parts if part.filename.endswith((".xml", ".rels")))


def is_hostile(xml):
    """Spreadsheets are written in UTF-8 without any document type: another encoding would hide one."""
    return b"\x00" in xml or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml


def cell_text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
