"""Reading a spreadsheet that somebody uploads: told by its content, within limits, without ever running a formula."""

import codecs
import csv
import warnings
import zipfile
from datetime import date, datetime, time
from io import BytesIO, StringIO

from cafe.errors import Refusal

MAX_BYTES = 5 * 1024 * 1024
MAX_INFLATED = 80 * 1024 * 1024  # 5,000 sheets with every field at its longest
MAX_PARTS = 200
MAX_ROWS = 5000
MAX_COLUMNS = 80
MAX_CELL = 5000  # longer than any field: what is cut is refused anyway
DELIMITERS = ";,\t"
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
NOT_TEXT = (b"%PDF", b"{\\rtf", b"\xd0\xcf\x11\xe0")  # the last: Excel before 2007
UNREADABLE = "Ce fichier Excel n’est pas lisible. Enregistrez-le de nouveau, en .xlsx ou en .csv."
NOT_A_TABLE = "Ce fichier n’est pas un tableau. Enregistrez-le en .xlsx ou en .csv."
TOO_LARGE = "Ce fichier dépasse 5 Mo. Enregistrez-le en .xlsx, plus léger, ou partagez-le."
TOO_MANY = "Ce tableau compte plus de 5 000 lignes ou de 80 colonnes. Partagez-le en plusieurs fichiers."
NO_HEADER = "La première ligne doit porter les titres des colonnes, comme dans le modèle."
NO_ROW = "Ce tableau n’a que ses titres : aucune fiche à importer."


def read_table(upload):
    """Return (headers, rows) of an uploaded CSV or XLSX: lists of texts, rows[0] being the sheet's second line.

    Line breaks inside a cell stay. Empty lines keep their place, so that a row's index tells its number in the sheet.
    Raises Refusal.
    """
    if upload.size > MAX_BYTES:
        raise Refusal(TOO_LARGE)
    content = upload.read(MAX_BYTES + 1)
    lines = xlsx_lines(content) if content.startswith(b"PK\x03\x04") else csv_lines(content)
    lines = [[cell[:MAX_CELL] for cell in line] for line in lines]
    while lines and not any(map(str.strip, lines[-1])):
        lines.pop()
    if len(lines) > MAX_ROWS + 1 or any(len(line) > MAX_COLUMNS for line in lines):
        raise Refusal(TOO_MANY)
    headers = [" ".join(cell.split()) for cell in lines[0]] if lines else []
    if not any(headers):
        raise Refusal(NO_HEADER)
    if len(lines) == 1:
        raise Refusal(NO_ROW)
    return headers, lines[1:]


def csv_lines(content):
    text = decoded(content)
    first = text.partition("\n")[0]
    try:
        delimiter = max(DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
        lines = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise Refusal(NOT_A_TABLE) from None
    return trimmed(lines)


def decoded(content):
    """Return the text of a CSV, in UTF-8, in UTF-16 with its mark, or in the code page of a French Windows."""
    if content.startswith(UTF16_MARKS):
        return read_as(content, "utf-16")
    if b"\x00" in content or content.lstrip()[:1] == b"<" or content.startswith(NOT_TEXT):
        raise Refusal(NOT_A_TABLE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return read_as(content, "cp1252")


def read_as(content, encoding):
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Refusal(NOT_A_TABLE) from None
    if "\x00" in text:
        raise Refusal(NOT_A_TABLE)
    return text


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
        return f"{value:%d/%m/%Y}" if value.time() == time.min else f"{value:%d/%m/%Y %H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
