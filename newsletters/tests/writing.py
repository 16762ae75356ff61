"""Newsletters for tests, made of (kind, content) blocks."""

import secrets
from io import BytesIO
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tinyhtml5.parser import HTMLParser

from newsletters.models import Block, Newsletter
from resources.models import PreventionMessage

# Several processes may make things in one database.
numbers = count(secrets.randbelow(10**9))


def make_letter(*blocks, **fields):
    """Return a draft with these blocks, in this order."""
    number = next(numbers)
    letter = Newsletter.objects.create(**{"subject": "Les séances de mars", "slug": f"lettre-{number}"} | fields)
    for position, (kind, content) in enumerate(blocks, 1):
        Block.objects.create(newsletter=letter, position=position, kind=kind, content=content)
    return letter


def make_message(text="Une pause de cinq minutes vaut mieux que pas de pause.", **fields):
    return PreventionMessage.objects.create(text=text, **fields)


def picture(kind="PNG", size=(40, 30), name="photo.png", **options):
    """Return an upload that is an image."""
    content = BytesIO()
    Image.new("RGB", size, "#1e5b54").save(content, kind, **options)
    return SimpleUploadedFile(name, content.getvalue())


def syntax_errors(html):
    """Return the errors of syntax that the algorithm of HTML5 tells of."""
    parser = HTMLParser()
    parser.parse(html)
    return parser.errors
