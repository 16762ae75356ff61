"""The sheet that bears a recovery code."""

import subprocess

from django.conf import settings
from django.urls import reverse

from cafe.errors import Refusal
from cafe.pdf import html_of, shown_url
from listening_cell import drawing, vault
from listening_cell.services import keys

NOT_DRAWN = "Le PDF n’a pas pu être préparé. Imprimez cette page, ou recopiez le code à la main."


def is_code(text, symbols=vault.RECOVERY_SYMBOLS):
    return len(text) == symbols and set(text) <= set(vault.ALPHABET)


def recovery_sheet(*, code, mark, kind):
    """Return the PDF of a recovery code, drawn at once and kept nowhere. Raises Refusal.

    kind: "peer" or "referent"; a referent's sheet also bears the verify key: on paper, nobody changes it.
    """
    root = keys.verify_key() if kind == "referent" else None
    words = {
        "groups": vault.grouped(code).split(),
        "mark": vault.grouped(mark),
        "root": root.hex() if root else "",
        "url": shown_url(f"{settings.SITE_URL}{reverse('cell_recover', args=[kind])}"),
    }
    try:
        return drawing.drawn(html_of("listening_cell/pdf/recovery.html", **words))
    except subprocess.SubprocessError as error:
        raise Refusal(NOT_DRAWN) from error
