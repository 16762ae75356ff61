"""Images of newsletters: told by their content, turned upright, drawn again so that nothing hides in them."""

import secrets
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.Image import DecompressionBombError, DecompressionBombWarning

from newsletters.models import LetterImage

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 30_000_000
SENT_SIZE = (988, 1600)  # px; twice the width that a letter leaves, for fine screens
SENT_BYTES = 150_000  # what one image adds to each mail, about
QUALITIES = (82, 70, 55, 40)
TOO_LARGE = "Cette image a trop de points. Choisissez une photo plus petite."


def cleaned_image(upload):
    """Return the image drawn again, light and without metadata, under a random name. Raises ValidationError."""
    if upload.size > MAX_BYTES:
        raise ValidationError("Ce fichier dépasse 5 Mo. Choisissez une image plus légère.")
    try:
        return _redrawn(upload)
    except (DecompressionBombError, DecompressionBombWarning):
        raise ValidationError(TOO_LARGE) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise ValidationError("Ce fichier n’est pas une image PNG, JPEG ou WebP lisible.") from None


def _redrawn(upload):
    with Image.open(upload, formats=["PNG", "JPEG", "WEBP"]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise ValidationError(TOO_LARGE)
        is_photo = picture.format == "JPEG"
        # Reduced before it is turned: a JPEG is then never decoded whole.
        picture.thumbnail((max(SENT_SIZE), max(SENT_SIZE)))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail(SENT_SIZE)
        # Mailboxes that know no WebP are many; transparency shows white, as the letter does.
        drawn = Image.new("RGB", upright.size, "white")
        seen = upright.convert("RGBA")
        drawn.paste(seen, mask=seen.getchannel("A"))
    content, extension = _light_jpeg(drawn), "jpg"
    if not is_photo and len(as_png := _bytes_of(drawn, "PNG", optimize=True)) <= len(content):
        content, extension = as_png, "png"
    return ContentFile(content, name=f"{secrets.token_hex(8)}.{extension}")


def _light_jpeg(drawn):
    """Return the best that weighs what is allowed, or the least."""
    for quality in QUALITIES:
        content = _bytes_of(drawn, "JPEG", quality=quality)
        if len(content) <= SENT_BYTES:
            break
    return content


def _bytes_of(drawn, kind, **options):
    content = BytesIO()
    drawn.save(content, kind, **options)
    return content.getvalue()


def keep_image(*, newsletter, file, alt):
    """Keep a cleaned image with what it shows."""
    return LetterImage.objects.create(newsletter=newsletter, file=file, alt=alt)


def copy_image(image, newsletter):
    """Return the same image, as a file of the other newsletter's own; None where the file is lost."""
    try:
        with image.file.open() as opened:
            content = opened.read()
    except OSError:
        return None
    extension = image.file.name.rpartition(".")[2]
    file = ContentFile(content, name=f"{secrets.token_hex(8)}.{extension}")
    return keep_image(newsletter=newsletter, file=file, alt=image.alt)


def drop_images(images):
    """Delete images; their files go once the transaction has committed."""
    for image in images:
        storage, name = image.file.storage, image.file.name
        image.delete()
        transaction.on_commit(lambda storage=storage, name=name: storage.delete(name), robust=True)
