"""Every mail to the team that hosts the sessions: one function each, returning the arguments of cafe.mail."""

from django.urls import reverse
from django.utils import timezone

from cafe import mail
from members.enums import Role


def host_withdrew(withdrawal, person, *, left):
    """Return the mail that tells one of the team or the coordination that a host dropped out; `left` still host."""
    coordinates = Role.COORDINATION in {group.name for group in person.groups.all()}
    return {
        "event": "activities/host_withdrew",
        "to": person.email,
        "dedupe_key": f"withdrawal:{withdrawal.pk}:{person.pk}",
        "context": {
            "person": person,
            "withdrawal": withdrawal,
            "session": withdrawal.session,
            "left": left,
            "coordinates": coordinates,
            "url": mail.absolute(reverse("rota" if coordinates else "team")),
        },
    }


def rota_changed(person, gained, lost):
    """Return the mail that tells a host which sessions are hers from now on, and which no longer are."""
    return {
        "event": "activities/rota_changed",
        "to": person.email,
        "dedupe_key": f"rota:{person.pk}:{timezone.now():%Y%m%d%H%M%S%f}",
        "context": {"person": person, "gained": gained, "lost": lost, "url": mail.absolute(reverse("team"))},
    }


def answers_awaited(person, sessions, *, now):
    """Return the monthly mail that asks a member of the team when she could host; the month is in its key."""
    return {
        "event": "activities/answers_awaited",
        "to": person.email,
        "dedupe_key": f"answers:{person.pk}:{timezone.localtime(now):%Y%m}",
        "context": {"person": person, "sessions": sessions, "url": mail.absolute(reverse("team"))},
    }
