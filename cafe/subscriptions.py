"""Asking for the newsletters from a form of another app: whoever sends them hands over how, nobody imports anybody."""

_sources = []


def register(source):
    """Add source(email, accepted, **details); it mails a link that confirms, and never says who was subscribed."""
    _sources.append(source)


def ask(*, email, accepted, **details):
    """Ask for the newsletters for an address. accepted: the very sentence that was ticked.

    details: first_name, profession, commune, cpts_member, as far as they are known.
    """
    for source in _sources:
        source(email=email, accepted=accepted, **details)
