"""The budget of the launch: 4,800 EUR to spend, 5,000 EUR of a mutual insurer, reused with its agreement."""

from activities.enums import BudgetCategory
from activities.models import BudgetLine

LAUNCH = 2023
# category, label, planned and actual euros. The expenses of the plan add up to the 4,800 EUR allocated.
LINES = [
    (BudgetCategory.FOOD, "Moments conviviaux", 1400, 1312),
    (BudgetCategory.ROOM, "Location de salle", 800, 640),
    (BudgetCategory.FACILITATOR, "Interventions offertes pendant les rencontres", 1200, 1200),
    (BudgetCategory.PROMOTION, "Dépliant, lettre d’information, adresse", 1400, 1486),
    (BudgetCategory.MUTUAL, "Mutuelle, reliquat réemployé avec son accord", 5000, 5000),
]


def load_budget():
    """Write the launch's budget where no budget was ever written."""
    if BudgetLine.objects.exists():
        return
    BudgetLine.objects.bulk_create(
        BudgetLine(season=LAUNCH, category=category, label=label, planned=planned, actual=actual)
        for category, label, planned, actual in LINES
    )
