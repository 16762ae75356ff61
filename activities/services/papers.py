"""What is printed about people: attendance sheets and certificates. Their parameters, stored, name nobody."""

import unicodedata

from django.urls import reverse

from activities.models import Attendance, Registration, Session
from activities.permissions import why_no_certificate
from cafe import mail, pdf
from cafe.errors import Refusal

LATECOMERS = 6


def without_accents(text):
    """Return the key by which French names are sorted: É among the E."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()


def by_name(registration):
    return without_accents(registration.last_name), without_accents(registration.first_name), registration.pk


# --- Attendance sheet -----------------------------------------------------------------------------


def request_attendance_sheet(*, session, user):
    """Ask for the sheet to sign, for this person alone; return the Document."""
    filename = f"feuille-de-presence-{session.slug}.pdf"
    return pdf.request_document(kind="attendance_sheet", params={"session": session.pk}, filename=filename, user=user)


def expected_people(session):
    """Return those who have a place, in the order of a French dictionary."""
    return sorted(Registration.objects.expected_at(session).filter(anonymised_at=None), key=by_name)


def attendance_sheet(*, session):
    session = Session.objects.for_display().get(pk=session)
    people = expected_people(session)
    return pdf.html_of(
        "activities/pdf/attendance_sheet.html", session=session, people=people, latecomers=range(LATECOMERS)
    )


# --- Certificate ----------------------------------------------------------------------------------


def grouped_code(code):
    """Return a code by groups of four, as one reads it aloud."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def check_path(code):
    return reverse("certificate_check", args=[grouped_code(code).replace(" ", "-")])


def certificate(*, attendance):
    """Draw a certificate. Raises Refusal where it may no longer be given."""
    attendance = Attendance.objects.select_related("registration", "session__activity", "session__place").get(
        pk=attendance
    )
    refusal = why_no_certificate(attendance)
    if refusal:
        raise Refusal(refusal)
    url = mail.absolute(check_path(attendance.certificate_code))
    return pdf.html_of(
        "activities/pdf/certificate.html",
        registration=attendance.registration,
        session=attendance.session,
        code=grouped_code(attendance.certificate_code),
        check_url=url,
        check_home=pdf.shown_url(mail.absolute(reverse("certificate_home"))),
        qr=pdf.qr_code(url),
    )
