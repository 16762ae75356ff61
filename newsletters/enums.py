from django.db import models
from django.utils.functional import classproperty


class Topic(models.TextChoices):
    """What a subscriber may choose to read about; a newsletter is about one of them."""

    AGENDA = "agenda", "Les prochaines séances"
    PREVENTION = "prevention", "Prendre soin de soi"
    LIFE = "life", "La vie du programme"


class Frequency(models.TextChoices):
    EACH = "each", "Chaque lettre"
    MONTHLY = "monthly", "Une par mois au plus"


class SubscriberState(models.TextChoices):
    """Who confirmed is active. Suspended: the mail server refuses the address. Whoever leaves is deleted."""

    PENDING = "pending", "à confirmer"
    ACTIVE = "active", "abonné"
    SUSPENDED = "suspended", "adresse refusée"


class Origin(models.TextChoices):
    SITE = "site", "Sur le site"
    REGISTRATION = "registration", "En s’inscrivant à une séance"
    ACCOUNT = "account", "Depuis un compte"
    IMPORT = "import", "Liste importée"


class NewsletterState(models.TextChoices):
    """draft -> scheduled -> sending <-> paused -> sent; scheduled goes back to draft until it leaves."""

    DRAFT = "draft", "Brouillon"
    SCHEDULED = "scheduled", "Programmée"
    SENDING = "sending", "En cours d’envoi"
    PAUSED = "paused", "Suspendue"
    SENT = "sent", "Envoyée"
    STOPPED = "stopped", "Arrêtée"

    @classproperty
    def frozen(cls):
        """States in which the words can no longer change."""
        return (cls.SENDING, cls.PAUSED, cls.SENT, cls.STOPPED)

    @classproperty
    def archived(cls):
        """States in which it may be read in the browser."""
        return (cls.SENDING, cls.PAUSED, cls.SENT, cls.STOPPED)


class BlockKind(models.TextChoices):
    HEADING = "heading", "Titre"
    TEXT = "text", "Texte"
    SESSIONS = "sessions", "Prochaines séances"
    SESSION = "session", "Une séance"
    PREVENTION = "prevention", "Message de prévention"
    RESOURCE = "resource", "Fiche de l’annuaire"
    BUTTON = "button", "Bouton"
    IMAGE = "image", "Image"


class BounceKind(models.TextChoices):
    HARD = "hard", "adresse refusée"
    SOFT = "soft", "refus passager"
    COMPLAINT = "complaint", "plainte"
