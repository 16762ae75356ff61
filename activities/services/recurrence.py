"""Dates that come back: pure functions on local dates, so that a change of clock moves no hour."""

from datetime import date, datetime, timedelta

from django.db import models

SHORTEST, LONGEST = 2, 30
WEEK = timedelta(days=7)
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
ORDINALS = {1: "premier", 2: "deuxième", 3: "troisième", 4: "quatrième", -1: "dernier"}
FOURTH = 4


class Rhythm(models.TextChoices):
    WEEKLY = "semaine", "Chaque semaine"
    FORTNIGHTLY = "quinzaine", "Toutes les deux semaines"
    FIRST = "mois-1", "Chaque premier du mois"
    SECOND = "mois-2", "Chaque deuxième du mois"
    THIRD = "mois-3", "Chaque troisième du mois"
    FOURTH = "mois-4", "Chaque quatrième du mois"
    LAST = "mois-dernier", "Chaque dernier du mois"
    BY_HAND = "dates", "Des dates choisies une à une"


ORDINAL_OF = {Rhythm.FIRST: 1, Rhythm.SECOND: 2, Rhythm.THIRD: 3, Rhythm.FOURTH: 4, Rhythm.LAST: -1}


def in_words(rhythm, weekday):
    """Return « chaque mardi », « un mardi sur deux », « chaque premier mardi du mois »; weekday: 0 is Monday."""
    name = WEEKDAYS[weekday]
    if rhythm == Rhythm.WEEKLY:
        return f"chaque {name}"
    if rhythm == Rhythm.FORTNIGHTLY:
        return f"un {name} sur deux"
    if rhythm == Rhythm.BY_HAND:
        return "à des dates choisies"
    return f"chaque {ORDINALS[ORDINAL_OF[rhythm]]} {name} du mois"


def ordinal_of(day):
    """Return which one of its month this weekday is: 1 to 4; the fifth, which few months have, counts as the last."""
    number = (day.day - 1) // 7 + 1
    return number if number <= FOURTH else -1


def rhythm_of(day):
    """Return the monthly rhythm that this date follows."""
    return next(rhythm for rhythm, ordinal in ORDINAL_OF.items() if ordinal == ordinal_of(day))


def nth_weekday(year, month, weekday, ordinal):
    """Return the date of « le deuxième mardi » (ordinal 2) or « le dernier mardi » (-1) of a month."""
    if ordinal > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7) + (ordinal - 1) * WEEK
    last = next_month(date(year, month, 1)) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def next_month(first):
    """Return the first day of the month after the one that begins on this day."""
    return (first + timedelta(days=31)).replace(day=1)


def _monthly(first, ordinal, count):
    days, month = [first], first.replace(day=1)
    while len(days) < count:
        day = nth_weekday(month.year, month.month, first.weekday(), ordinal)
        if day > first:
            days.append(day)
        month = next_month(month)
    return days


def dates(first, rhythm, count):
    """Return `count` dates in order, the first being `first` itself; none for dates chosen by hand."""
    if rhythm == Rhythm.BY_HAND:
        return [first]
    if rhythm in ORDINAL_OF:
        return _monthly(first, ORDINAL_OF[rhythm], count)
    step = WEEK if rhythm == Rhythm.WEEKLY else 2 * WEEK
    return [first + number * step for number in range(count)]


def at_hour_of(day, moment, zone):
    """Return that day at the local hour of `moment`; where the clock skips that hour, an hour later."""
    hour = moment.astimezone(zone).time()
    return datetime.combine(day, hour, tzinfo=zone)


def shifted(moment, zone, *, days, hour):
    """Return a moment some days later (or earlier), at another local hour."""
    return datetime.combine(moment.astimezone(zone).date() + timedelta(days=days), hour, tzinfo=zone)


def next_season_day(day):
    """Return the date that keeps the same weekday of the same month, one year later."""
    return nth_weekday(day.year + 1, day.month, day.weekday(), ordinal_of(day))
