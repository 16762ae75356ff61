"""What the team has said of the evenings to come, and its own dates: enough for the coordination to find hosts."""

from datetime import timedelta

from django.utils import timezone

from activities.enums import Availability, SessionState, TeamEventKind
from activities.models import Absence, HostAvailability, Session, TeamEvent
from cafe.demo.people import invented
from cafe.demo.plans import at

ANSWERS = [Availability.YES] * 9 + [Availability.IF_NEED_BE] * 4 + [Availability.NO] * 4 + [None] * 3
# (days from today, hour, minute, minutes, kind, title, place)
DATES = [
    (12, 20, 30, 90, TeamEventKind.MEETING, "Préparer la suite de la saison", "En visioconférence"),
    (26, 12, 30, 60, TeamEventKind.SUPERVISION, "Supervision avec la psychologue", "Maison de santé des Falaises"),
    (54, 20, 30, 90, TeamEventKind.MEETING, "Relire les nouvelles propositions", "En visioconférence"),
]
FIRST_AWAY, LAST_AWAY = 20, 31


def write_rota(hosts):
    """Insert the team's answers, an absence and its dates, once: where there are dates already, nothing is added."""
    if TeamEvent.objects.exists():
        return
    today = timezone.localdate()
    TeamEvent.objects.bulk_create(
        TeamEvent(
            kind=kind,
            title=title,
            starts_at=at(today + timedelta(days=days), hour, minute),
            minutes=length,
            place=place,
        )
        for days, hour, minute, length, kind, title, place in DATES
    )
    HostAvailability.objects.bulk_create(answers(hosts))
    Absence.objects.create(
        user=hosts[1], first_day=today + timedelta(days=FIRST_AWAY), last_day=today + timedelta(days=LAST_AWAY)
    )


def answers(hosts):
    """Return an answer of most members for each session to come; the first member has a few left to give."""
    random = invented(5).random
    coming = Session.objects.filter(
        state__in=(SessionState.DRAFT, SessionState.PUBLISHED), starts_at__gt=timezone.now()
    ).order_by("starts_at")
    drawn = [
        HostAvailability(session=session, user=host, answer=random.choice(ANSWERS))
        for session in coming.prefetch_related("hosts")[2:]
        for host in hosts[1:]
        if host not in session.hosts.all()
    ]
    return [one for one in drawn if one.answer]
