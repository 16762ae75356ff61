"""The facilitator has no account: a link, a list the day before, and a word to say that he must cancel or postpone."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from activities.enums import SessionState
from activities.models import FacilitatorNotice, Registration, Session
from activities.notifications import facilitators as notifications
from activities.services.locking import lock_session
from activities.services.papers import by_name
from activities.services.reminders import reminder_due
from cafe import pdf
from cafe.errors import Refusal
from cafe.models import Outgoing

LIST_KIND = "facilitator_list"
DAYS_BEFORE = 1


def can_be_told(session):
    """Whether the facilitator of a session can be written to about it: it is announced, and still ahead."""
    ahead = session.state == SessionState.PUBLISHED and session.starts_at > timezone.now()
    return bool(ahead and session.facilitator and session.facilitator.email)


def send_link(*, session):
    """Mail the facilitator his link when the session is published or he is given it; never twice. Tell if it left."""
    return can_be_told(session) and notifications.link(session)


def resend_link(*, session):
    """Mail the link again, at the coordinator's wish. Raises Refusal where nobody can be written to."""
    if not session.facilitator:
        raise Refusal("Cette séance n’a pas d’intervenant.")
    if not session.facilitator.email:
        raise Refusal("L’adresse e-mail de cet intervenant n’est pas connue. Ajoutez-la à sa fiche.")
    if not can_be_told(session):
        raise Refusal("Le lien s’envoie pour une séance publiée et à venir.")
    if not notifications.link_again(session):
        raise Refusal("Ce lien vient de partir. Attendez une minute avant de le renvoyer.")


@transaction.atomic
def revoke_link(*, session):
    """End the links sent so far; the next mail carries a new one."""
    session = lock_session(pk=session.pk)
    session.facilitator_link += 1
    session.save(update_fields=["facilitator_link"])
    return session


@transaction.atomic
def give_notice(*, session, kind, message="", dates=""):
    """Keep what the facilitator says and mail the coordination at once; saying the same twice changes nothing.

    Raises Refusal once the session is over or cancelled.
    """
    lock_session(pk=session.pk)
    if session.state != SessionState.PUBLISHED or session.ends_at <= timezone.now():
        raise Refusal("Cette séance est passée ou annulée : il n’y a plus rien à faire.")
    said = {"kind": kind, "message": message, "dates": dates, "handled_at": None}
    notice, new = FacilitatorNotice.objects.get_or_create(session=session, **said)
    if new:
        notifications.notice(notice, session)
    return notice


def handle_notice(*, notice):
    """Take a notice off the coordination's list; handling it twice keeps the first date."""
    FacilitatorNotice.objects.filter(pk=notice.pk, handled_at=None).update(handled_at=timezone.now())


def list_page(*, session_pk):
    """Return the HTML of the list of confirmed people, names and professions, that a worker makes into a PDF."""
    session = Session.objects.select_related("activity", "place", "facilitator").get(pk=session_pk)
    people = sorted(Registration.objects.expected_at(session), key=by_name)
    context = {"session": session, "people": people, "total": session.fee * len(people)}
    return pdf.html_of("activities/pdf/facilitator_list.html", **context)


def send_lists(*, now=None):
    """Mail each facilitator who comes, the day before at nine on the portal's calendar; return how many mails.

    Safe to run at any time, twice or late: the outbox knows each list by session, facilitator and time, and is asked
    before a PDF is made. Runs in a worker, where PDFs are made.
    """
    now = now or timezone.now()
    near = Session.objects.upcoming().filter(starts_at__gt=now, starts_at__lt=now + timedelta(days=DAYS_BEFORE + 1))
    told = near.exclude(facilitator=None).exclude(facilitator__email="")
    due = [
        session
        for session in told.select_related("activity", "place", "facilitator")
        if reminder_due(session.starts_at, DAYS_BEFORE) <= now and not _list_is_written(session)
    ]
    return sum(_send_list(session) for session in due)


def _list_is_written(session):
    key = f"facilitator:{session.pk}:{session.facilitator_id}:{notifications.list_key(session)}"
    return Outgoing.objects.filter(dedupe_key=key).exists()


def _send_list(session):
    return notifications.attendee_list(session, pdf.render(LIST_KIND, {"session_pk": session.pk}))
