"""The mail that brings a certificate."""

from activities.links import certificate_path
from cafe import mail


def certificate(attendance):
    """Return the arguments of the mail; its key makes it leave once, even where the tick was taken off and put back."""
    registration, session = attendance.registration, attendance.session
    return {
        "event": "activities/certificate",
        "to": registration.email,
        "dedupe_key": f"registration:{registration.pk}:certificate:{session.pk}",
        "context": {
            "registration": registration,
            "session": session,
            "url": mail.absolute(certificate_path(registration, session)),
        },
        "carries_token": True,
        "lead": "Votre attestation de participation est prête.",
    }
