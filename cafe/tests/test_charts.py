"""Charts: well-formed, said in words, safe whatever is written in them, and drawn in PDF files too."""

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from cafe import pdf
from cafe.charts import (
    Bar,
    Bars,
    Calendar,
    Dot,
    Dots,
    Line,
    Lines,
    Span,
    Stack,
    Stacks,
    number,
    round_up,
)
from cafe.charts.base import CHAR, FILLS, TEXT
from cafe.charts.calendars import SHADES

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '</title><script>alert(1)</script>\x00\u202e & "l\'infirmière"'
LONG = "Psychomotricien, psychomotricienne, ou toute autre profession dont le nom est long"
BARS = Bars(
    "Par profession",
    "Les infirmiers d’abord.",
    first="Profession",
    rows=(Bar("Infirmier", 1250), Bar(LONG, 3, "(dont 1 étudiante)"), Bar("Autres", None, "trop peu")),
)
STACKS = Stacks(
    "Genre",
    "Surtout des femmes.",
    unit="%",
    series=("Femmes", "Hommes"),
    rows=(Stack("2023", (80, 20)), Stack("2024", (97.5, 2.5)), Stack("Rien", (0, 0)), Stack("2025", (), "Trop peu.")),
    first="Saison",
)
LINES = Lines(
    "Présences par mois",
    "De plus en plus.",
    moments=("oct.", "nov.", "déc."),
    full=("octobre 2023", "novembre 2023", "décembre 2023"),
    lines=(Line("Présences", (12, None, 9)),),
)
DOTS = Dots(
    "Satisfaction",
    "De 7 à 9.",
    decimals=1,
    rows=(Dot("Yoga", 8.4, 8.1, 8.7), Dot("Boxe", 7)),
    reference=6.6,
    reference_label="France",
    first="Activité",
)
MONTHS = ("sept.", "oct.", "nov.", "déc.", "janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août")
CALENDAR = Calendar(
    "Présences par mois et par saison",
    "Plus en mars.",
    columns=MONTHS,
    rows=(
        Span("23-24", (12, 0, None, 9, 31, 5, 18, 24, None, None, None), 1),
        Span("24-25", (7, 11, None, 2)),
    ),
    empty="Pas de séance",
    zero="Personne",
    shaded="Présences",
)
ALL = {"bars": BARS, "stacks": STACKS, "lines": LINES, "dots": DOTS, "calendar": CALENDAR}


def root_of(chart):
    return ElementTree.fromstring(chart.svg())


def texts(root):
    return [text.text for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL)
def test_a_chart_is_an_image_with_a_title_and_a_description(chart):
    root = root_of(chart)
    named = [root.find(f"{SVG}{part}") for part in ("title", "desc")]

    assert [part.text for part in named] == [chart.title, chart.desc]
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [part.get("id") for part in named]


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL)
def test_nothing_in_a_chart_needs_a_style_or_a_script_and_nothing_is_fetched(chart):
    attributes = {name for element in root_of(chart).iter() for name in element.attrib}

    assert attributes.isdisjoint({"style", "href", "onload"})
    assert re.search("<script|<style|<image|<use|javascript:", chart.svg()) is None
    assert set(re.findall(r"url\((.)", chart.svg())) <= {"#"}


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL)
def test_two_charts_of_a_page_share_no_id(chart):
    ids = [element.get("id") for _ in range(2) for element in root_of(chart).iter() if element.get("id")]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL)
def test_everything_is_drawn_within_the_frame_and_text_stays_readable_on_a_phone(chart):
    root = root_of(chart)
    width, height = (float(part) for part in root.get("viewBox").split()[2:])
    for element in root.iter():
        if element.tag in {f"{SVG}rect", f"{SVG}text"} and "8" not in {element.get("width")}:
            x, y = float(element.get("x", 0)), float(element.get("y", 0))
            assert 0 <= x <= width
            assert 0 <= y <= height
            assert x + float(element.get("width", 0)) <= width + 0.5

    assert float(root.get("font-size")) * 340 / width >= 11


def box_of(text):
    """Return what a text may cover at most: (left, top, right, bottom)."""
    x, y, length = float(text.get("x")), float(text.get("y")), CHAR * len(text.text)
    left = x - {"middle": length / 2, "end": length}.get(text.get("text-anchor"), 0)
    return left, y - TEXT + 2, left + length, y + 3


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL)
def test_no_word_of_a_chart_is_written_on_another(chart):
    boxes = [(text.text, box_of(text)) for text in root_of(chart).iter(f"{SVG}text")]

    assert [(one[0], other[0]) for one, other in combinations(boxes, 2) if overlap(one[1], other[1])] == []


@pytest.mark.parametrize(
    "chart",
    [
        Bars(NASTY, NASTY, rows=(Bar(NASTY, 1, NASTY),)),
        Stacks(NASTY, NASTY, unit=NASTY, series=(NASTY,), rows=(Stack(NASTY, (1,)),)),
        Lines(NASTY, NASTY, moments=(NASTY,), lines=(Line(NASTY, (1,)), Line(NASTY, (2,)))),
        Dots(NASTY, NASTY, rows=(Dot(NASTY, 1),), reference=2, reference_label=NASTY),
        Calendar(NASTY, NASTY, columns=(NASTY,), rows=(Span(NASTY, (1, None)),), empty=NASTY, zero=NASTY, shaded=NASTY),
    ],
    ids=ALL,
)
def test_what_is_written_in_a_chart_stays_text(chart):
    root = root_of(chart)

    assert root.find(f"{SVG}title").text == '</title><script>alert(1)</script> & "l\'infirmière"'
    assert {element.tag for element in root.iter()}.isdisjoint({f"{SVG}script", "script"})


def test_bars_carry_their_labels_whole_and_their_numbers_in_french():
    root = root_of(BARS)
    written = texts(root)

    assert " ".join(written).count("long") == 1
    assert [text for text in written if text[0].isdigit() or text == "trop peu"] == [
        "1\u00a0250",
        "3 (dont 1 étudiante)",
        "trop peu",
    ]
    lengths = [float(bar.get("width")) for bar in root.iter(f"{SVG}rect")]
    assert lengths[1] == pytest.approx(lengths[0] * 3 / 1250, abs=0.1)
    assert lengths[2] == 0


def test_parts_of_a_bar_differ_by_pattern_and_fill_it():
    parts = [part for part in root_of(STACKS).iter(f"{SVG}rect") if part.get("class") == "chart-part"]

    assert [float(part.get("width")) for part in parts] == [288, 72, 351, 9]
    assert len({part.get("fill") for part in parts}) == 2


def test_a_row_whose_parts_may_not_be_told_says_why_in_their_place():
    assert texts(root_of(STACKS))[-2:] == ["2025", "Trop peu."]
    assert dict(STACKS.table())["2025"] == ["–", "–"]


def luminance(colour):
    """Return how light « #rrggbb » is, from 0 to 1, as WCAG reckons it: what grey paper keeps of it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_a_pattern_is_told_from_the_next_without_colour():
    patterns = {}
    for pattern in root_of(STACKS).iter(f"{SVG}pattern"):
        ground = pattern.find(f"{SVG}rect").get("fill")
        drawn = tuple((mark.tag, mark.get("d")) for mark in pattern if mark.tag != f"{SVG}rect")
        patterns[pattern.get("id").rsplit("-", 1)[1]] = (ground, drawn)

    assert tuple(patterns) == FILLS
    for (ground, drawn), (next_ground, next_drawn) in pairwise(patterns.values()):
        assert drawn != next_drawn or contrast(ground, next_ground) > 3
    assert len({drawn for _, drawn in patterns.values()}) == 4


def test_each_shade_is_darker_than_the_one_before_and_its_number_is_read_on_it():
    shades = ["#ffffff", *[shade for shade, _ in SHADES]]

    assert all(contrast(light, dark) > 1.2 and luminance(light) > luminance(dark) for light, dark in pairwise(shades))
    assert min(contrast(shade, ink) for shade, ink in SHADES) >= 4.5


def test_a_month_without_session_one_where_nobody_came_and_one_outside_are_told_apart():
    cells = [cell for cell in root_of(CALENDAR).iter(f"{SVG}rect") if cell.get("class") == "chart-cell"]
    first, second = cells[:11], cells[11:]

    assert [cell.get("fill") == "none" for cell in first] == [place in (2, 8, 9, 10) for place in range(11)]
    assert [cell.get("stroke-dasharray") is not None for cell in first] == [
        cell.get("fill") == "none" for cell in first
    ]
    assert first[1].get("fill") == "#ffffff"
    assert float(second[0].get("x")) < float(first[0].get("x"))
    assert [cell.get("x") for cell in second[1:]] == [cell.get("x") for cell in first[:3]]
    assert texts(root_of(CALENDAR))[:3] == ["Pas de séance", "Personne", "Présences\u00a0: jusqu’à 31"]


def test_a_darker_cell_is_a_larger_number():
    values = [value for row in CALENDAR.rows for value in row.values]
    cells = [cell for cell in root_of(CALENDAR).iter(f"{SVG}rect") if cell.get("class") == "chart-cell"]
    told = sorted((value, luminance(cell.get("fill"))) for value, cell in zip(values, cells, strict=True) if value)

    assert all(light >= dark for (_, light), (_, dark) in pairwise(told))
    assert len({light for _, light in told}) == len(SHADES)


def test_numbers_too_long_for_their_cell_are_left_to_the_table_all_but_zero():
    large = Calendar("T", "D", columns=MONTHS, rows=(Span("23-24", (0, 21_340, 9)),))

    assert texts(root_of(large))[-2:] == ["23-24", "0"]
    assert large.table() == [("23-24", ["0", "21\u00a0340", "9", *["–"] * 9])]


def test_marks_of_a_long_line_do_not_cover_each_other_and_a_lone_value_keeps_its_own():
    values = (None, 5, None, *range(200))
    root = root_of(Lines("T", "D", moments=tuple(map(str, range(203))), lines=(Line("Présences", values),)))
    places = [float(mark.get("cx")) for mark in root.iter(f"{SVG}circle")]

    assert min(after - before for before, after in pairwise(places[1:])) >= 7
    assert len(places) > 20


def test_a_line_stops_where_there_is_no_value():
    paths = [path.get("d") for path in root_of(LINES).iter(f"{SVG}path") if path.get("class") == "chart-line"]

    assert re.sub(r"[\d.]+", "", paths[0]) == "M  M "
    assert "octobre 2023" in dict(LINES.table())


def test_an_interval_is_drawn_where_there_is_one_and_the_reference_is_named():
    root = root_of(DOTS)
    intervals = [path for path in root.iter(f"{SVG}path") if path.get("class") == "chart-interval"]

    assert len(intervals) == 1
    assert "Yoga\u00a0: 8,4 (8,1 à 8,7)" in texts(root)
    assert "France\u00a0: 6,6" in texts(root)


def test_tables_say_the_same_numbers():
    assert [(chart.header(), chart.table()) for chart in ALL.values()] == [
        (
            ["Profession", "Nombre"],
            [("Infirmier", ["1\u00a0250"]), (LONG, ["3 (dont 1 étudiante)"]), ("Autres", ["trop peu"])],
        ),
        (
            ["Saison", "Femmes", "Hommes"],
            [
                ("2023", ["80\u00a0%", "20\u00a0%"]),
                ("2024", ["98\u00a0%", "3\u00a0%"]),
                ("Rien", ["0\u00a0%", "0\u00a0%"]),
                ("2025", ["–", "–"]),
            ],
        ),
        (
            ["Mois", "Présences"],
            [("octobre 2023", ["12"]), ("novembre 2023", ["–"]), ("décembre 2023", ["9"])],
        ),
        (["Activité", "Moyenne", "Intervalle à 95 %"], [("Yoga", ["8,4", "8,1 à 8,7"]), ("Boxe", ["7,0", "–"])]),
        (
            ["Saison", *MONTHS],
            [
                ("23-24", ["–", "12", "0", "–", "9", "31", "5", "18", "24", "–", "–", "–"]),
                ("24-25", ["7", "11", "–", "2", *["–"] * 8]),
            ],
        ),
    ]


@pytest.mark.parametrize("kind", [Bars, Stacks, Lines, Dots, Calendar])
def test_nothing_to_draw_draws_nothing(kind):
    assert kind("Titre", "Rien.").svg() == ""


def test_zeroes_are_drawn_without_dividing_by_them():
    assert "0" in texts(root_of(Bars("T", "D", rows=(Bar("Yoga", 0),))))
    assert "0" in texts(root_of(Lines("T", "D", moments=("mai",), lines=(Line("Yoga", (0,)),))))


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "text"),
    [
        (1234567.89, 1, "", "1\u00a0234\u00a0567,9"),
        (-3, 0, "%", "−3\u00a0%"),
        (0.25, 1, "", "0,3"),
        (8, 1, "", "8,0"),
        (None, 1, "%", "–"),
    ],
)
def test_numbers_are_written_as_in_french(value, decimals, unit, text):
    assert number(value, decimals, unit) == text


def test_axes_end_on_round_numbers():
    assert [round_up(value) for value in (1, 1.5, 7, 16, 21, 99, 151, 1000, 1001)] == [
        *(1, 2, 10, 20, 50, 100, 200, 1000, 2000),
    ]


def test_a_pdf_holds_the_same_drawings():
    page = f"<html lang=fr><title>Essai</title><body>{''.join(chart.svg() for chart in ALL.values())}"

    bare = len(pdf.drawn("<html lang=fr><title>Essai</title><body>"))
    assert len(pdf.drawn(page)) > bare + 2000
