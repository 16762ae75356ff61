"""Markdown that people of the portal write, made into HTML that a page can carry."""

import nh3
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

# No picture (one from elsewhere would tell that site who reads) and no HTML of one's own.
PARSER = MarkdownIt("commonmark", {"html": False}).disable("image")
TAGS = {"p", "br", "hr", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre"}
HEADINGS = {f"h{level}" for level in range(2, 7)}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel", "sms"}
LAST_LEVEL = 6


def render(text, *, top=2):
    """Return the safe HTML of a Markdown text.

    The highest heading found becomes <h{top}> and the next ones follow without a gap, whatever levels the writer
    chose: the page's title stays its only <h1>, and who walks from heading to heading never misses a step.
    """
    tokens = PARSER.parse(text.encode(errors="replace").decode())
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    ranks = {tag: top + rank for rank, tag in enumerate(sorted({token.tag for token in headings}))}
    for token in headings:
        token.tag = f"h{min(ranks[token.tag], LAST_LEVEL)}"
    html = PARSER.renderer.render(tokens, PARSER.options, {})
    clean = nh3.clean(
        html, tags=TAGS | HEADINGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    )
    return mark_safe(clean)  # noqa: S308
