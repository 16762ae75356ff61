"""Newsletters for tests, made of (kind, content) blocks."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tinyhtml5.parser import HTMLParser

from newsletters.tests.factories import make_newsletter
from resources.models import PreventionMessage


def make_letter(*blocks, **fields):
    """Return a draft with these blocks, in this order."""
    return make_newsletter(blocks=blocks, **{"subject": "Les séances de mars"} | fields)


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
