import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone

from activities.enums import Presence
from activities.models.registrations import Registration
from activities.models.sessions import Session

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 12


def new_certificate_code():
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


class Attendance(models.Model):
    """Whether a registered person came to a session; in a cycle, one row for each of its sessions.

    marked_at: when the host decided, which may be minutes before the portal heard of it: phones lose their network.
    """

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="attendances")
    session = models.ForeignKey(Session, models.PROTECT, related_name="attendances", verbose_name="séance")
    presence = models.CharField("présence", max_length=7, choices=Presence)
    certificate_code = models.CharField(
        "code de l’attestation", max_length=12, unique=True, default=new_certificate_code, editable=False
    )
    marked_at = models.DateTimeField("notée le", default=timezone.now, editable=False)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "présence"
        constraints = [
            models.UniqueConstraint(fields=["registration", "session"], name="attendance_once_per_session"),
        ]
        indexes = [models.Index(fields=["session", "presence"])]

    def __str__(self):
        return f"présence {self.pk}"
