"""What a visitor typed in a report, in words: lines of (label, value) for who examines it, or for the person's data."""

from resources.enums import Acquaintance, Fault
from resources.history import label, words

PROPOSED = ("name", "kind", "needs", "phone", "email", "website", "commune")
CHOICES = {"wrong": ("ce qui ne va pas", Fault), "known": ("comment on la connaît", Acquaintance)}


def lines_of(report):
    """Return [(label, value)] of what is filled, in the order of the form; nothing once it has been wiped."""
    proposed = [(label(name), words(name, report.fields[name])) for name in PROPOSED if report.fields.get(name)]
    chosen = [
        (said, str(choices(report.fields[name]).label))
        for name, (said, choices) in CHOICES.items()
        if name in report.fields
    ]
    return [(said.capitalize(), value) for said, value in [*chosen, *proposed]]
