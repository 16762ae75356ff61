from datetime import date

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from activities.enums import BudgetCategory, HoursKind, VoucherUse
from activities.models.sessions import Session

VOUCHER_EUROS = 10


class Voucher(models.Model):
    """A symbolic voucher of 10 EUR, numbered, without a name: nobody here knows who used it, or for whom."""

    number = models.CharField("numéro", max_length=12, unique=True)
    use = models.CharField("usage", max_length=7, choices=VoucherUse)
    session = models.ForeignKey(Session, models.SET_NULL, null=True, blank=True, related_name="vouchers")
    issued_on = models.DateField("émis le", default=date.today)
    returned_on = models.DateField("revenu le", null=True, blank=True)
    paid_on = models.DateField("payé le", null=True, blank=True)
    payee = models.CharField("praticien à payer", max_length=120, blank=True)

    class Meta:
        verbose_name = "bon"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | Q(returned_on__isnull=False),
                name="voucher_paid_once_returned",
                violation_error_message="Un bon se paie une fois revenu.",
            ),
        ]

    def __str__(self):
        return self.number


class HoursDeclaration(models.Model):
    """Hours to be compensated, declared by the person as a monthly total; the portal never derives them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="hours_declarations")
    month = models.DateField("mois")  # its first day
    kind = models.CharField("nature", max_length=9, choices=HoursKind)
    hours = models.DecimalField("heures", max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])
    declared_at = models.DateTimeField("déclarées le", auto_now=True)

    class Meta:
        verbose_name = "heures déclarées"
        verbose_name_plural = "heures déclarées"
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "month", "kind"],
                name="hours_once_a_month",
                violation_error_message="Ce mois est déjà déclaré : corrigez-le plutôt.",
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=0, hours__lte=200),
                name="hours_plausible",
                violation_error_message="Le total d’un mois va de 0 à 200 heures.",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="hours_month_is_its_first_day"),
        ]

    def __str__(self):
        return f"{self.hours} h"


class BudgetLine(models.Model):
    """One line of a season's budget: planned and actual euros, spent or received according to its category."""

    season = models.PositiveSmallIntegerField("saison")  # year of its September
    category = models.CharField("poste", max_length=12, choices=BudgetCategory)
    label = models.CharField("libellé", max_length=120)
    session = models.ForeignKey(Session, models.SET_NULL, null=True, blank=True, related_name="budget_lines")
    planned = models.DecimalField("prévu (€)", max_digits=9, decimal_places=2, default=0)
    actual = models.DecimalField("réalisé (€)", max_digits=9, decimal_places=2, default=0)

    class Meta:
        verbose_name = "ligne de budget"
        verbose_name_plural = "lignes de budget"
        ordering = ["season", "category", "label"]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned__gte=0, actual__gte=0),
                name="budget_not_negative",
                violation_error_message="Un montant ne peut pas être négatif.",
            ),
            models.CheckConstraint(
                condition=Q(season__gte=2000, season__lte=2100),
                name="budget_season_plausible",
                violation_error_message="Indiquez une saison plausible.",
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def gap(self):
        return self.actual - self.planned
