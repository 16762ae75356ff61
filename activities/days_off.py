"""Public holidays, and school holidays of the portal's zone: said in words beside a date, never in its way."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from holidays import country_holidays

from cafe.models import SchoolZone
from cafe.templatetags.french import NBSP, day

DATA = Path(__file__).parent / "data" / "school_holidays.json"
# Of the zones a portal may choose, La Réunion alone has a public holiday of its own (20 December).
SUBDIVISIONS = {SchoolZone.REUNION: "974"}
UNKNOWN = "calendrier scolaire pas encore connu à cette date"


@dataclass(frozen=True)
class Period:
    """A holiday, with its first and last days without school, both included."""

    name: str
    start: date
    end: date


@cache
def _public_holidays(zone):
    return country_holidays("FR", subdiv=SUBDIVISIONS.get(zone), language="fr")


@cache
def _calendar(zone):
    """Return (first day known, last day known, periods) of a zone; the file tells where its dates come from."""
    told = json.loads(DATA.read_text(encoding="utf-8"))["zones"][zone]
    periods = [Period(name, date.fromisoformat(start), date.fromisoformat(end)) for name, start, end in told["periods"]]
    return date.fromisoformat(told["known_from"]), date.fromisoformat(told["known_until"]), periods


def known_until(zone):
    """Return the last day for which the school calendar of the zone is known."""
    return _calendar(zone)[1]


def public_holiday(when, zone):
    """Return the name of the public holiday that this date is, or None."""
    name = _public_holidays(zone).get(when)
    return name.replace("'", "’") if name else None


def school_holiday(when, zone):
    """Return the school holiday in which this date falls, or None."""
    return next((period for period in _calendar(zone)[2] if period.start <= when <= period.end), None)


def remarks(when, zone):
    """Return what is worth knowing of a date before choosing it, in short French words; often nothing."""
    first, last, _ = _calendar(zone)
    found = []
    if name := public_holiday(when, zone):
        found.append(f"jour férié{NBSP}: {name}")
    if period := school_holiday(when, zone):
        found.append(f"{period.name[0].lower()}{period.name[1:]} ({SchoolZone(zone).label})")
    elif not first <= when <= last:
        found.append(UNKNOWN)
    return found


def coming(today, zone, *, days=365):
    """Return the holidays of the coming days in order, each a sentence: school periods and public holidays outside."""
    end = today + timedelta(days=days)
    periods = [period for period in _calendar(zone)[2] if period.end >= today and period.start <= end]
    lines = [(period.start, f"{period.name}{NBSP}: du {day(period.start)} au {day(period.end)}.") for period in periods]
    dates = (today + timedelta(days=number) for number in range(days + 1))
    off = [(when, public_holiday(when, zone)) for when in dates]
    lines += [(when, f"{name}{NBSP}: {day(when)}, férié.") for when, name in off if name]
    return [sentence for _, sentence in sorted(lines)]
