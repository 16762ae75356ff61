"""The figures of a period as its pages read them: counted at once on a small portal, kept as Summary on a large one.

A row holds numbers already merged and thresholded as evaluation tells them, and nothing else: quotations, the cell's
publications and the directory are read each time. Rows that somebody reads are counted again each hour.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from activities.enums import SessionState
from activities.models import Session
from activities.seasons import FIRST_MONTH, Season, season_of
from cafe.board.models import Summary
from cafe.board.plain import from_plain, to_plain
from evaluation.figures import Breakdowns, Figures, Period, breakdowns_of, figures_of_each, session_marks
from evaluation.forms.period import known_months, latest_months
from evaluation.services.ranking import Ranking, ranking_between, satisfaction

# Up to so many sessions held until the end of a period, counting takes less time than drawing the page.
LIVE_SESSIONS = 500
MOST_SEASONS = 6
AT_MOST_EVERY = timedelta(minutes=1)
# What is over hardly changes: once a day is enough.
SETTLED, DAILY = timedelta(days=60), timedelta(hours=23)
FORGOTTEN = timedelta(days=30)


@dataclass(frozen=True)
class Counts:
    """What is counted of a period, and of the one before it."""

    figures: Figures
    before: Figures
    by: Breakdowns
    ranking: Ranking


@dataclass(frozen=True)
class Read:
    """Counts, when they were counted, and whether they are kept: then a page says so and offers to count anew."""

    counts: Counts
    counted_at: datetime
    kept: bool = False


def whole(season):
    return Period(date(season.year, FIRST_MONTH, 1), date(season.year + 1, FIRST_MONTH - 1, 1))


def count(period, marks=None):
    """Return the Counts of a period, from everything that the portal knows."""
    marks = session_marks() if marks is None else marks
    figures, before = figures_of_each([period, period.before], marks)
    told = ranking_between(satisfaction(found=marks), period.start, period.end)
    return Counts(figures, before, breakdowns_of(period), told)


# --- Reading --------------------------------------------------------------------------------------


def read(period):
    """Return the Read of a period."""
    if is_large(period):
        return found_of([period])[0] or keep(period=period)
    now = timezone.now()
    return Read(count(period), now)


def read_figures(periods):
    """Return ([Figures of each period], when they were counted, whether they are kept), the periods in order.

    Those that are not kept are counted together, which is much less than one by one, until the next hour keeps them.
    """
    now = timezone.now()
    found = found_of(periods) if is_large(periods[-1]) else [None] * len(periods)
    missing = [period for period, one in zip(periods, found, strict=True) if one is None]
    counted = iter(figures_of_each(missing) if missing else [])
    figures = [one.counts.figures if one else next(counted) for one in found]
    return figures, min((one.counted_at for one in found if one), default=now), any(found)


def is_large(period):
    """Whether the portal has too many sessions to count each time: all until the end, for who comes is new or not."""
    held = Session.objects.filter(state=SessionState.HELD, starts_at__lt=period.end)
    return held.count() > LIVE_SESSIONS


def found_of(periods):
    """Return the Reads of these periods as they are kept, None for one that is not."""
    firsts, lasts = [one.first for one in periods], [one.last for one in periods]
    rows = {(row.first, row.last): row for row in Summary.objects.filter(first__in=firsts, last__in=lasts)}
    rows = [rows.get((one.first, one.last)) for one in periods]
    today = timezone.localdate()
    unseen = [row.pk for row in rows if row and row.read_on < today]
    if unseen:
        Summary.objects.filter(pk__in=unseen).update(read_on=today)
    return [read_row(row) for row in rows]


def read_row(row):
    """Return the Read of a Summary, None without one or where the code of before had made it otherwise."""
    if row is None:
        return None
    try:
        return Read(from_plain(Counts, row.figures), row.counted_at, kept=True)
    except ValueError:
        return None


# --- Keeping --------------------------------------------------------------------------------------


def keep(*, period, marks=None):
    """Count a period and keep its Counts; return the Read. Nothing is locked meanwhile; two at once tell the same."""
    counted_at = timezone.now()
    counts = count(period, marks)
    values = {"figures": to_plain(counts), "counted_at": counted_at}
    Summary.objects.update_or_create(first=period.first, last=period.last, defaults=values)
    return Read(counts, counted_at, kept=True)


def recount(*, period):
    """Count a period anew because somebody asks, once a minute at most; a small portal has nothing kept."""
    latest = timezone.now() - AT_MOST_EVERY
    just_now = Summary.objects.filter(first=period.first, last=period.last, counted_at__gt=latest)
    if is_large(period) and not just_now.exists():
        keep(period=period)


def refresh():
    """Count again the periods that pages offer and those read lately; forget the others. Return how many were counted.

    Called each hour. Twice at once counts twice, and tells the same.
    """
    now, today = timezone.now(), timezone.localdate()
    Summary.objects.filter(read_on__lt=today - FORGOTTEN).delete()
    usual = usual_periods(today)
    if not is_large(usual[0]):
        return 0
    kept = {Period(row.first, row.last): row.counted_at for row in Summary.objects.defer("figures")}
    due = [period for period in {**dict.fromkeys(usual), **kept} if is_due(period, kept.get(period), now)]
    marks = session_marks()
    for period in due:
        keep(period=period, marks=marks)
    return len(due)


def is_due(period, counted_at, now):
    settled = period.end < now - SETTLED
    return not (settled and counted_at and counted_at > now - DAILY)


def usual_periods(today):
    """Return the last twelve months, the seasons that are compared, and all months since the first session."""
    year = season_of(today).year
    # One more than a page compares: the report of last season has its own six.
    seasons = [whole(Season(one)) for one in range(year - MOST_SEASONS, year + 1)]
    return [latest_months(today), *seasons, Period(known_months(today)[-1], today.replace(day=1))]
