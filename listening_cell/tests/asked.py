"""Asking over the page, as a browser does, and looking everywhere for what was typed."""

import base64
import json
import re

from cafe.tests.processes import run_python

ASK = "/ecoute/demander/"
CHEAP = """
import json
from listening_cell import vault
vault.PASSES, vault.MEMORY_KIB = 1, 8
from listening_cell.tests.factories import *
from listening_cell.models import *
"""


def hidden(body):
    """Return the hidden fields of the form of a page."""
    return {name: re.search(rf'name="{name}" value="([^"]*)"', body)[1] for name in ("nonce", "shown")}


def slots(body):
    """Return the values of the slots a page shows, without the last choice, which is no slot."""
    return re.findall(r'name="slot" value="(\d+)"', body)


def receipt(body):
    """Return the code of a receipt page, without its spaces."""
    return "".join(re.findall(r"<span>([0-9A-Z]{4})</span>", body))


def form_of(body, **fields):
    """Return a form filled in as somebody would, with the first slot of a page."""
    first = next(iter(slots(body)), "none")
    return hidden(body) | {"for_whom": "self", "mode": "phone", "slot": first} | fields


def run_cell(env, code):
    """Run code in the portal of `env`, with keys that cost nothing; return what it put in `answer`."""
    return json.loads(run_python(env, f"{CHEAP}{code}\nprint(json.dumps(answer))").splitlines()[-1])


def disguises(word):
    """Return a word as it may lie in a file: as it is, in hexadecimal, in base64 wherever it begins."""
    raw = word.encode()
    shifted = [base64.b64encode(b"x" * shift + raw)[2 + shift : -4] for shift in range(3)]
    return [raw, raw.hex().encode(), raw.hex().upper().encode(), raw.decode().encode("utf-16-le"), *shifted]


def hits(content, words):
    """Return which of these words are found in bytes, however written."""
    return {word for word in words if any(one in content for one in disguises(word))}
