"""A facilitator's diploma: judged by its content, kept out of the web's reach under a name of our own."""

import json
import subprocess
import sys
from pathlib import Path

from django.core.files.base import ContentFile

from cafe.errors import Refusal

PROGRAM = Path(__file__).with_name("vetting.py")
PATIENCE = 20  # seconds; the program allows itself ten of computing
MAX_BYTES = 5 * 1024 * 1024
EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
TOO_HEAVY = "Ce fichier dépasse 5 Mo. Envoyez-en une version plus légère."
SENTENCES = {
    "unreadable": "Ce fichier n’est pas un PDF, un JPG ou un PNG lisible. Choisissez-en un autre.",
    "encrypted": "Ce PDF est protégé par un mot de passe. Enregistrez-en une copie sans protection.",
    "active": "Ce PDF contient un programme ou une pièce jointe. Imprimez-le en PDF, puis envoyez cette copie.",
    "heavy": "Ce PDF devient bien trop lourd une fois ouvert, ou compte trop de pages. Envoyez la seule page utile.",
    "large": "Cette image est trop grande. Envoyez-en une version plus petite.",
}


def vetted_diploma(upload):
    """Return (ContentFile to keep, media type) for a PDF, JPG or PNG that only shows pages. Raises Refusal.

    Neither its name nor what the browser says of it is believed; a program of its own reads it (see vetting).
    """
    if upload.size > MAX_BYTES:
        raise Refusal(TOO_HEAVY)
    upload.seek(0)
    content = upload.read()
    answer, picture = _ask_program(content)
    if "refusal" in answer:
        raise Refusal(SENTENCES[answer["refusal"]])
    kept = picture if answer["type"].startswith("image/") else content
    return ContentFile(kept, name="diploma"), answer["type"]


def _ask_program(content):
    """Return ({"type"} or {"refusal"}, picture). A program that was killed had met more than it could bear."""
    command = [sys.executable, "-I", "-W", "ignore", str(PROGRAM)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE, check=True)  # noqa: S603
    except subprocess.TimeoutExpired:
        return {"refusal": "heavy"}, b""
    except subprocess.CalledProcessError as error:
        return {"refusal": "heavy" if error.returncode < 0 else "unreadable"}, b""
    line, _, picture = done.stdout.partition(b"\n")
    return json.loads(line), picture
