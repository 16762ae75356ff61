"""What the directory covers on a day, in numbers of sheets: how fresh they are, and how many answer each theme."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from resources.enums import Freshness, Visibility
from resources.needs import THEMES
from resources.services.freshness import BOUNDS, aged, reckoned


@dataclass(frozen=True)
class Coverage:
    """sheets: how many published ones any account may read; the peers' own are not counted.

    by_freshness: [(Freshness, count)], which add up to sheets. by_theme: [(Theme, count)]; a sheet may be in several.
    """

    sheets: int
    by_freshness: list
    by_theme: list

    @property
    def fresh(self):
        return dict(self.by_freshness)[Freshness.FRESH]


def coverage_of(*, today=None):
    """Return the Coverage of a day, in two statements. Levels as in resources.services.freshness."""
    today = today or timezone.localdate()
    shown = reckoned().published().filter(visibility__in=(Visibility.PUBLIC, Visibility.ACCOUNT))
    levels = {level.name: Count("pk", filter=aged(level, today)) for level in BOUNDS}
    aging = shown.aggregate(sheets=Count("pk"), **levels)
    themes = {
        f"theme_{rank}": Count("pk", distinct=True, filter=Q(needs__need__startswith=f"{theme.slug}--"))
        for rank, theme in enumerate(THEMES)
    }
    answering = shown.aggregate(**themes)
    sheets = aging.pop("sheets")
    return Coverage(
        sheets=sheets,
        by_freshness=[(level, aging.get(level.name, sheets - sum(aging.values()))) for level in Freshness],
        by_theme=[(theme, answering[f"theme_{rank}"]) for rank, theme in enumerate(THEMES)],
    )
