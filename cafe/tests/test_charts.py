"""Charts: well-formed, said in words, safe whatever is written in them, and drawn in PDF files too."""

import re
from xml.etree import ElementTree

import pytest

from cafe import pdf
from cafe.charts import Bar, Bars, Dot, Dots, Line, Lines, Stack, Stacks, number, round_up

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
    rows=(Stack("2023", (80, 20)), Stack("2024", (97.5, 2.5)), Stack("Rien", (0, 0))),
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
ALL = {"bars": BARS, "stacks": STACKS, "lines": LINES, "dots": DOTS}


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


@pytest.mark.parametrize(
    "chart",
    [
        Bars(NASTY, NASTY, rows=(Bar(NASTY, 1, NASTY),)),
        Stacks(NASTY, NASTY, unit=NASTY, series=(NASTY,), rows=(Stack(NASTY, (1,)),)),
        Lines(NASTY, NASTY, moments=(NASTY,), lines=(Line(NASTY, (1,)), Line(NASTY, (2,)))),
        Dots(NASTY, NASTY, rows=(Dot(NASTY, 1),), reference=2, reference_label=NASTY),
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
            ],
        ),
        (
            ["Mois", "Présences"],
            [("octobre 2023", ["12"]), ("novembre 2023", ["–"]), ("décembre 2023", ["9"])],
        ),
        (["Activité", "Moyenne", "Intervalle à 95 %"], [("Yoga", ["8,4", "8,1 à 8,7"]), ("Boxe", ["7,0", "–"])]),
    ]


@pytest.mark.parametrize("kind", [Bars, Stacks, Lines, Dots])
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
