"""From a newsletter to what leaves, once for everybody: HTML whose styles are inlined, and its text version.

Both carry the marks of newsletters.placeholders. Images travel in the mail (cid:logo, cid:image-<key>), as the logo
does in every mail of the portal: fetching them from here would tell us who opens what. Whoever builds the message
attaches `inline_parts`; a page that shows the letter uses `for_browser`. No picture is invisible, no link goes
through us.
"""

import base64
import re
from dataclasses import dataclass

from django.conf import settings
from django.template import Context, engines
from django.urls import reverse

from cafe import mime
from cafe.markdown import render as render_markdown
from cafe.models import Portal
from newsletters.blocks import pieces_of
from newsletters.enums import BlockKind
from newsletters.models import LetterImage
from newsletters.placeholders import PREFERENCES, UNSUBSCRIBE
from newsletters.plain import places_in_words, text_version, whole, whom_in_words

IMAGE = re.compile(r"cid:image-(\d+)")
SHOWN_WIDTH = 494  # px that the frame of the letter leaves to an image
TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
DARK = "(prefers-color-scheme: dark)"


@dataclass(frozen=True)
class Rendering:
    html: str
    text: str


def rendered(newsletter, pieces=None):
    """Return the Rendering of a newsletter as it stands; the same number of statements whatever it holds."""
    pieces = pieces_of(newsletter) if pieces is None else pieces
    portal, site_url = Portal.load(), settings.SITE_URL
    # What is not published is read by nobody else in a browser: a link there would lead nowhere.
    online_url = f"{site_url}{reverse('letter', args=[newsletter.slug])}" if newsletter.in_archive else ""
    context = {
        "newsletter": newsletter,
        "lead": newsletter.preview,
        "pieces": drawn([piece for piece in pieces if piece.found], site_url),
        "portal": portal,
        "site_url": site_url,
        "online_url": online_url,
        "unsubscribe": UNSUBSCRIBE,
        "preferences": PREFERENCES,
    }
    template = engines["django"].get_template("newsletters/email/letter.html").template
    html = template.render(Context(context)).replace("\0", "")
    text = text_version(newsletter, pieces, portal=portal, site_url=site_url, online_url=online_url)
    return Rendering(mime.inliner().inline(html), text.replace("\0", ""))


def drawn(pieces, site_url):
    """Return what the templates show of each piece. Headings of a text go under the heading block before it, if any."""
    level, shown = 2, []
    for piece in pieces:
        values = dict(piece.shows)
        if piece.kind == BlockKind.HEADING:
            level = 3
        elif piece.kind == BlockKind.TEXT:
            values["html"] = render_markdown(with_whole_links(values["text"], site_url), top=level)
        elif piece.kind == BlockKind.BUTTON:
            values["url"] = whole(values["url"], site_url)
        elif piece.kind == BlockKind.IMAGE:
            values |= shown_size(values["image"])
        sessions = values.get("sessions") or [values["session"]] if piece.kind.startswith("session") else []
        values["rows"] = [(session, places_in_words(session), whom_in_words(session)) for session in sessions]
        shown.append(values | {"template": piece.template})
    return shown


def with_whole_links(markdown, site_url):
    """Make the paths of links full addresses: there is no portal around a mail."""
    return re.sub(r"\]\(/(?!/)", f"]({site_url}/", markdown)


def shown_size(image):
    width = min(image.width, SHOWN_WIDTH)
    return {"width": width, "height": round(image.height * width / image.width) if image.width else 0}


# --- Images ---------------------------------------------------------------------------------------


def inline_parts(newsletter, html):
    """Return what the HTML shows, to be attached: [{"cid", "name", "type", "content": bytes}], the logo first."""
    parts = [_part("logo", Portal.load().logo)] if mime.LOGO in html else []
    keys = {int(key) for key in IMAGE.findall(html)}
    images = LetterImage.objects.filter(newsletter=newsletter, pk__in=keys) if keys else []
    parts += [_part(f"image-{image.pk}", image.file) for image in images]
    return [part for part in parts if part]


def _part(cid, file):
    try:
        with file.open() as opened:
            content = opened.read()
    except (OSError, ValueError):
        return None
    extension = file.name.rpartition(".")[2].lower()
    kind = TYPES.get(extension, "image/png")
    return {"cid": cid, "name": f"{cid}.{extension}", "type": kind, "content": content}


def for_browser(newsletter, html):
    """Return the HTML with its images inside, for a page whose policy allows data: images."""
    for part in inline_parts(newsletter, html):
        data = base64.b64encode(part["content"]).decode()
        html = html.replace(f'"cid:{part["cid"]}"', f'"data:{part["type"]};base64,{data}"')
    return html


def in_the_dark(html):
    """Return the HTML as a mailbox with dark colours shows it."""
    return html.replace(DARK, "all")
