from django.db import models
from django.utils.functional import classproperty


class SurveyKind(models.TextChoices):
    """What a questionnaire is about; the answers of the cell's are published from 11 only."""

    SESSION = "session", "Après une séance"
    NEEDS = "needs", "Besoins du territoire"
    EMPLOYEES = "employees", "Besoins des salariés des cabinets"
    TRAINING = "training", "Évaluation d’une formation"
    HEALTH = "health", "État de santé du territoire"
    CELL = "cell", "Évaluation de la cellule d’écoute"
    OTHER = "other", "Autre"


class SurveyState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    OPEN = "open", "Ouvert"
    CLOSED = "closed", "Clos"

    @classproperty
    def frozen(cls):
        """States in which the questions can no longer change: a copy is a new version."""
        return (cls.OPEN, cls.CLOSED)


class SurveyAudience(models.TextChoices):
    INVITED = "invited", "Les personnes invitées, par un lien personnel"
    PUBLIC = "public", "Toute personne qui a l’adresse (affiche, code QR)"


class QuestionKind(models.TextChoices):
    SCALE = "scale", "Note de 0 à 10"
    AGREEMENT = "agreement", "Accord en quatre degrés"
    YES_NO = "yes_no", "Oui, non, ne sait pas"
    CHOICE = "choice", "Un seul choix"
    CHOICES = "choices", "Plusieurs choix"
    VISUAL = "visual", "Échelle visuelle"
    WHO5 = "who5", "Bien-être en cinq phrases (WHO-5)"
    SHORT = "short", "Réponse courte"
    LONG = "long", "Réponse longue"

    @classproperty
    def numeric(cls):
        """Answered by a number: its mean has a meaning."""
        return (cls.SCALE, cls.VISUAL, cls.WHO5)

    @classproperty
    def closed(cls):
        """Answered by one of a few values, or several."""
        return (cls.SCALE, cls.AGREEMENT, cls.YES_NO, cls.CHOICE, cls.CHOICES)

    @classproperty
    def with_options(cls):
        """Kinds whose list of answers the coordinator writes."""
        return (cls.CHOICE, cls.CHOICES)

    @classproperty
    def open(cls):
        return (cls.SHORT, cls.LONG)


class ResponseSource(models.TextChoices):
    WEB = "web", "En ligne"
    PAPER = "paper", "Sur papier"
    IMPORT = "import", "Importée"
