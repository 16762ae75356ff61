"""The table of sheets that somebody uploads, as texts that keep their line breaks."""

from cafe.errors import Refusal
from cafe.spreadsheets import MIB, Limits, read_lines

LIMITS = Limits(size=5 * MIB, inflated=80 * MIB, rows=5000, columns=80)  # 5,000 sheets, every field at its longest
MAX_CELL = 5000  # longer than any field: what is cut is refused anyway
NO_HEADER = "La première ligne doit porter les titres des colonnes, comme dans le modèle."
NO_ROW = "Ce tableau n’a que ses titres : aucune fiche à importer."


def read_table(upload):
    """Return (headers, rows) of an uploaded CSV or XLSX: lists of texts, rows[0] being the sheet's second line.

    Raises Refusal.
    """
    lines = [[cell[:MAX_CELL] for cell in line] for line in read_lines(upload, LIMITS)]
    headers = [" ".join(cell.split()) for cell in lines[0]] if lines else []
    if not any(headers):
        raise Refusal(NO_HEADER)
    if len(lines) == 1:
        raise Refusal(NO_ROW)
    return headers, lines[1:]
