import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from evaluation.figures import Period


class Section(models.TextChoices):
    """The parts of the report that the coordination may leave out; the summary and the definitions are always there."""

    ATTENDANCE = "frequentation", "Fréquentation"
    SATISFACTION = "satisfaction", "Satisfaction et paroles choisies"
    DIRECTORY = "annuaire", "Annuaire"
    LETTERS = "lettres", "Lettres d’information"
    CELL = "ecoute", "Cellule d’écoute"
    BUDGET = "budget", "Budget"
    SEASONS = "saisons", "Saisons côte à côte"
    INDICATORS = "aci", "Indicateurs pour l’ACI"
    NEXT_SESSIONS = "a-venir", "Prochaines séances déjà publiées"


class Months(models.Model):
    """Whole months, both included, each given by its first day."""

    first = models.DateField("premier mois")
    last = models.DateField("dernier mois")

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=Q(first__lte=F("last")), name="%(class)s_months_in_order")]

    @property
    def period(self):
        return Period(self.first, self.last)


def every_section():
    return list(Section.values)


class ReportText(Months):
    """What the coordination writes in the report of a period, in Markdown, and the sections that it keeps."""

    opening = models.TextField("en quelques mots", max_length=5000, blank=True)
    learnt = models.TextField("ce que nous avons appris", max_length=10_000, blank=True)
    next_season = models.TextField("la saison prochaine", max_length=10_000, blank=True)
    sections = models.JSONField("parties du rapport", default=every_section)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    edited_at = models.DateTimeField("écrit le", auto_now=True)

    class Meta(Months.Meta):
        verbose_name = "texte du rapport"
        verbose_name_plural = "textes du rapport"
        constraints = [
            *Months.Meta.constraints,
            models.UniqueConstraint(fields=["first", "last"], name="reporttext_one_a_period"),
        ]

    def __str__(self):
        return f"texte du rapport {self.first:%Y-%m} {self.last:%Y-%m}"


class KeptReport(Months):
    """A report as it was laid before the board: its file never changes. counted_at: when its figures were read."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(upload_to="board/")
    size = models.PositiveIntegerField("taille en octets")
    counted_at = models.DateTimeField("chiffres du", db_index=True)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta(Months.Meta):
        verbose_name = "rapport gardé"
        verbose_name_plural = "rapports gardés"

    def __str__(self):
        return f"rapport {self.first:%Y-%m} {self.last:%Y-%m}"

    @property
    def kilobytes(self):
        return -(-self.size // 1000)


class Summary(Months):
    """The figures of a period as they were counted, for a portal that has too many sessions to count them each time.

    read_on: the last day when somebody read them; what nobody reads is forgotten.
    """

    figures = models.JSONField("chiffres")
    counted_at = models.DateTimeField("comptés le")
    read_on = models.DateField("lus le", default=timezone.localdate)

    class Meta(Months.Meta):
        verbose_name = "chiffres arrêtés"
        verbose_name_plural = "chiffres arrêtés"
        constraints = [
            *Months.Meta.constraints,
            models.UniqueConstraint(fields=["first", "last"], name="summary_one_a_period"),
        ]

    def __str__(self):
        return f"chiffres {self.first:%Y-%m} {self.last:%Y-%m}"


class MonthlyReader(models.Model):
    """Somebody who asked for the board's figures by mail once a month."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="monthly_figures")
    since = models.DateTimeField("depuis le", auto_now_add=True)

    class Meta:
        verbose_name = "lecteur du mois"
        verbose_name_plural = "lecteurs du mois"

    def __str__(self):
        return f"lecteur {self.pk}"
