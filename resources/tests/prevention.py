"""Pages and messages of prevention for tests."""

from resources.enums import PreventionPart
from resources.models import PreventionMessage, PreventionPage
from resources.services.prevention import save_message, save_page
from resources.tests.factories import numbers


def make_page(**fields):
    """Create a published page « pour soi », whatever its other fields."""
    values = {
        "part": PreventionPart.SELF,
        "title": f"Dormir {next(numbers)}",
        "summary": "Par où commencer.",
        "body": "# Ce soir\n\nÉteindre **tôt**.",
        "published": True,
    } | fields
    return save_page(page=PreventionPage(**values))


def make_message(text="", tags=("sommeil",), **fields):
    message = PreventionMessage(text=text or f"Dormez bien cette nuit {next(numbers)}.", tags=list(tags), **fields)
    return save_message(message=message)
