import uuid

from django.conf import settings
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import F, Q

from cafe import mime


class SchoolZone(models.TextChoices):
    A = "A", "Zone A"
    B = "B", "Zone B"
    C = "C", "Zone C"
    CORSICA = "corse", "Corse"
    REUNION = "reunion", "La Réunion"


class Portal(models.Model):
    """The portal's identity: one row, edited by the coordinator, but for the confidential contact.

    confidential_contact is set by the referent of the listening cell alone; no form of the coordination shows it.
    """

    name = models.CharField("nom du portail", max_length=80, default="Café des Soignants")
    cpts = models.CharField("nom de la CPTS", max_length=120, default="CPTS du territoire")
    logo = models.FileField(
        "logo du programme",
        upload_to="portal/",
        blank=True,
        validators=[FileExtensionValidator(["png", "jpg", "jpeg"])],
    )
    cpts_logo = models.FileField(
        "logo de la CPTS", upload_to="portal/", blank=True, validators=[FileExtensionValidator(["png", "jpg", "jpeg"])]
    )
    contact_email = models.EmailField("adresse de contact général", default="contact@cafe.example")
    contact_phone = models.CharField("téléphone de contact", max_length=30, blank=True)
    confidential_contact = models.CharField("contact confidentiel", max_length=200, blank=True)
    address = models.TextField("adresse postale", max_length=300, blank=True)
    publisher = models.CharField("responsable de la publication", max_length=120, blank=True)
    host_provider = models.TextField("hébergeur", max_length=300, blank=True)
    school_zone = models.CharField(
        "zone des vacances scolaires", max_length=7, choices=SchoolZone, default=SchoolZone.B
    )
    communes = models.TextField("communes du territoire", blank=True, help_text="Une commune par ligne.")

    class Meta:
        verbose_name = "identité du portail"
        verbose_name_plural = "identité du portail"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="portal_is_single")]

    def __str__(self):
        return self.name

    @classmethod
    def load(cls):
        """Return the single row, or its default values where nobody has edited it yet.

        In SQL as it is: every page reads it, and building the same statement each time costs three times as much.
        """
        return next(iter(cls.objects.raw("SELECT * FROM cafe_portal WHERE id = 1")), None) or cls(pk=1)

    def commune_list(self):
        return [line.strip() for line in self.communes.splitlines() if line.strip()]


class Hit(models.Model):
    """How often something was tried within a window of time; see cafe.limits. The key is a keyed hash."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self):
        return self.key


class DeliveryState(models.TextChoices):
    PENDING = "pending", "à envoyer"
    CLAIMED = "claimed", "en cours d’envoi"
    SENT = "sent", "envoyé"
    FAILED = "failed", "refusé"
    UNKNOWN = "unknown", "sort inconnu"


class DeliveryQuerySet(models.QuerySet):
    def due(self, now):
        """What may leave at `now`, the longest waiting first."""
        return self.filter(state=DeliveryState.PENDING, not_before__lte=now).order_by("not_before", "pk")

    def expired(self, now):
        """What a worker claimed and never finished, since it died or hangs."""
        return self.filter(state=DeliveryState.CLAIMED, lease_until__lte=now)

    def finished(self):
        return self.filter(state__in=[DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN])


class Delivery(models.Model):
    """One message on its way to one address: pending -> claimed -> sent | failed | unknown (see cafe.outbox).

    lease_until: after it, a claimed row that has not started goes back to pending; one that has becomes unknown.
    started_at: committed just before SMTP's DATA; past that point the message may have left.
    repeats: how often it was sent again because nobody knows whether it had left; only where `repeats_unknown`.
    last_error: codes only. A server's words often quote the address.
    starts_only_if: a condition in SQL on the row, looked at once more in the statement that commits the start.
    """

    State = DeliveryState
    repeats_unknown = False
    starts_only_if = ""

    dedupe_key = models.CharField("clé d’unicité", max_length=200, unique=True)
    to = models.EmailField("destinataire", blank=True)
    state = models.CharField("état", max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    repeats = models.PositiveSmallIntegerField("répétitions", default=0)
    not_before = models.DateTimeField("pas avant")
    claim_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField("fini le", null=True)
    last_error = models.CharField("dernière réponse du serveur", max_length=300, blank=True)
    created_at = models.DateTimeField("écrit le", auto_now_add=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(claim_token__isnull=False, lease_until__isnull=False),
                name="%(class)s_claimed_has_lease",
            ),
        ]
        indexes = [models.Index(F("state"), F("not_before"), name="%(class)s_queue")]

    def message(self):
        """Return the EmailMessage to send; called by the worker, once per try."""
        raise NotImplementedError

    def changes_once_sent(self):
        """Return what else is written when the message has left."""
        return {}


class Outgoing(Delivery):
    """A mail of the portal to one person, written in the transaction that is its reason.

    A confirmation that may be lost is worse than one that comes twice: an unknown fate is tried once more.
    """

    repeats_unknown = True
    WITHOUT_BODY = {"text": "", "html": "", "headers": {}, "attachments": []}

    subject = models.CharField("objet", max_length=200, blank=True)
    text = models.TextField("texte", blank=True)
    html = models.TextField("HTML", blank=True)
    headers = models.JSONField("en-têtes", default=dict)
    attachments = models.JSONField("pièces jointes", default=list)  # [{name, type, content}]; content in base64
    carries_token = models.BooleanField("porte un lien personnel", default=False)

    class Meta(Delivery.Meta):
        verbose_name = "courriel"
        verbose_name_plural = "courriels"

    def __str__(self):
        return f"courriel {self.pk}"

    def message(self):
        return mime.build(self)

    def changes_once_sent(self):
        return self.WITHOUT_BODY if self.carries_token else {}


class DocumentState(models.TextChoices):
    WAITING = "waiting", "en préparation"
    READY = "ready", "prêt"
    FAILED = "failed", "impossible"


class Document(models.Model):
    """A file made in the background by a worker (see cafe.pdf) and kept for a day.

    kind names the function that makes it, params are its JSON arguments. Whoever holds the key may fetch the file.
    """

    State = DocumentState

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("nature", max_length=60)
    params = models.JSONField(default=dict)
    state = models.CharField("état", max_length=7, choices=DocumentState, default=DocumentState.WAITING)
    done = models.PositiveSmallIntegerField("avancement (%)", default=0)
    filename = models.CharField("nom du fichier", max_length=150)
    content_type = models.CharField(max_length=100, default="application/pdf")
    file = models.FileField(upload_to="documents/", blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField("demandé le", auto_now_add=True)
    expires_at = models.DateTimeField("effacé après le", db_index=True)

    class Meta:
        verbose_name = "document"

    def __str__(self):
        return self.filename
