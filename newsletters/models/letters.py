"""What is written, and its way to each address."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from activities.models import Session
from cafe.models import Delivery, DeliveryQuerySet
from newsletters.enums import BlockKind, NewsletterState, Topic
from newsletters.models.subscribers import Subscriber


class NewsletterQuerySet(models.QuerySet):
    def published(self):
        """What everybody may read in the browser, the latest first. It never changes again."""
        return self.filter(state__in=NewsletterState.archived, in_archive=True).order_by("-started_at", "-pk")

    def visible_to(self, user):
        """The coordination also reads again what was sent and not published."""
        if user.is_authenticated and user.has_role("coordination"):
            return self.filter(state__in=NewsletterState.archived)
        return self.published()


class Newsletter(models.Model):
    """A newsletter. html, text: rendered once, when its sending begins; a few bytes change from person to person.

    segment: {"professions": [...], "communes": [...], "cpts_member": true, "newly_installed": true}, each left out
    where it does not matter; the topic is always asked for. invitation: it was written to invite to this session.
    counts: how many were sent, refused and so on, kept when the deliveries are deleted; empty until then.
    """

    State = NewsletterState

    slug = models.SlugField(max_length=80, unique=True, editable=False)
    topic = models.CharField("sujet", max_length=10, choices=Topic, default=Topic.AGENDA)
    subject = models.CharField("objet", max_length=120)
    preview = models.CharField("ligne d’aperçu", max_length=150, blank=True)
    state = models.CharField("état", max_length=9, choices=NewsletterState, default=NewsletterState.DRAFT)
    model_key = models.SlugField(max_length=40, blank=True, editable=False)
    invitation = models.ForeignKey(Session, models.SET_NULL, null=True, blank=True, related_name="+")
    segment = models.JSONField("à qui", default=dict, blank=True)
    per_minute = models.PositiveSmallIntegerField(
        "envois par minute et par domaine", default=600, validators=[MinValueValidator(1), MaxValueValidator(30000)]
    )
    in_archive = models.BooleanField("dans les lettres publiées", default=True)
    scheduled_for = models.DateTimeField("part le", null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    html = models.TextField(blank=True, editable=False)
    text = models.TextField(blank=True, editable=False)
    counts = models.JSONField(default=dict, blank=True, editable=False)

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        verbose_name = "lettre d’information"
        verbose_name_plural = "lettres d’information"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=NewsletterState.DRAFT) | Q(scheduled_for__isnull=False),
                name="newsletter_leaves_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=NewsletterState.frozen) | (Q(started_at__isnull=False) & ~Q(text="")),
                name="newsletter_sent_is_rendered",
            ),
        ]

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        """Return where it is read in the browser: an address that names the letter, and no reader."""
        return reverse("letter", args=[self.slug])

    @property
    def is_frozen(self):
        return self.state in NewsletterState.frozen


class LetterImage(models.Model):
    """An image of a newsletter, kept as long as it may be read in the browser. Its alternative text is compulsory."""

    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="images")
    file = models.ImageField("image", upload_to="lettres/", width_field="width", height_field="height")
    alt = models.CharField("ce que montre l’image", max_length=200)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = "image"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(alt=""),
                name="letter_image_is_described",
                violation_error_message="Dites ce que montre l’image.",
            )
        ]

    def __str__(self):
        return self.alt


class Block(models.Model):
    """A piece of a newsletter, in its place. content: what its kind needs, in plain JSON (see newsletters.blocks)."""

    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField("sorte", max_length=10, choices=BlockKind)
    content = models.JSONField(default=dict)

    class Meta:
        verbose_name = "bloc"
        ordering = ["position", "pk"]

    def __str__(self):
        return self.get_kind_display()


class LetterDeliveryQuerySet(DeliveryQuerySet):
    def due(self, now):
        """What is paused or stopped is not due."""
        return super().due(now).filter(newsletter__in=Newsletter.objects.filter(state=NewsletterState.SENDING))


class LetterDelivery(Delivery):
    """A newsletter on its way to one subscriber. An unknown fate stays unknown: nobody gets one twice.

    domain: of the address, by which the pace is kept. subscriber: empty once she has left; then nothing leaves, even
    where the row had been claimed before. Not sent on purpose, it is failed, and last_error says LEFT or STOPPED.
    """

    LEFT = "désabonné"
    STOPPED = "arrêté"
    starts_only_if = "subscriber_id IS NOT NULL"

    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, models.SET_NULL, null=True, related_name="+")
    domain = models.CharField(max_length=255, db_index=True)

    objects = LetterDeliveryQuerySet.as_manager()

    class Meta(Delivery.Meta):
        verbose_name = "envoi d’une lettre"
        verbose_name_plural = "envois d’une lettre"
        constraints = [
            *Delivery.Meta.constraints,
            models.UniqueConstraint(fields=["newsletter", "to"], name="letter_once_per_address"),
        ]
        indexes = [*Delivery.Meta.indexes, models.Index(fields=["newsletter", "state"])]

    def __str__(self):
        return f"envoi {self.pk}"
