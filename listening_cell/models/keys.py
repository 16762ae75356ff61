"""Who holds a key. The public half and its signature are here in clear; the private half only wrapped."""

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from listening_cell.enums import KeyState
from members.enums import Role


def new_reference():
    """Return 26 random letters and digits (about 130 bits): a name that tells nothing, not even an order."""
    return secrets.token_hex(13)


class RootKey(models.Model):
    """The verify key of ROOT, whose private half the referents hold. Each is signed by the one before.

    The first that counts is the one the environment names (CELL_ROOT_VERIFY_KEY), never what stands here.
    """

    epoch = models.PositiveSmallIntegerField("rang", primary_key=True)
    verify_key = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64, blank=True)

    class Meta:
        verbose_name = "clé racine"
        ordering = ["epoch"]

    def __str__(self):
        return f"Clé racine {self.epoch}"


class KeyHolder(models.Model):
    """Someone with an X25519 key: its private half is wrapped under a passphrase, and under a recovery code.

    signature: ROOT's, over the kind of holder, id, public key, key_epoch and expires_on.
    """

    State = KeyState

    id = models.CharField(primary_key=True, max_length=26, default=new_reference, editable=False)
    state = models.CharField("état", max_length=8, choices=KeyState, default=KeyState.INVITED, editable=False)
    key_epoch = models.PositiveSmallIntegerField("rang de la clé", default=0, editable=False)
    public_key = models.BinaryField(max_length=32, blank=True)
    by_passphrase = models.BinaryField(max_length=2000, blank=True)
    by_recovery = models.BinaryField(max_length=2000, blank=True)
    expires_on = models.DateField("clé valable jusqu’au", null=True, blank=True, editable=False)
    signature = models.BinaryField(max_length=64, blank=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.id


class Referent(KeyHolder):
    """Who enrols the peers and publishes the counts. ROOT and STAT are sealed to this person's key."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="personne")
    root_sealed = models.BinaryField(max_length=2000, blank=True)
    stat_sealed = models.BinaryField(max_length=2000, blank=True)

    class Meta:
        verbose_name = "référent de la cellule"
        ordering = ["pk"]


class PeerQuerySet(models.QuerySet):
    def signed(self):
        """Peers whose key the database says signed; listening_cell.services.keys checks the signature itself.

        Without whoever has since come to coordinate or administer the portal, which a peer never does, or lost access.
        """
        peers = self.filter(state=KeyState.SIGNED, user__is_active=True, user__is_staff=False, user__is_superuser=False)
        return peers.exclude(user__groups__name=Role.COORDINATION).select_related("user")


class Peer(KeyHolder):
    """A listening peer. What colleagues read of them: first name, profession, commune."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="personne")
    seasoned = models.BooleanField("expérimenté", default=False)
    paused = models.BooleanField("en pause", default=False)
    monthly_limit = models.PositiveSmallIntegerField(
        "entretiens par mois, au plus", default=4, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )

    objects = PeerQuerySet.as_manager()

    class Meta:
        verbose_name = "pair écoutant"
        verbose_name_plural = "pairs écoutants"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(monthly_limit__range=(1, 30)),
                name="peer_listens_at_least_once",
                violation_error_message="De 1 à 30 entretiens par mois.",
            ),
            models.CheckConstraint(
                condition=~Q(state=KeyState.SIGNED) | Q(expires_on__isnull=False),
                name="peer_signed_key_expires",
            ),
        ]


class CellSession(models.Model):
    """An unlocked space: a secret under a key that lives in the cookie alone. The row tells not whose it is."""

    id = models.BinaryField(primary_key=True, max_length=32)
    blob = models.BinaryField(max_length=3000)
    idle_until = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = "espace ouvert"

    def __str__(self):
        return "Espace ouvert"
