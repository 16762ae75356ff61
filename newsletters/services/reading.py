"""Newsletters read in the browser: what was sent, without its mail's clothes and without anybody's name."""

import re

import nh3
from django.conf import settings
from django.urls import reverse
from django.utils.html import linebreaks
from django.utils.safestring import mark_safe

from newsletters.placeholders import FIRST_NAME, PREFERENCES, UNSUBSCRIBE, filled_html, filled_text
from resources.services.words import meaningful, plain, stem

# What the mail's template writes around what its blocks made: the rest is said by the page already.
BODY = re.compile(r"<!--letter-->(.*)<!--/letter-->", re.DOTALL)
IMAGE = re.compile(r'"cid:image-(\d+)"')
INLINE = {"a", "b", "br", "code", "em", "i", "img", "strong"}
TAGS = INLINE | {"blockquote", "hr", "li", "ol", "p", "pre", "table", "tbody", "td", "tr", "ul"}
HEADINGS = {f"h{level}" for level in range(1, 7)}
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt", "width", "height"}, "ol": {"start"}}
CLASSES = {"a": {"button"}, "p": {"when", "what", "quiet"}, "td": {"row", "said"}}
SCHEMES = {"http", "https", "mailto", "tel", "sms"}
# Tables only lay a mail out: a cell becomes a piece of its own. The page's title stays its only <h1>.
UNDRESSED = [
    (re.compile(r"</?(?:table|tbody|tr)>"), ""),
    (re.compile(r"(</?)td(?= |>)"), r"\1div"),
    (re.compile(r"(</?)h1(?=>)"), r"\1h2"),
    (re.compile(r'class="button"'), 'class="btn btn-quiet"'),
]
LONGEST_QUESTION = 200


def nobody(url):
    """Return what the personal marks become where anybody reads: no name, and the public page for both links."""
    return {UNSUBSCRIBE: url, PREFERENCES: url, FIRST_NAME: ""}


def shown(newsletter, *, url, absolute=False):
    """Return the safe HTML of a letter that was sent, as a page carries it: no style, no table, no outside image.

    It is made from what left, not from the blocks: sessions and places are those of that day. url: the page of the
    letters, where links lead that were personal. absolute: keep whole addresses, as a feed needs them.
    """
    if not newsletter.html:
        return mark_safe(linebreaks(filled_text(newsletter.text, nobody(url)), autoescape=True))  # noqa: S308
    found = BODY.search(newsletter.html)
    html = filled_html(found[1] if found else newsletter.html, nobody(url))
    html = IMAGE.sub(lambda image: f'"{image_url(newsletter, image[1])}"', html)
    clean = nh3.clean(
        html,
        tags=TAGS | HEADINGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        attribute_filter=own if absolute else own_path,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    for dressed, undressed in UNDRESSED:
        clean = dressed.sub(undressed, clean)
    return mark_safe(clean)  # noqa: S308


def image_url(newsletter, key):
    return f"{settings.SITE_URL}{reverse('letter_image', args=[newsletter.slug, key])}"


def leads_here(url):
    """Whether an address is the portal's; once shortened, a path that begins with // would be that of another site."""
    path = url.removeprefix(settings.SITE_URL)
    return path != url and path.startswith("/") and not path.startswith("//")


def own(tag, attribute, value):
    """Drop the image that comes from elsewhere: it would tell that site who reads."""
    return value if attribute != "src" or leads_here(value) else None


def own_path(tag, attribute, value):
    """Shorten the portal's own addresses: the page may be served under another name, and loads its own images only."""
    if attribute in ("src", "href") and leads_here(value):
        return value.removeprefix(settings.SITE_URL)
    return own(tag, attribute, value)


def search(letters, asked):
    """Return the letters that hold every word asked, or a word that begins alike; accents and plurals do not count.

    In memory, in one statement: databases do not fold accents alike, and a programme writes some dozens of letters.
    """
    wanted = [f" {stem(word)}" for word in plain(asked[:LONGEST_QUESTION]).split() if meaningful(word)]
    if not wanted:
        return letters
    found = (f" {plain(' '.join([one.subject, one.preview, one.text]))}" for one in letters)
    return [one for one, words in zip(letters, found, strict=True) if all(word in words for word in wanted)]
