import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from activities.enums import CancelReason, RegistrationState, TimeSlot
from activities.models.sessions import Session, occupying
from members.enums import Gender, Profession


def new_link_key():
    return secrets.token_urlsafe(12)


class Person(models.Model):
    """A random key for each distinct normalised e-mail, so that figures can count people once names are gone."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("adresse e-mail", unique=True)

    def __str__(self):
        return str(self.key)


class RegistrationQuerySet(models.QuerySet):
    def live(self):
        return self.filter(state__in=RegistrationState.live)

    def occupying(self):
        return self.filter(occupying())

    def waiting(self):
        """The waiting list, first in line first."""
        return self.filter(state=RegistrationState.WAITING).order_by("number")

    def expected_at(self, session):
        """Who holds a place at a session, by name; in a cycle, those registered to its first session."""
        confirmed = self.filter(session_id=session.registering_session_id, state=RegistrationState.CONFIRMED)
        return confirmed.order_by("last_name", "first_name", "number")

    def of_emails(self, emails):
        return self.filter(email__in=emails)


class Registration(models.Model):
    """One person at one session, with what they said of themselves at that time.

    number: order of arrival within the session. link_key: makes the personal link; a new one kills the old link.
    person_key: random, the same for all registrations of one e-mail; survives anonymisation.
    to_reconfirm: asked whether she still comes since the session moved, and has not answered. Once she has, only
    reconfirm_asked_at stays.
    """

    State = RegistrationState

    session = models.ForeignKey(Session, models.PROTECT, related_name="registrations", verbose_name="séance")
    number = models.PositiveIntegerField("ordre d’arrivée", editable=False)
    state = models.CharField("état", max_length=9, choices=RegistrationState)
    link_key = models.CharField(max_length=22, unique=True, default=new_link_key, editable=False)
    person_key = models.UUIDField(db_index=True, editable=False)
    email = models.EmailField("adresse e-mail", blank=True, db_index=True)
    first_name = models.CharField("prénom", max_length=80, blank=True)
    last_name = models.CharField("nom", max_length=80, blank=True)
    profession = models.CharField("profession ou fonction", max_length=30, choices=Profession)
    commune = models.CharField("commune d’exercice", max_length=80, blank=True)
    cpts_member = models.BooleanField("adhérent de la CPTS", null=True)
    gender = models.CharField("genre", max_length=6, choices=Gender, blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    remarks = models.TextField("remarques", max_length=1000, blank=True)
    created_at = models.DateTimeField("inscrit le", auto_now_add=True)
    confirmed_at = models.DateTimeField("confirmé le", null=True, editable=False)
    offer_ends_at = models.DateTimeField("place proposée jusqu’au", null=True, editable=False)
    cancelled_at = models.DateTimeField("annulé le", null=True, editable=False)
    cancel_reason = models.CharField("raison", max_length=8, choices=CancelReason, blank=True, editable=False)
    to_reconfirm = models.BooleanField("doit reconfirmer après un report", default=False, editable=False)
    reconfirm_asked_at = models.DateTimeField("reconfirmation demandée le", null=True, editable=False)
    walk_in = models.BooleanField("venu sans inscription", default=False, editable=False)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")
    anonymised_at = models.DateTimeField("anonymisé le", null=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "inscription"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "email"],
                condition=Q(state__in=["confirmed", "waiting", "offered"]) & ~Q(email=""),
                name="registration_one_live_per_email",
                violation_error_message="Cette adresse est déjà inscrite à cette séance.",
            ),
            models.UniqueConstraint(fields=["session", "number"], name="registration_number_in_session"),
            models.CheckConstraint(
                condition=~Q(state=RegistrationState.OFFERED) | Q(offer_ends_at__isnull=False),
                name="registration_offer_has_end",
            ),
            models.CheckConstraint(
                condition=~Q(state=RegistrationState.CONFIRMED) | Q(confirmed_at__isnull=False),
                name="registration_confirmed_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state=RegistrationState.CANCELLED)
                | (Q(cancelled_at__isnull=False) & ~Q(cancel_reason="")),
                name="registration_cancelled_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["session", "state", "number"])]

    def __str__(self):
        return f"inscription {self.number}"

    def get_full_name(self):
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def reconfirmation(self):
        """What a person said since the session moved: nothing where she was not asked."""
        if not self.reconfirm_asked_at or self.state != RegistrationState.CONFIRMED:
            return ""
        return "Sans réponse" if self.to_reconfirm else "Vient toujours"


class TimeWish(models.Model):
    """How many people said that another moment would suit them better than this session's. No name is kept."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="time_wishes")
    slot = models.CharField("moment", max_length=8, choices=TimeSlot)
    count = models.PositiveIntegerField("fois", default=0)

    class Meta:
        verbose_name = "horaire souhaité"
        constraints = [models.UniqueConstraint(fields=["session", "slot"], name="time_wish_once_per_slot")]

    def __str__(self):
        return f"{self.get_slot_display()} : {self.count}"
