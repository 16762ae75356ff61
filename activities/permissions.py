"""What a person may do with a session or a registration at a given moment; a why_... is a French sentence or None."""

from datetime import timedelta

from django.utils import timezone

from activities.enums import Audience, Presence, SessionState
from cafe.templatetags.french import clock, day
from members.enums import Profession, Role

MARKING_OPENS = timedelta(hours=2)
HOSTS_MARK_FOR = timedelta(days=7)
COORDINATION_MARKS_FOR = timedelta(days=60)

HAS_BEEN = "Cette séance a déjà eu lieu."
CLOSED = {
    SessionState.CANCELLED: "Cette séance est annulée.",
    SessionState.HELD: HAS_BEEN,
    SessionState.DRAFT: "Cette séance n’est pas encore publiée.",
}


def why_closed(session, *, now=None):
    """Return why nobody can register online to this session now, or None where one can."""
    now = now or timezone.now()
    if session.head_id and session.state == SessionState.PUBLISHED:
        return _why_cycle_closed(session.head, now)
    if session.state in CLOSED:
        return CLOSED[session.state]
    if session.starts_at <= now:
        return HAS_BEEN
    if session.opens_at and now < session.opens_at:
        return f"Les inscriptions ouvrent le {day(session.opens_at)} à {clock(session.opens_at)}."
    if session.closing <= now:
        return "Les inscriptions sont closes."
    return None


def _why_cycle_closed(first, now):
    begun = first.state == SessionState.HELD or first.starts_at <= now
    return "Le cycle a commencé : les inscriptions sont closes." if begun else why_closed(first, now=now)


def why_not_for(session, profession):
    """Return why this session is not meant for that profession, or None where it is."""
    if session.audience == Audience.ONE_PROFESSION and profession != session.audience_profession:
        label = Profession(session.audience_profession).label.lower()
        return f"Cette séance est réservée à une profession : {label}."
    if session.audience == Audience.EMPLOYEES and profession != Profession.EMPLOYEE:
        return "Cette séance est réservée aux salariés des cabinets."
    if session.audience == Audience.STUDENTS and profession != Profession.STUDENT:
        return "Cette séance est réservée aux étudiants et aux internes."
    return None


def why_fixed(session, *, now=None):
    """Return why a registration to this session can no longer be changed by its link, or None where it can.

    To a cycle, it can until the last session begins: whoever gives up half-way says so.
    """
    now = now or timezone.now()
    if session.state == SessionState.CANCELLED:
        return "Cette séance est annulée : il n’y a plus rien à faire."
    begun = session.state == SessionState.HELD or session.starts_at <= now
    if begun and not any(one.state == SessionState.PUBLISHED and one.starts_at > now for one in session.cycle):
        return "La séance a commencé : l’inscription ne peut plus être changée ici."
    return None


def why_no_certificate(attendance, *, now=None):
    """Return why there is no certificate of this attendance (which may be None), or None where there is one."""
    if attendance is None or attendance.presence != Presence.PRESENT or attendance.registration.anonymised_at:
        return "Votre présence à cette séance n’est pas notée. Si vous y étiez, écrivez-nous."
    if attendance.session.state == SessionState.CANCELLED:
        return "Cette séance a été annulée : il n’y a pas d’attestation."
    if attendance.session.ends_at > (now or timezone.now()):
        return "L’attestation sera prête à la fin de la séance."
    return None


def why_no_poster(session, *, now=None):
    """Return why a session has no poster, or None where it has: what hangs on a wall must lead to an open page."""
    if session.state == SessionState.DRAFT:
        return "Publiez d’abord cette séance : le code de l’affiche mène à sa page."
    if session.state != SessionState.PUBLISHED or session.starts_at <= (now or timezone.now()):
        return "Cette séance n’est plus à venir : il n’y a rien à afficher."
    return None


def may_mark(session, user):
    """Whether this person may say who came to a session: its hosts, and the coordination."""
    if user.has_role(Role.COORDINATION):
        return True
    return user.has_role(Role.TEAM) and session.hostings.filter(user=user).exists()


def why_not_marking(session, user, *, now=None):
    """Return why attendance cannot be marked now, or None: from 2 h before to 7 days after, 60 for the coordination."""
    now = now or timezone.now()
    if session.state == SessionState.CANCELLED:
        return "Cette séance est annulée : il n’y a personne à noter."
    if session.state == SessionState.DRAFT:
        return "Cette séance n’est pas publiée : il n’y a personne à noter."
    opening = session.starts_at - MARKING_OPENS
    if now < opening:
        return f"Les présences se notent à partir du {day(opening)} à {clock(opening)}."
    coordination = user.has_role(Role.COORDINATION)
    if now > session.ends_at + (COORDINATION_MARKS_FOR if coordination else HOSTS_MARK_FOR):
        ask = "" if coordination else " Demandez à la coordination."
        return f"La séance est trop ancienne : les présences ne changent plus ici.{ask}"
    return None
