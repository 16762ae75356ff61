"""Reading a spreadsheet that somebody uploads: told by its content, within limits, without ever running a formula."""

import codecs
import csv
import warnings
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO

from cafe.errors import Refusal

MAX_PARTS = 200
DELIMITERS = ";,\t"
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
NOT_TEXT = (b"%PDF", b"{\\rtf", b"\xd0\xcf\x11\xe0")  # the last: Excel before 2007
MIB = 1024 * 1024
UNREADABLE = "Ce fichier Excel n’est pas lisible. Enregistrez-le de nouveau, en .xlsx ou en .csv."
NOT_A_TABLE = "Ce fichier n’est pas un tableau. Enregistrez-le en .xlsx ou en .csv."


@dataclass(frozen=True)
class Limits:
    """What a file may weigh, as it comes and inflated, in bytes; how many lines under the titles, and columns."""

    size: int
    inflated: int
    rows: int
    columns: int

    @property
    def too_large(self):
        return f"Ce fichier dépasse {self.size // MIB} Mo. Vérifiez que c’est le bon, ou partagez-le en plusieurs."

    @property
    def too_many(self):
        return (
            f"Ce tableau compte plus de {self.rows} lignes ou de {self.columns} colonnes. "
            "Partagez-le en plusieurs fichiers."
        )


def read_lines(upload, limits):
    """Return the lines of an uploaded CSV or XLSX, titles first, as lists of texts. Raises Refusal.

    Line breaks inside a cell stay. Empty lines keep their place, so that an index tells the number in the sheet; those
    at the end, and the empty columns at the right, are dropped.
    """
    if upload.size > limits.size:
        raise Refusal(limits.too_large)
    content = upload.read(limits.size + 1)
    lines = xlsx_lines(content, limits) if content.startswith(b"PK\x03\x04") else csv_lines(content)
    lines = trimmed(lines)
    while lines and not any(map(str.strip, lines[-1])):
        lines.pop()
    if len(lines) > limits.rows + 1 or any(len(line) > limits.columns for line in lines):
        raise Refusal(limits.too_many)
    return lines


def trimmed(lines):
    """Drop the empty columns at the right, which a sheet read by its frame carries along."""
    width = max((index + 1 for line in lines for index, cell in enumerate(line) if cell), default=0)
    return [line[:width] for line in lines]


# --- CSV ------------------------------------------------------------------------------------------


def csv_lines(content):
    """Return the lines of a CSV, whichever of the three usual delimiters it uses. Raises Refusal."""
    text = decoded(content)
    first = text.partition("\n")[0]
    try:
        delimiter = max(DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise Refusal(NOT_A_TABLE) from None


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


# --- XLSX -----------------------------------------------------------------------------------------


def xlsx_lines(content, limits):
    """Return the lines of the first sheet; a formula stays the text of that formula. Raises Refusal."""
    # Imported here: openpyxl weighs on every web worker's memory, imports are rare.
    from openpyxl import load_workbook  # noqa: PLC0415

    check_archive(content, limits)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            # One line and one column more than allowed: enough to see that there are too many.
            rows = sheet.iter_rows(max_row=limits.rows + 2, max_col=limits.columns + 1, values_only=True)
            return [[cell_text(value) for value in row] for row in rows]
    except Exception:  # a parser that is given anything may raise anything
        raise Refusal(UNREADABLE) from None


def check_archive(content, limits):
    """Refuse an archive that would swell, or whose XML declares entities. Raises Refusal."""
    try:
        sound = is_sound(content, limits)
    except Exception:  # as above: zipfile, given anything, raises anything
        sound = False
    if not sound:
        raise Refusal(UNREADABLE)


def is_sound(content, limits):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        # A part is never inflated past the size it declares, so that the sum is a true bound.
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > limits.inflated:
            return False
        return not any(is_hostile(archive.read(part)) for part in parts if part.filename.endswith((".xml", ".rels")))


def is_hostile(xml):
    """Spreadsheets are written in UTF-8 without any document type: another encoding would hide one."""
    return b"\x00" in xml or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml


def cell_text(value):
    """Return a cell as a French sheet shows it: « oui », 21/09/2023, 21/09/2023 18:04:12, 3."""
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
