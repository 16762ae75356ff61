from django.conf import settings
from django.db import models
from django.db.models import F, Q

from activities.enums import Availability, NoticeKind, TeamEventKind
from activities.models.registrations import new_link_key
from activities.models.sessions import Session


class HostAvailability(models.Model):
    """Whether a team member can host a session."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="availabilities")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="host_availabilities")
    answer = models.CharField("réponse", max_length=5, choices=Availability)

    class Meta:
        verbose_name = "disponibilité"
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="availability_once_per_session")]

    def __str__(self):
        return self.get_answer_display()


class Absence(models.Model):
    """Days when a team member hosts nothing, both included."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences")
    first_day = models.DateField("du")
    last_day = models.DateField("au")

    class Meta:
        verbose_name = "absence"
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="absence_ends_after_it_begins",
                violation_error_message="Le dernier jour ne peut pas précéder le premier.",
            )
        ]

    def __str__(self):
        return f"{self.first_day} – {self.last_day}"


class HostWithdrawal(models.Model):
    """A host who dropped out: an alarm for the coordination until the session has a host again."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="withdrawals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    word = models.CharField("mot à l’équipe", max_length=300, blank=True)
    created_at = models.DateTimeField("le", auto_now_add=True)

    class Meta:
        verbose_name = "désistement"

    def __str__(self):
        return f"désistement {self.pk}"


class TeamEvent(models.Model):
    """A meeting or supervision date of the team, in the common calendar."""

    kind = models.CharField("nature", max_length=11, choices=TeamEventKind, default=TeamEventKind.MEETING)
    title = models.CharField("objet", max_length=120)
    starts_at = models.DateTimeField("début")
    minutes = models.PositiveSmallIntegerField("durée en minutes", default=90)
    place = models.CharField("lieu", max_length=200, blank=True)

    class Meta:
        verbose_name = "rendez-vous d’équipe"
        verbose_name_plural = "rendez-vous d’équipe"
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=720),
                name="team_event_lasts",
                violation_error_message="La durée va de 1 minute à 12 heures.",
            )
        ]

    def __str__(self):
        return self.title


class CalendarFeed(models.Model):
    """The private address of one team member's calendar; a new key ends the old address."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    key = models.CharField(max_length=22, unique=True, default=new_link_key, editable=False)

    class Meta:
        verbose_name = "agenda personnel"

    def __str__(self):
        return f"agenda {self.pk}"


class FacilitatorNotice(models.Model):
    """« Je dois annuler ou reporter », said by a facilitator through his link."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="facilitator_notices")
    kind = models.CharField("demande", max_length=8, choices=NoticeKind)
    message = models.TextField("mot", max_length=1000, blank=True)
    dates = models.TextField("autres dates proposées", max_length=500, blank=True)
    created_at = models.DateTimeField("reçu le", auto_now_add=True)
    handled_at = models.DateTimeField("traité le", null=True, editable=False)

    class Meta:
        verbose_name = "mot d’intervenant"
        ordering = ["-created_at"]

    def __str__(self):
        return f"mot {self.pk}"
