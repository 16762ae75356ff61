"""What the cell forgets by itself, and what it says to, and forgets of, somebody who is or was a peer.

Of a case, weeks are all that is known (last_week, a Monday). Days are counted from the end of that week: nothing is
forgotten before its term, nor more than a week after it.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell.enums import CaseState, KeyState
from listening_cell.models import AskedOn, Case, Debriefing, Peer, Referent, Reservation
from listening_cell.services import availability, casework, notices, sessions

WEEK = timedelta(days=7)
NEVER_TAKEN_UP, CLOSED, LONGEST = timedelta(days=30), timedelta(days=60), timedelta(days=365)
DEBRIEFING_KEPT = timedelta(days=730)
# Shown through the session, which no word of the cell may enter.
HOLDS_KEY = (
    "Vous tenez encore une clé. Un référent doit d’abord la révoquer, une fois ce qui vous est confié passé à "
    "d’autres. Votre compte pourra ensuite être effacé."
)
HOLDS_TALK = (
    "Un rendez-vous à venir porte encore votre nom. Il doit d’abord être confié à quelqu’un d’autre ; votre compte "
    "pourra ensuite être effacé."
)


# --- Forgetting -----------------------------------------------------------------------------------


def forgettable(now):
    """Return the cases whose term has come.

    Never taken up, 30 days after its date, once both warnings were given (see notices): a request that nobody was told
    of is kept. Closed, 60 days. Whatever its state, 12 months after the last talk: a case keeps its past hours, so that
    handing it over, closing it or opening it again does not put that off. A talk to come does.
    """
    weeks_end = timezone.localdate(now) - WEEK
    told_too_little = Q(envelopes__opened=False, envelopes__rounds__lt=notices.REPLACEMENT_ROUNDS)
    unwarned = Case.objects.filter(told_too_little, state=CaseState.ASKED).values("pk")
    asked = Q(state=CaseState.ASKED, last_week__lte=weeks_end - NEVER_TAKEN_UP) & ~Q(pk__in=unwarned)
    closed = Q(state=CaseState.CLOSED, last_week__lte=weeks_end - CLOSED)
    longest = Q(last_week__lte=weeks_end - LONGEST) | Q(last_talk__lt=now - LONGEST)
    cases = Case.objects.annotate(last_talk=Max("reservations__slot__starts_at"))
    return cases.filter(asked | closed | longest)


def forget_cases(now):
    """Forget the cases whose term has come, each in its own transaction: SHRED key first, then the rows."""
    for reference in list(forgettable(now).values_list("pk", flat=True)):
        with transaction.atomic():
            case = Case.objects.select_for_update().filter(pk=reference).first()
            # Its pair may have opened it again since the list was read.
            if case and forgettable(now).filter(pk=reference).exists():
                casework.shred_case(case=case)


def purge(now, dry_run):
    """Forget all that the cell has kept long enough. It says that it was done, never how much: see members.

    A technician who runs it learns no count: one forgotten case would tell that somebody had asked.
    """
    if dry_run:
        return ["Cellule d’écoute\u00a0: ses propres durées seraient appliquées, sans rien en dire."]
    forget_cases(now)
    sessions.forget_closed(now)
    AskedOn.objects.filter(day__lt=timezone.localdate(now)).delete()
    availability.forget_past(now)
    Debriefing.objects.filter(day__lt=timezone.localdate(now) - DEBRIEFING_KEPT).delete()
    empty_journal()
    return ["Cellule d’écoute\u00a0: fait."]


def empty_journal():
    """Have SQLite put its journal (WAL) into the database and cut it: what was deleted lies on in it until then.

    What is deleted in the database itself is overwritten at once (secure_delete, see the settings).
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# --- Somebody who is or was a peer ----------------------------------------------------------------


def export(user):
    """Return what the cell holds on a person as a peer or referent; nothing of cases, nor of talks."""
    found, peer = {}, Peer.objects.filter(user=user).first()
    if referent := Referent.objects.filter(user=user).first():
        found["referent"] = {"cle": referent.get_state_display()}
    if peer:
        found["pair_ecoutant"] = {
            "cle": peer.get_state_display(),
            "experimente": peer.seasoned,
            "en_pause": peer.paused,
            "entretiens_par_mois_au_plus": peer.monthly_limit,
            "heures_de_la_semaine": [str(hour) for hour in peer.weekly_hours.all()],
            "absences": [
                {"du": one.first_day.isoformat(), "au": one.last_day.isoformat()} for one in peer.absences.all()
            ],
            "debriefings": [one.day.isoformat() for one in peer.debriefings.all()],
        }
    return found


@transaction.atomic
def erase(user):
    """Forget a peer or a referent whose key was revoked. Raises Refusal where something still rests on that person.

    Past talks stay with the case, through the other peer; future ones must have been moved or passed on.
    """
    holders = [one for model in (Peer, Referent) for one in model.objects.filter(user=user)]
    if any(holder.state != KeyState.REVOKED for holder in holders):
        raise Refusal(HOLDS_KEY)
    held = Reservation.objects.filter(slot__peer__user=user)
    coming = held.filter(slot__starts_at__gt=timezone.now()).exists()
    if coming or any(isinstance(one, Peer) and one.envelopes.exists() for one in holders):
        raise Refusal(HOLDS_TALK)
    held.delete()
    for holder in holders:
        holder.delete()
