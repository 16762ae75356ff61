"""What the pages about money share: the season in the address."""

import re

from django.urls import reverse
from django.utils import timezone

from activities.seasons import Season, season_of


def season_from(request, data=None):
    """Return the season that « saison » names by the year of its September, or the present one."""
    text = (request.GET if data is None else data).get("saison", "")
    return Season(int(text)) if re.fullmatch(r"20[0-9]{2}", text) else season_of(timezone.localdate())


def budget_url(season):
    return f"{reverse('manage_budget')}?saison={season.slug}"
