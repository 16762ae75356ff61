"""What waits for the coordination: each app hands over its lines in AppConfig.ready(), `/coordination/` shows them."""

from dataclasses import dataclass

_sources = []


@dataclass(frozen=True)
class Line:
    """One sentence that says what waits, and the one action that deals with it; role: who alone may do it, if any."""

    sentence: str
    url: str
    action: str
    role: str = ""


def register(source):
    """Add a function that returns the Lines of an app, the most pressing first."""
    _sources.append(source)


def lines(user):
    """Return every app's lines, without those whose page would be closed to this person."""
    return [line for source in _sources for line in source() if not line.role or user.has_role(line.role)]
