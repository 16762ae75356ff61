"""The export of a Google Form, as a table of clean one-line texts."""

from cafe.errors import Refusal
from cafe.spreadsheets import MIB, Limits, read_lines
from cafe.text import without_controls

LIMITS = Limits(size=2 * MIB, inflated=15 * MIB, rows=2000, columns=60)  # 2,000 answers take less than 1 MiB
MAX_CELL = 2000
NO_HEADER = "La première ligne doit porter les titres des colonnes, comme dans l’export de Google Forms."
NO_ANSWER = "Ce tableau n’a que ses titres : aucune réponse à importer."


def read_table(upload):
    """Return (headers, rows) of an uploaded CSV or XLSX: lists of texts, rows[0] being the sheet's second line.

    Raises Refusal.
    """
    lines = [[clean(cell) for cell in line] for line in read_lines(upload, LIMITS)]
    if not lines or sum(map(bool, lines[0])) < 2:  # noqa: PLR2004
        raise Refusal(NO_HEADER)
    if len(lines) == 1:
        raise Refusal(NO_ANSWER)
    return lines[0], lines[1:]


def clean(cell):
    """Return a cell as one line of text, without what would hide or reorder it."""
    return without_controls(" ".join(cell.split()))[:MAX_CELL].strip()
