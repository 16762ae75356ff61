"""« Attestation de participation »: who has one, the mail that brings it, and what a stranger may check."""

import re
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from activities.enums import Presence, SessionState
from activities.links import certificate_path
from activities.models import Attendance
from activities.notifications import certificates as notifications
from activities.permissions import why_no_certificate
from cafe import mail, pdf
from cafe.errors import Refusal

HOUR = time(9)
LATEST = timedelta(days=14)
BATCH = 200
TOOK_PLACE = (SessionState.PUBLISHED, SessionState.HELD)


def attendances():
    """Attendances with all that a certificate says, in one statement."""
    return Attendance.objects.select_related("registration", "session__activity", "session__place")


def certificate_of(registration, slug):
    """Return the attendance of this registration at the session of this slug, or None."""
    return attendances().filter(registration=registration, session__slug=slug).first()


def certificates_of(registrations):
    """Return {registration's pk: [(session, path of the certificate)]}: one date, or each of a cycle. One statement."""
    present = attendances().filter(registration__in=registrations, presence=Presence.PRESENT)
    found = {}
    for one in present.order_by("session__starts_at"):
        if not why_no_certificate(one):
            path = certificate_path(one.registration, one.session)
            found.setdefault(one.registration_id, []).append((one.session, path))
    return found


def request_certificate(*, registration, slug, user=None):
    """Ask for the PDF of a certificate; return the Document. Raises Refusal where the person has none.

    user: the member of the team who hands it over, and who alone may then fetch it.
    """
    attendance = certificate_of(registration, slug)
    refusal = why_no_certificate(attendance)
    if refusal:
        raise Refusal(refusal)
    filename = f"attestation-{attendance.session.slug}.pdf"
    params = {"attendance": attendance.pk}
    return pdf.request_document(kind="certificate", params=params, filename=filename, user=user)


def bare_code(typed):
    """Return a code as it is stored: whoever copies it by hand adds spaces, hyphens or small letters."""
    return re.sub(r"[^A-Z0-9]", "", typed.upper())


def find_certificate(code):
    """Return the attendance that this code certifies, or None. An anonymised one is found: its page says no more."""
    attendance = attendances().filter(certificate_code=bare_code(code)).first()
    return None if why_no_certificate(attendance) and not wiped(attendance) else attendance


def wiped(attendance):
    return bool(attendance and attendance.registration.anonymised_at)


def certificates_due(starts_at):
    """Return when the certificates of a session leave: nine in the morning after its local date."""
    zone = timezone.get_current_timezone()
    return datetime.combine(starts_at.astimezone(zone).date() + timedelta(days=1), HOUR, tzinfo=zone)


@transaction.atomic
def send_certificates(*, now=None):
    """Mail those who were present, the morning after, the link to their certificate; return how many mails are new.

    Safe to run at any time and twice: the outbox knows each one by registration and session. An attendance ticked
    later still counts, for a fortnight; one imported from older times brings no mail.
    """
    now = now or timezone.now()
    recent = attendances().filter(presence=Presence.PRESENT, registration__anonymised_at=None)
    recent = recent.filter(session__starts_at__gt=now - LATEST, session__starts_at__lt=now)
    recent = recent.filter(session__state__in=TOOK_PLACE).exclude(registration__email="")
    due = (one for one in recent.iterator(BATCH) if certificates_due(one.session.starts_at) <= now)
    return mail.send_many(notifications.certificate(one) for one in due)
