"""What the portal writes by itself about sessions that have places left: nothing, unless the coordination says so."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from activities.models import Session
from newsletters.models.letters import Newsletter

FEWEST_DAYS, MOST_DAYS = 2, 30


class LetterSettings(models.Model):
    """A single row: whether sessions with places left are recalled to who reads the agenda, and how long before."""

    remind = models.BooleanField("rappeler les séances où il reste des places", default=False)
    remind_days = models.PositiveSmallIntegerField(
        "combien de jours avant la séance",
        default=7,
        validators=[MinValueValidator(FEWEST_DAYS), MaxValueValidator(MOST_DAYS)],
    )

    class Meta:
        verbose_name = "réglage des lettres"
        verbose_name_plural = "réglages des lettres"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="letter_settings_are_single")]

    def __str__(self):
        return f"rappel {self.remind_days} jours avant" if self.remind else "sans rappel"

    @classmethod
    def load(cls):
        """Return the single row, or its default values where nobody has changed it yet."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class SessionReminder(models.Model):
    """A session was put in a reminder, once in its life; newsletter: empty where the coordination deleted it."""

    session = models.OneToOneField(Session, models.CASCADE, primary_key=True, related_name="+")
    newsletter = models.ForeignKey(Newsletter, models.SET_NULL, null=True, related_name="reminders")
    on = models.DateField()

    class Meta:
        verbose_name = "rappel d’une séance"
        verbose_name_plural = "rappels de séances"
        ordering = ["-on"]

    def __str__(self):
        return f"{self.on:%d/%m/%Y}"
