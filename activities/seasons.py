"""Seasons and months, in the portal's time zone."""

import re
from calendar import Calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

FIRST_MONTH = 9


@dataclass(frozen=True, order=True)
class Season:
    """From September of `year` to August of the next."""

    year: int

    @property
    def slug(self):
        return str(self.year)

    @property
    def label(self):
        return f"{self.year}-{self.year + 1}"

    @property
    def next(self):
        return Season(self.year + 1)

    @property
    def start(self):
        return local_midnight(date(self.year, FIRST_MONTH, 1))

    @property
    def end(self):
        return local_midnight(date(self.year + 1, FIRST_MONTH, 1))


def local_midnight(day):
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def season_of(day):
    return Season(day.year if day.month >= FIRST_MONTH else day.year - 1)


def parse_month(text):
    """Return the first day of a month written YYYY-MM between 2000 and 2100, or None."""
    match = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", text)
    return date(int(match[1]), int(match[2]), 1) if match else None


def month_weeks(month, sessions):
    """Return the weeks of a month, each a list of seven days with their sessions, and the months beside it."""
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    after = (month + timedelta(days=31)).replace(day=1)
    found = sessions.filter(starts_at__gte=local_midnight(month), starts_at__lt=local_midnight(after))
    by_day = {}
    for session in found:
        by_day.setdefault(timezone.localtime(session.starts_at).date(), []).append(session)
    today = timezone.localdate()

    def day_cell(day):
        inside = day.month == month.month
        return {"date": day, "inside": inside, "today": day == today, "sessions": by_day.get(day, []) if inside else []}

    return {
        "weeks": [[day_cell(day) for day in week] for week in weeks],
        "sessions": list(found),
        "previous": (month - timedelta(days=1)).replace(day=1),
        "next": after,
    }
