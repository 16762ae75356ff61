"""Charts as Chromium draws them, in grey, beside the picture that was looked at: charts.png.

The picture is compared by blocks of several pixels, with a margin: letters drawn a little otherwise pass, a shape or a
pattern that moved or vanished does not. DRAW_REFERENCE=1 draws it anew, to be looked at before it is kept.
"""

import base64
import os
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image, ImageChops, ImageStat

from cafe.charts.calendars import SHADES
from cafe.tests.test_charts import ALL, CALENDAR
from members.tests.browsing import chromium

pytestmark = [pytest.mark.browser, pytest.mark.appearance]
REFERENCE = Path(__file__).with_name("charts.png")
FONT = Path(settings.BASE_DIR) / "static/fonts/atkinson-latin.woff2"
BLOCK = 6
# Of 255 grey levels, how far a block may be from the reference, and the picture as a whole.
FAR, FAR_AS_A_WHOLE = 60, 3


@pytest.fixture
def page():
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 400, "height": 900})
        font = base64.b64encode(FONT.read_bytes()).decode()
        drawn = "".join(chart.svg() for chart in ALL.values())
        page.set_content(
            "<style>@font-face{font-family:Atkinson;src:url(data:font/woff2;base64," + font + ")}"
            "body{margin:20px;background:#fff;filter:grayscale(1)}svg{display:block;margin-bottom:20px}</style>" + drawn
        )
        page.evaluate("document.fonts.load('13px Atkinson').then(() => document.fonts.ready)")
        yield page


def picture_of(page):
    return Image.open(BytesIO(page.screenshot(full_page=True))).convert("L")


def blocks(image):
    return image.resize((image.width // BLOCK, image.height // BLOCK), Image.Resampling.BOX)


def test_charts_look_as_they_did_when_they_were_looked_at(page):
    drawn = picture_of(page)
    if os.environ.get("DRAW_REFERENCE"):
        drawn.save(REFERENCE, optimize=True)
    reference = Image.open(REFERENCE)

    assert drawn.size == reference.size
    apart = ImageChops.difference(blocks(drawn), blocks(reference))
    assert apart.getextrema()[1] <= FAR
    assert ImageStat.Stat(apart).mean[0] <= FAR_AS_A_WHOLE


def test_in_grey_each_cell_of_a_calendar_is_as_dark_as_its_number_is_large(page):
    drawn = picture_of(page)
    cells = page.locator(".chart-cell").all()
    seen = []
    for cell in cells:
        box = cell.bounding_box()
        # The upper left corner of a cell, where no number is written.
        seen.append(drawn.getpixel((round(box["x"]) + 4, round(box["y"]) + 4)))

    values = [value for row in CALENDAR.rows for value in row.values]
    told = sorted((value, grey) for value, grey in zip(values, seen, strict=True) if value)
    greys = list(dict.fromkeys(grey for _, grey in told))
    assert len(greys) == len(SHADES)
    assert greys == sorted(greys, reverse=True)
    assert min(lighter - darker for lighter, darker in pairwise(greys)) > 15
