"""What the team's pages hold on a member: given back, erased, and forgotten after a time."""

from datetime import timedelta

from django.db import transaction

from activities.models import Absence, CalendarFeed, HostAvailability, HostWithdrawal
from activities.services.hosting import sessions_to_host, withdraw

KEPT_MONTHS = 12
KEPT = timedelta(days=365)


def export(user):
    """Return this person's evenings, answers and absences as plain values; the feed's key is a password, left out."""
    return {
        "soirees": [str(hosting.session) for hosting in user.hostings.select_related("session__activity")],
        "disponibilites": [
            {"seance": str(answer.session), "reponse": answer.get_answer_display()}
            for answer in user.host_availabilities.select_related("session__activity")
        ],
        "absences": [{"du": one.first_day.isoformat(), "au": one.last_day.isoformat()} for one in user.absences.all()],
        "desistements": [
            {"seance": str(one.session), "mot": one.word, "le": one.created_at.isoformat()}
            for one in HostWithdrawal.objects.filter(user=user).select_related("session__activity")
        ],
        "agenda_personnel": CalendarFeed.objects.filter(user=user).exists(),
    }


@transaction.atomic
def erase(user):
    """Free the seats of sessions to come, which tells the team; the rest goes with the account."""
    for session in sessions_to_host().filter(hostings__user=user):
        withdraw(session=session, user=user)
    for rows in (user.absences, user.host_availabilities, CalendarFeed.objects.filter(user=user)):
        rows.all().delete()


def purge(now, dry_run):
    """Delete absences, answers and withdrawals a year after; who hosted stays, for turns and figures."""
    old = [
        Absence.objects.filter(last_day__lt=(now - KEPT).date()),
        HostAvailability.objects.filter(session__starts_at__lt=now - KEPT),
        HostWithdrawal.objects.filter(session__starts_at__lt=now - KEPT),
    ]
    counts = [rows.count() if dry_run else rows.delete()[0] for rows in old]
    return [f"Absences et réponses de l’équipe de plus de {KEPT_MONTHS} mois effacées\u00a0: {sum(counts)}."]
