import json
from datetime import date, timedelta

import pytest
from holidays import country_holidays

from activities.days_off import DATA, UNKNOWN, coming, known_until, public_holiday, remarks, school_holiday
from cafe.models import SchoolZone

SOUTHERN_SUMMER = "vacances d’été austral (La Réunion)"


def every_day(first, last):
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@pytest.mark.parametrize("zone", [SchoolZone.A, SchoolZone.B, SchoolZone.C])
def test_the_metropolitan_calendar_agrees_with_the_library_day_by_day(zone):
    """The library also counts the Sundays and public holidays around a bridge."""
    library = country_holidays("FR", subdiv=f"Zone {zone.value}", categories=("school",))
    sunday = 6

    for when in every_day(date(2026, 1, 1), known_until(zone)):
        ours, theirs = school_holiday(when, zone) is not None, when in library
        bridge = theirs and not ours and (when.weekday() == sunday or public_holiday(when, zone))
        assert ours == theirs or bridge, when


def test_every_zone_says_where_its_dates_come_from_and_has_periods_in_order():
    told = json.loads(DATA.read_text(encoding="utf-8"))

    assert set(told["zones"]) == set(SchoolZone.values)
    assert all(" : " in source for source in told["sources"])
    for zone in told["zones"].values():
        bounds = [day for _, start, end in zone["periods"] for day in (start, end)]
        assert bounds == sorted(bounds)


@pytest.mark.parametrize(
    ("when", "zone", "words"),
    [
        (date(2026, 11, 11), "B", ["jour férié : Armistice"]),
        (date(2027, 2, 23), "B", ["vacances d’hiver (Zone B)"]),
        (date(2027, 2, 23), "C", []),
        (date(2026, 12, 25), "A", ["jour férié : Noël", "vacances de Noël (Zone A)"]),
        (date(2026, 9, 8), "C", []),
        (
            date(2026, 12, 20),
            "reunion",
            ["jour férié : Abolition de l’esclavage", "vacances d’été austral (La Réunion)"],
        ),
        (date(2026, 12, 20), "A", ["vacances de Noël (Zone A)"]),
        (date(2027, 2, 16), "corse", ["vacances d’hiver (Corse)"]),
        (date(2028, 9, 5), "A", [UNKNOWN]),
        (date(2027, 7, 14), "reunion", ["jour férié : Fête nationale", UNKNOWN]),
        (date(2024, 11, 11), "A", ["jour férié : Armistice", UNKNOWN]),
    ],
)
def test_a_date_is_described_in_words(when, zone, words):
    assert [text.replace("\u00a0", " ") for text in remarks(when, zone)] == words


def test_the_coming_holidays_are_listed_in_order():
    found = coming(date(2026, 10, 1), SchoolZone.B, days=80)

    assert [text.replace("\u00a0", " ") for text in found] == [
        "Vacances de la Toussaint : du samedi 17 octobre 2026 au dimanche 1er novembre 2026.",
        "Toussaint : dimanche 1er novembre 2026, férié.",
        "Armistice : mercredi 11 novembre 2026, férié.",
        "Vacances de Noël : du samedi 19 décembre 2026 au dimanche 3 janvier 2027.",
    ]
