"""The budget of a season: what was planned, what was spent and received, and what a participant costs."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from activities.enums import BudgetCategory, Presence
from activities.models import Attendance, BudgetLine, Session
from activities.seasons import Season, season_of
from cafe.errors import Refusal

CENT = Decimal("0.01")
# The board reads how many came to one session, and so what each cost, from so many people on.
TOLD_FROM = 5


@dataclass(frozen=True)
class Amounts:
    """What was planned and what is actual, in euros."""

    planned: Decimal
    actual: Decimal

    @property
    def gap(self):
        return self.actual - self.planned


@dataclass(frozen=True)
class Side(Amounts):
    """Expenses, or income: the lines of a season by category, and their sums."""

    groups: list  # [(category label, [line])]

    @property
    def by_category(self):
        """Return [(category label, Amounts)]: what the board reads, since the label of a line may name somebody."""
        return [(label, amounts_of(lines)) for label, lines in self.groups]


def amounts_of(lines):
    return Amounts(
        planned=sum((line.planned for line in lines), Decimal(0)),
        actual=sum((line.actual for line in lines), Decimal(0)),
    )


def seasons():
    """Return the seasons to choose from, latest first: those of the lines, this one and the next."""
    this = season_of(timezone.localdate()).year
    years = set(BudgetLine.objects.order_by().values_list("season", flat=True).distinct())
    return [Season(year) for year in sorted(years | {this, this + 1}, reverse=True)]


def side_of(lines, categories):
    groups = defaultdict(list)
    for line in lines:
        if line.category in categories:
            groups[line.category].append(line)
    whole = amounts_of([line for group in groups.values() for line in group])
    shown = [(category.label, groups[category]) for category in BudgetCategory if groups[category]]
    return Side(planned=whole.planned, actual=whole.actual, groups=shown)


def lines_of(season):
    lines = BudgetLine.objects.filter(season=season.year).select_related("session__activity")
    return lines.order_by("category", "label", "pk")


def budget_of(season):
    """Return a season's budget as a page shows it: both sides, balance, attendances, costs. Four statements."""
    lines = list(lines_of(season))
    spent = side_of(lines, set(BudgetCategory) - set(BudgetCategory.income))
    received = side_of(lines, set(BudgetCategory.income))
    attendances = attendances_of(season)
    return {
        "season": season,
        "lines": lines,
        "spent": spent,
        "received": received,
        "planned_balance": received.planned - spent.planned,
        "actual_balance": received.actual - spent.actual,
        "attendances": attendances,
        "cost": cost_per_participant(spent.actual, attendances),
        "sessions": sessions_of(season),
    }


def attendances_of(season):
    """Count the people marked present at the sessions of a season: one who comes twice counts twice."""
    moments = {"session__starts_at__gte": season.start, "session__starts_at__lt": season.end}
    return Attendance.objects.filter(presence=Presence.PRESENT, **moments).count()


@dataclass(frozen=True)
class Totals:
    """A season's budget in sums of euros, without its lines. cost: of one attendance, None while nobody has come."""

    season: Season
    planned_spent: Decimal
    spent: Decimal
    planned_received: Decimal
    received: Decimal
    attendances: int

    @property
    def balance(self):
        return self.received - self.spent

    @property
    def cost(self):
        return cost_per_participant(self.spent, self.attendances)


def totals_of(seasons):
    """Return the Totals of those of these seasons that have lines, in order, as budget_of adds them. Two statements."""
    income = Q(category__in=BudgetCategory.income)
    found = BudgetLine.objects.filter(season__in=[season.year for season in seasons]).order_by("season")
    sums = {
        "planned_spent": Sum("planned", filter=~income, default=Decimal(0)),
        "spent": Sum("actual", filter=~income, default=Decimal(0)),
        "planned_received": Sum("planned", filter=income, default=Decimal(0)),
        "received": Sum("actual", filter=income, default=Decimal(0)),
    }
    rows = list(found.values("season").annotate(**sums))
    came = attendances_by_season([Season(row["season"]) for row in rows])
    return [Totals(**row | {"season": Season(row["season"]), "attendances": came[row["season"]]}) for row in rows]


def attendances_by_season(seasons):
    """Return {year: people marked present}, as attendances_of counts them. One statement."""
    during = {
        season.slug: Q(session__starts_at__gte=season.start, session__starts_at__lt=season.end) for season in seasons
    }
    counts = {f"came_{slug}": Count("pk", filter=condition) for slug, condition in during.items()}
    found = Attendance.objects.filter(presence=Presence.PRESENT).aggregate(**counts) if counts else {}
    return {season.year: found[f"came_{season.slug}"] for season in seasons}


def cost_per_participant(spent, attendances):
    """Return euros spent / attendances, to the cent, or None while nobody has come."""
    return (spent / attendances).quantize(CENT) if attendances else None


def sessions_of(season):
    """Return the sessions that expenses are attached to, with what each and its participants cost. Two statements.

    told: whether enough people came for the board to read how many.
    """
    lines = BudgetLine.objects.filter(season=season.year, session__isnull=False)
    lines = lines.exclude(category__in=BudgetCategory.income).order_by()
    costs = dict(lines.values_list("session").annotate(Sum("actual")))
    present = Count("attendances", filter=Q(attendances__presence=Presence.PRESENT))
    sessions = Session.objects.filter(pk__in=costs).select_related("activity").annotate(came=present)
    found = list(sessions.order_by("starts_at", "pk"))
    for session in found:
        session.spent = costs[session.pk]
        session.cost = cost_per_participant(session.spent, session.came)
        session.told = session.came >= TOLD_FROM
    return found


@transaction.atomic
def copy_plan(*, season):
    """Copy the plan of the season before, nothing spent and no session, into one without lines; return the lines.

    The lines copied are locked, so that two clicks copy once. Raises Refusal.
    """
    before = list(BudgetLine.objects.filter(season=season.year - 1).order_by("pk").select_for_update())
    if not before:
        raise Refusal(f"La saison {season.year - 1}-{season.year} n’a pas de budget à reprendre.")
    if BudgetLine.objects.filter(season=season.year).exists():
        raise Refusal(f"La saison {season.label} a déjà des lignes : le budget précédent n’y est pas repris.")
    return BudgetLine.objects.bulk_create(
        BudgetLine(season=season.year, category=line.category, label=line.label, planned=line.planned)
        for line in before
    )


HEADER = ["Saison", "Sens", "Poste", "Libellé", "Séance", "Prévu (€)", "Réalisé (€)", "Écart (€)"]


def table(season):
    """Return the rows of a season's export, under HEADER."""
    return [
        [
            *(season.label, "recette" if line.category in BudgetCategory.income else "dépense"),
            *(line.get_category_display(), line.label, str(line.session or "")),
            *(line.planned, line.actual, line.gap),
        ]
        for line in lines_of(season)
    ]


BOARD_HEADER = ["Saison", "Sens", "Poste", "Prévu (€)", "Réalisé (€)", "Écart (€)"]


def board_table(season):
    """Return the rows of the board's export, under BOARD_HEADER: a category each, no label."""
    found = budget_of(season)
    sides = [("dépense", found["spent"]), ("recette", found["received"])]
    return [
        [season.label, word, label, amounts.planned, amounts.actual, amounts.gap]
        for word, side in sides
        for label, amounts in side.by_category
    ]
