from django.db import models
from django.utils.functional import classproperty


class KeyState(models.TextChoices):
    """Where a key holder stands: invited without a key, key made but not signed, signed, revoked."""

    INVITED = "invited", "Invitation envoyée"
    UNSIGNED = "unsigned", "Clé à signer"
    SIGNED = "signed", "Clé signée"
    REVOKED = "revoked", "Clé révoquée"

    @classproperty
    def with_key(cls):
        return (cls.UNSIGNED, cls.SIGNED, cls.REVOKED)

    @classproperty
    def usable(cls):
        """States in which a passphrase opens the key; only a signed one has cases sealed to it."""
        return (cls.UNSIGNED, cls.SIGNED)


class CaseState(models.TextChoices):
    """A case is asked for, then followed by its pair, then closed; it is forgotten, never archived."""

    ASKED = "asked", "Demande reçue"
    FOLLOWED = "followed", "Suivi en cours"
    CLOSED = "closed", "Suivi terminé"

    @classproperty
    def open(cls):
        return (cls.ASKED, cls.FOLLOWED)


class Weekday(models.IntegerChoices):
    MONDAY = 0, "lundi"
    TUESDAY = 1, "mardi"
    WEDNESDAY = 2, "mercredi"
    THURSDAY = 3, "jeudi"
    FRIDAY = 4, "vendredi"
    SATURDAY = 5, "samedi"
    SUNDAY = 6, "dimanche"


class For(models.TextChoices):
    """For whom one asks; sealed in the request."""

    SELF = "self", "Pour moi"
    COLLEAGUE = "colleague", "Pour un collègue, avec son accord"
    GROUP = "group", "Pour plusieurs collègues ensemble"
    WORRIED = "worried", "Je m’inquiète pour un collègue"


class Mode(models.TextChoices):
    """How one wishes to talk; sealed in the request."""

    PLACE = "place", "En personne"
    PHONE = "phone", "Par téléphone"
    VIDEO = "video", "En visio, par un lien que donnent les pairs"


class AuditAction(models.TextChoices):
    CEREMONY = "ceremony", "Clé racine créée"
    SUCCESSION = "succession", "Clé racine remplacée"
    ENROL = "enrol", "Clé créée"
    SIGN = "sign", "Clé signée"
    REVOKE = "revoke", "Clé révoquée"
    UNLOCK = "unlock", "Espace ouvert"
    FAILED_UNLOCK = "failed_unlock", "Phrase refusée"
    RECOVERY = "recovery", "Code de secours utilisé"
    RESEAL = "reseal", "Suivi confié à un autre pair"
    RECUSE = "recuse", "Récusation"
    CLOSE = "close", "Suivi terminé"
    SHRED = "shred", "Suivi effacé"
    PUBLISH = "publish", "Chiffres publiés"
