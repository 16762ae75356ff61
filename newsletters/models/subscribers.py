"""Who receives the newsletters, and what proves that they asked for it. Whoever leaves is deleted."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from members.enums import Profession
from newsletters.enums import BounceKind, Frequency, Origin, SubscriberState

PROFESSIONS = dict(Profession.choices)


class SubscriberQuerySet(models.QuerySet):
    def active(self):
        return self.filter(state=SubscriberState.ACTIVE)


class Subscriber(models.Model):
    """An address and what it wishes to read.

    asked_at, confirmed_at, accepted, origin: the proof of consent (when, and the very sentence that was accepted); no
    network address. last_sign_on: the last day when the person did something here; after three years without, she is
    asked (asked_to_stay_on), then forgotten. bounce_score: see newsletters.services.bounces.
    """

    State = SubscriberState

    email = models.EmailField("adresse e-mail")
    state = models.CharField("état", max_length=9, choices=SubscriberState, default=SubscriberState.PENDING)
    first_name = models.CharField("prénom", max_length=80, blank=True)
    profession = models.CharField("profession ou fonction", max_length=40, blank=True)
    commune = models.CharField("commune d’exercice", max_length=80, blank=True)
    cpts_member = models.BooleanField("membre de la CPTS", null=True, blank=True)
    newly_installed = models.BooleanField("installé depuis moins d’un an", default=False)
    agenda = models.BooleanField("les prochaines séances", default=True)
    prevention = models.BooleanField("prendre soin de soi", default=True)
    life = models.BooleanField("la vie du programme", default=True)
    frequency = models.CharField("rythme", max_length=7, choices=Frequency, default=Frequency.EACH)
    origin = models.CharField(max_length=12, choices=Origin, default=Origin.SITE)
    accepted = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_sign_on = models.DateField()
    asked_to_stay_on = models.DateField(null=True, blank=True)
    last_sent_on = models.DateField(null=True, blank=True)
    bounce_score = models.DecimalField(max_digits=4, decimal_places=1, default=0)
    bounced_on = models.DateField(null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = "abonné"
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="subscriber_once_per_address",
                violation_error_message="Cette adresse est déjà abonnée.",
            ),
            models.CheckConstraint(
                condition=Q(state=SubscriberState.PENDING) | Q(confirmed_at__isnull=False),
                name="subscriber_active_has_confirmed",
            ),
            models.CheckConstraint(condition=Q(bounce_score__gte=0), name="subscriber_score_is_positive"),
        ]
        indexes = [models.Index(fields=["state", "profession"]), models.Index(fields=["last_sign_on"])]

    def __str__(self):
        return self.email

    @property
    def profession_label(self):
        """The profession in words; one that the portal no longer knows, as it was written."""
        return PROFESSIONS.get(self.profession, self.profession)


class Departure(models.Model):
    """Somebody left. email_hash: keyed, so that a list imported later does not bring her back; no address is kept."""

    email_hash = models.CharField(max_length=64, primary_key=True)
    left_on = models.DateField()
    reason = models.CharField("pourquoi", max_length=300, blank=True)
    newsletter = models.ForeignKey("newsletters.Newsletter", models.SET_NULL, null=True, related_name="departures")

    class Meta:
        verbose_name = "départ"
        ordering = ["-left_on"]

    def __str__(self):
        return f"{self.left_on:%d/%m/%Y}"


class Bounce(models.Model):
    """A refusal that came back, once: message_key is a hash of the report's own Message-ID."""

    message_key = models.CharField(max_length=64, primary_key=True)
    subscriber = models.ForeignKey(Subscriber, models.CASCADE, null=True, related_name="bounces")
    newsletter = models.ForeignKey("newsletters.Newsletter", models.SET_NULL, null=True, related_name="bounces")
    kind = models.CharField(max_length=9, choices=BounceKind)
    status = models.CharField(max_length=12, blank=True)
    on = models.DateField()

    class Meta:
        verbose_name = "retour"
        ordering = ["-on"]

    def __str__(self):
        return self.get_kind_display()
