"""Sessions and registrations for tests; each argument says only what differs from an open session in ten days."""

import secrets
from datetime import timedelta
from itertools import count

from django.utils import timezone

from activities.models import Activity, Facilitator, Hosting, Place, Session, TeamEvent
from activities.services.registering import register

# Several processes may make things in one database.
numbers = count(secrets.randbelow(10**9))


def make_place(**fields):
    return Place.objects.create(**{"name": f"Maison de santé {next(numbers)}", "commune": "Saint-Paul"} | fields)


def make_facilitator(**fields):
    return Facilitator.objects.create(**{"name": "Dominique Laurent", "title": "masseur-kinésithérapeute"} | fields)


def make_activity(**fields):
    return Activity.objects.create(**{"title": f"Yoga {next(numbers)}"} | fields)


def make_session(*, starts_in=timedelta(days=10), hosts=(), **fields):
    number = next(numbers)
    defaults = {
        "slug": f"seance-{number}",
        "state": Session.State.PUBLISHED,
        "starts_at": timezone.now() + starts_in,
        "capacity": 3,
    } | fields
    defaults.setdefault("activity", None)
    defaults["activity"] = defaults["activity"] or make_activity()
    defaults["place"] = fields["place"] if "place" in fields else make_place()
    session = Session.objects.create(**defaults)
    for rank, host in enumerate(hosts, start=1):
        Hosting.objects.create(session=session, user=host, rank=rank)
    return session


def make_team_event(**fields):
    starts_at = timezone.now() + timedelta(days=5)
    return TeamEvent.objects.create(**{"title": "Préparer la saison", "starts_at": starts_at} | fields)


def sign_up(session, email=None, **details):
    """Register someone through the service; return the registration."""
    number = next(numbers)
    details = {
        "email": email or f"inscrite{number}@cafe.example",
        "first_name": "Louise",
        "last_name": f"Petit{number}",
        "profession": "infirmier",
    } | details
    return register(slug=session.slug, **details)[0]


def form_data(**fields):
    """Return what a browser posts to register."""
    return {
        "first_name": "Louise",
        "last_name": "Petit",
        "email": f"inscrite{next(numbers)}@cafe.example",
        "profession": "infirmier",
        "cpts_member": "false",
        "commitment": "on",
    } | fields
