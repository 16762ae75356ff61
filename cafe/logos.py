"""Uploaded logos: told by their content, never by their name, and drawn again so that nothing hides in them."""

import secrets
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, UnidentifiedImageError
from PIL.Image import DecompressionBombError, DecompressionBombWarning

MAX_BYTES = 1024 * 1024
MAX_PIXELS = 16_000_000
SHOWN_SIZE = (640, 320)  # px; twice what a page shows
EXTENSIONS = {"PNG": "png", "JPEG": "jpg"}
TOO_LARGE = "Cette image est trop grande : 4000 pixels de côté au plus."


def cleaned_logo(upload):
    """Return the picture drawn again, without metadata, under a random name. Raises ValidationError."""
    if upload.size > MAX_BYTES:
        raise ValidationError("Ce fichier dépasse 1 Mo. Choisissez une image plus légère.")
    try:
        return redrawn(upload)
    except (DecompressionBombError, DecompressionBombWarning):
        raise ValidationError(TOO_LARGE) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise ValidationError("Ce fichier n’est pas une image PNG ou JPEG lisible.") from None


def redrawn(upload):
    with Image.open(upload, formats=list(EXTENSIONS)) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise ValidationError(TOO_LARGE)
        kind = picture.format
        picture.thumbnail(SHOWN_SIZE)
        drawn = picture.convert("RGBA" if kind == "PNG" else "RGB")
    content = BytesIO()
    drawn.save(content, kind, optimize=True)
    return ContentFile(content.getvalue(), name=f"{secrets.token_hex(8)}.{EXTENSIONS[kind]}")
