from django.db import models
from django.utils.functional import classproperty


class ActivityKind(models.TextChoices):
    WELLBEING = "bien-etre", "Bien-être"
    TRAINING = "formation", "Sensibilisation, formation"
    ANNUAL = "annuelle", "Rencontre annuelle"


class SessionState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    PUBLISHED = "published", "Publiée"
    CANCELLED = "cancelled", "Annulée"
    HELD = "held", "Tenue"

    @classproperty
    def public(cls):
        """States in which a session has a page that anyone may see."""
        return (cls.PUBLISHED, cls.CANCELLED, cls.HELD)


class Audience(models.TextChoices):
    ALL = "tous", "Tous les professionnels de santé"
    ONE_PROFESSION = "profession", "Une profession"
    EMPLOYEES = "salaries", "Salariés des cabinets"
    STUDENTS = "etudiants", "Étudiants et internes"
    FAMILIES = "familles", "Professionnels de santé et leurs proches"


class RegistrationState(models.TextChoices):
    CONFIRMED = "confirmed", "Inscrit"
    WAITING = "waiting", "En liste d’attente"
    OFFERED = "offered", "Place proposée"
    CANCELLED = "cancelled", "Annulée"

    @classproperty
    def live(cls):
        return (cls.CONFIRMED, cls.WAITING, cls.OFFERED)


class CancelReason(models.TextChoices):
    """Why a registration ended; people are never asked, the portal knows."""

    PERSON = "person", "Par la personne"
    TEAM = "team", "Par l’équipe"
    DECLINED = "declined", "Place proposée, déclinée"
    EXPIRED = "expired", "Place proposée, délai passé"
    SESSION = "session", "Séance annulée"


class TimeSlot(models.TextChoices):
    """Moments that would suit those whom a session's time does not (« ces horaires ne me conviennent pas »)."""

    EARLY = "08-10", "8 h – 10 h"
    MORNING = "10-12", "10 h – midi"
    NOON = "12-14", "midi – 14 h"
    AFTERNOON = "14-16", "14 h – 16 h"
    LATE_AFTERNOON = "16-18", "16 h – 18 h"
    EVENING = "18-20", "18 h – 20 h"
    LATE_EVENING = "20-22", "20 h – 22 h"
    SATURDAY = "samedi", "Le samedi"
    SUNDAY = "dimanche", "Le dimanche"


class ProposalState(models.TextChoices):
    RECEIVED = "received", "À examiner"
    QUESTIONED = "questioned", "Question posée"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"

    @classproperty
    def open(cls):
        return (cls.RECEIVED, cls.QUESTIONED)


class QuestionKind(models.TextChoices):
    TEXT = "text", "Réponse courte"
    CHOICE = "choice", "Un choix"
    CHOICES = "choices", "Plusieurs choix"
    YES_NO = "yes_no", "Oui ou non"


class Availability(models.TextChoices):
    YES = "yes", "Oui"
    IF_NEED_BE = "maybe", "S’il le faut"
    NO = "no", "Non"


class TeamEventKind(models.TextChoices):
    MEETING = "meeting", "Réunion d’équipe"
    SUPERVISION = "supervision", "Supervision"


class NoticeKind(models.TextChoices):
    CANCEL = "cancel", "Annuler"
    POSTPONE = "postpone", "Reporter"


class Presence(models.TextChoices):
    PRESENT = "present", "Présent"
    ABSENT = "absent", "Absent"
    EXCUSED = "excused", "Excusé"


class VoucherUse(models.TextChoices):
    SESSION = "session", "Pour une séance"
    CARE = "care", "Pour un soin individuel"


class HoursKind(models.TextChoices):
    HOSTING = "hosting", "Accueil des séances"
    LISTENING = "listening", "Écoute"
    MEETING = "meeting", "Réunions et supervision"


class BudgetCategory(models.TextChoices):
    FOOD = "food", "Convivialité"
    ROOM = "room", "Salle"
    FACILITATOR = "facilitator", "Intervenants"
    PROMOTION = "promotion", "Communication"
    COMPENSATION = "compensation", "Indemnisation de l’équipe"
    OTHER = "other", "Autre dépense"
    GRANT = "grant", "Subvention"
    MUTUAL = "mutual", "Mutuelle"
    ARS = "ars", "ARS"
    ACI = "aci", "ACI"
    OTHER_INCOME = "other_income", "Autre recette"

    @classproperty
    def income(cls):
        return (cls.GRANT, cls.MUTUAL, cls.ARS, cls.ACI, cls.OTHER_INCOME)
