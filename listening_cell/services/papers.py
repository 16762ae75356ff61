"""The sheet that bears a recovery code."""

import subprocess

from cafe.errors import Refusal
from cafe.pdf import html_of
from listening_cell import drawing, vault
from listening_cell.services import keys

NOT_DRAWN = "Le PDF n’a pas pu être préparé. Imprimez cette page, ou recopiez le code à la main."


def is_code(text, symbols=vault.RECOVERY_SYMBOLS):
    return len(text) == symbols and set(text) <= set(vault.ALPHABET)


def recovery_sheet(*, code, mark, with_root):
    """Return the PDF of a recovery code, drawn at once and kept nowhere. Raises Refusal.

    with_root: for a referent, whose sheet also bears the verify key: on paper, nobody changes it.
    """
    root = keys.verify_key() if with_root else None
    words = {"groups": vault.grouped(code).split(), "mark": vault.grouped(mark), "root": root.hex() if root else ""}
    try:
        return drawing.drawn(html_of("listening_cell/pdf/recovery.html", **words))
    except subprocess.SubprocessError as error:
        raise Refusal(NOT_DRAWN) from error
