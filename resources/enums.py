from django.db import models
from django.utils.functional import classproperty

from members.enums import Role


class ResourceKind(models.TextChoices):
    PERSON = "personne", "Professionnel"
    SERVICE = "service", "Service"
    ASSOCIATION = "association", "Association"
    GROUP = "groupe", "Groupe de pairs"
    HELPLINE = "ligne", "Ligne d’écoute"
    INSTITUTION = "institution", "Institution"


class ResourceState(models.TextChoices):
    SUGGESTION = "suggestion", "Suggestion"
    DRAFT = "draft", "Brouillon"
    PUBLISHED = "published", "Publiée"
    SUSPENDED = "suspended", "Suspendue"
    ARCHIVED = "archived", "Archivée"

    @classproperty
    def live(cls):
        """States that the coordination still works on."""
        return (cls.SUGGESTION, cls.DRAFT, cls.PUBLISHED, cls.SUSPENDED)

    @classproperty
    def publishable(cls):
        return (cls.SUGGESTION, cls.DRAFT, cls.SUSPENDED, cls.ARCHIVED)


class Visibility(models.TextChoices):
    PUBLIC = "public", "Tout le monde"
    ACCOUNT = "account", "Professionnels ayant un compte"
    PEERS = "peers", "Pairs écoutants seulement"

    @classmethod
    def open_to(cls, user):
        """Return the levels that a person may read: peers' sheets are for the cell, and for who edits them."""
        if not user.is_authenticated:
            return {cls.PUBLIC}
        # A superuser has no role by right: the technician reads what any account reads.
        if user.has_role(Role.PEER, Role.CELL_REFERENT, Role.COORDINATION):
            return {cls.PUBLIC, cls.ACCOUNT, cls.PEERS}
        return {cls.PUBLIC, cls.ACCOUNT}


class Cost(models.TextChoices):
    FREE = "gratuit", "Gratuit"
    COVERED = "rembourse", "Remboursé, en tout ou partie"
    PAID = "payant", "Payant"
    UNKNOWN = "inconnu", "À demander"


class Mode(models.TextChoices):
    PLACE = "sur-place", "Sur place"
    REMOTE = "a-distance", "À distance"


class AreaKind(models.TextChoices):
    COMMUNES = "communes", "Communes"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    FRANCE = "france", "France entière"


class Verification(models.TextChoices):
    """Who vouched for a sheet the last time."""

    COORDINATION = "coordination", "la coordination"
    ITSELF = "itself", "la ressource elle-même"
    SOURCE = "source", "une source publique"


class Freshness(models.TextChoices):
    """How long ago a sheet was verified: the thresholds are in resources.services.freshness."""

    FRESH = "a-jour", "À jour"
    ADVISED = "conseillee", "Vérification conseillée"
    REQUIRED = "necessaire", "Vérification nécessaire"
    ENDING = "bientot-suspendue", "Bientôt suspendue"


class ChangeKind(models.TextChoices):
    CREATED = "created", "Création"
    EDITED = "edited", "Modification"
    PUBLISHED = "published", "Publication"
    SUSPENDED = "suspended", "Suspension"
    ARCHIVED = "archived", "Archivage"
    VERIFIED = "verified", "Vérification"


class ChangeOrigin(models.TextChoices):
    COORDINATION = "coordination", "Coordination"
    ITSELF = "itself", "La ressource, par son lien"
    REPORT = "report", "Un signalement"
    IMPORT = "import", "Un import"
    PORTAL = "portal", "Le portail"


class ReportKind(models.TextChoices):
    ERROR = "error", "Erreur signalée"
    PROPOSAL = "proposal", "Ressource proposée"


class ReportState(models.TextChoices):
    RECEIVED = "received", "À examiner"
    ACCEPTED = "accepted", "Retenu"
    REFUSED = "refused", "Écarté"


class Fault(models.TextChoices):
    """What a visitor finds wrong on a sheet."""

    CONTACT = "contact", "Le numéro, l’adresse ou le site"
    HOURS = "hours", "Les horaires ou le délai"
    GONE = "gone", "Cela n’existe plus"
    OTHER = "other", "Autre chose"


class Acquaintance(models.TextChoices):
    """How the person who proposes a resource knows it."""

    SELF = "self", "C’est moi, ou j’y travaille"
    USED = "used", "Je m’y suis adressé, pour moi ou avec quelqu’un"
    HEARD = "heard", "J’en ai entendu parler"


class PreventionPart(models.TextChoices):
    SELF = "soi", "Prendre soin de soi"
    COLLEAGUE = "collegue", "Pour un collègue"
