"""The picture that a messenger or a social network shows with the link of a session: 1200 × 630, drawn here.

Kept on disk under a name made of what it shows, so that a session that changes gets a new one.
"""

import hashlib
from functools import cache
from io import BytesIO
from math import pi, sin

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFont

from cafe.models import Portal
from cafe.templatetags.french import clock, day

FOLDER = "share"
DRAWING = 1  # one more each time the drawing changes
WIDTH, HEIGHT, MARGIN = 1200, 630, 72
PAPER, BLUSH, INK, SOFT, SAGE, CLAY, LINE = (
    "#fbf7f0", "#f7e4d8", "#2a211c", "#5b4d43", "#1e5b54", "#a4492a", "#dccfbd",
)  # fmt: skip
TITLE_SIZES, TITLE_LINES = (88, 72, 58, 46), 3
TITLE_TOP, TITLE_BOTTOM, LEADING = 262, 545, 1.1


def words_of(session, portal):
    """Return what the picture says. A private address is nobody's business but those who come."""
    place = session.place
    where = ""
    if place:
        where = place.commune if place.private else ", ".join(filter(None, [place.name, place.commune]))
    hours = f"{clock(session.starts_at)} – {clock(session.ends_at)}"
    when = day(session.starts_at)
    return {
        "title": session.activity.title,
        "when": f"{when[0].upper()}{when[1:]}, {hours}",
        "where": where,
        "portal": portal.name,
        "cpts": portal.cpts,
    }


def name_of(session, words):
    text = "\n".join([str(DRAWING), *words.values()])
    return f"{FOLDER}/{session.pk}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.png"


def share_image(session):
    """Return the name of the session's picture in the storage, drawn now where it is not there yet."""
    words = words_of(session, Portal.load())
    name = name_of(session, words)
    if not default_storage.exists(name):
        forget(session)
        default_storage.save(name, ContentFile(drawn(words)))
    return name


def forget(session):
    """Delete the pictures of what the session was before."""
    names = default_storage.listdir(FOLDER)[1] if default_storage.exists(FOLDER) else []
    for name in names:
        if name.startswith(f"{session.pk}-"):
            default_storage.delete(f"{FOLDER}/{name}")


# --- Drawing --------------------------------------------------------------------------------------


@cache
def face(family, size, weight):
    """Return one of the portal's typefaces; both are variable, weight being their first axis."""
    font = ImageFont.truetype(str(settings.BASE_DIR / "static" / "fonts" / f"{family}-latin.woff2"), size)
    axes = [axis["minimum"] for axis in font.get_variation_axes()]
    font.set_variation_by_axes([weight, *axes[1:]])
    return font


def drawn(words):
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((900, -240, 1400, 260), fill=BLUSH)
    draw_cup(picture, left=990, top=46, size=150)
    pen.text((MARGIN, 64), words["portal"], SAGE, face("fraunces", 40, 600))
    pen.text((MARGIN, 116), cut(words["cpts"], face("atkinson", 26, 400), 800), SOFT, face("atkinson", 26, 400))
    pen.text((MARGIN, 200), cut(words["when"], face("fraunces", 40, 600), WIDTH - 2 * MARGIN), CLAY,
             face("fraunces", 40, 600))  # fmt: skip
    draw_title(pen, words["title"])
    pen.line((MARGIN, 552, WIDTH - MARGIN, 552), LINE, 2)
    pen.text((MARGIN, 572), cut(words["where"], face("atkinson", 30, 400), WIDTH - 2 * MARGIN), INK,
             face("atkinson", 30, 400))  # fmt: skip
    content = BytesIO()
    picture.save(content, "PNG", optimize=True)
    return content.getvalue()


def draw_title(pen, title):
    """Write the title in the largest letters with which it fits on three lines; cut it where none does."""
    for size in TITLE_SIZES:
        font = face("fraunces", size, 600)
        lines = wrapped(title, font, WIDTH - 2 * MARGIN)
        if len(lines) <= TITLE_LINES and TITLE_TOP + len(lines) * size * LEADING < TITLE_BOTTOM:
            break
    shown = lines[:TITLE_LINES]
    if len(lines) > TITLE_LINES:
        shown[-1] = cut(f"{shown[-1]} …", font, WIDTH - 2 * MARGIN)
    for number, line in enumerate(shown):
        pen.text((MARGIN, TITLE_TOP + number * size * LEADING), line, INK, font)


def wrapped(text, font, width):
    """Break a text into lines no wider than `width`; a word that is wider alone is cut."""
    lines = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(cut(word, font, width))
    return lines


def cut(text, font, width):
    """Return a text no wider than `width`, ending in « … » where something is missing."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def draw_cup(picture, *, left, top, size):
    """Draw the portal's cup, four times larger and then reduced, for smooth edges."""
    scale = size * 4 / 38
    cup = Image.new("RGBA", (size * 4, size * 4))
    pen = ImageDraw.Draw(cup)

    def box(*values):
        return tuple(value * scale for value in values)

    pen.ellipse(box(20.5, 14.7, 34.3, 26.3), outline=SAGE, width=round(2.6 * scale))
    pen.rectangle(box(6, 14, 26, 23), fill=SAGE)
    pen.pieslice(box(6, 14, 26, 32), 0, 180, fill=SAGE)
    for x in (12, 19):
        steam = [(x + sin((10 - y) / 6 * 2 * pi) * -0.9, y) for y in (4 + step / 8 for step in range(49))]
        for left_at, top_at in steam:
            pen.ellipse(box(left_at - 1.1, top_at - 1.1, left_at + 1.1, top_at + 1.1), fill=CLAY)
    reduced = cup.resize((size, size), Image.Resampling.LANCZOS)
    picture.paste(reduced, (left, top), reduced)
