"""What the directory covers on a day, in numbers of sheets: how fresh they are, and how many answer each theme."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Value
from django.db.models.functions import Left, StrIndex
from django.utils import timezone

from resources.enums import Freshness, Visibility
from resources.models import ResourceNeed
from resources.needs import THEMES
from resources.services.freshness import Clock, reckoned


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
    """Return the Coverage of a day, in two statements. Levels as in resources.services.freshness.

    Sheets are gathered by day and their needs by theme, once: a count for each level reads every sheet each time.
    """
    today = today or timezone.localdate()
    shown = reckoned().published().filter(visibility__in=(Visibility.PUBLIC, Visibility.ACCOUNT)).order_by()
    aging = Counter()
    for since, count in shown.values_list("since").annotate(count=Count("pk")):
        aging[Clock(since, today).level] += count
    needs = ResourceNeed.objects.filter(resource__in=shown.values("pk")).order_by()
    theme = Left("need", StrIndex("need", Value("--")) - 1)
    answering = dict(needs.values_list(theme).annotate(count=Count("resource", distinct=True)))
    return Coverage(
        sheets=aging.total(),
        by_freshness=[(level, aging[level]) for level in Freshness],
        by_theme=[(theme, answering.get(theme.slug, 0)) for theme in THEMES],
    )
