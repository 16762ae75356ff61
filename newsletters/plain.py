"""The text version of a newsletter: what reads well in a mailbox without pictures, in lines of 78 columns at most.

An address alone is never cut, since it would lead nowhere.
"""

import textwrap

from activities.enums import Audience
from cafe.markdown import PARSER
from cafe.templatetags.french import clock, day, euros
from newsletters.enums import BlockKind
from newsletters.placeholders import PREFERENCES, UNSUBSCRIBE

WIDTH = 78
LIST_MARK = "- "


def text_version(newsletter, pieces, *, portal, site_url, online_url):
    """Return the whole text, marks included."""
    parts = [filled(f"Lire dans votre navigateur :\n{online_url}")] if online_url else []
    parts.append(underlined(newsletter.subject, "="))
    parts += [text_of(piece, site_url) for piece in pieces if piece.found]
    return "\n\n".join([*parts, foot(portal, site_url)]) + "\n"


def foot(portal, site_url):
    phone = f" ; téléphone : {portal.contact_phone}" if portal.contact_phone else ""
    return "\n".join(
        [
            "--",
            filled(f"{portal.name}, {portal.cpts}"),
            f"{site_url}/",
            filled(f"Une question ? Répondez à ce courriel, ou écrivez à {portal.contact_email}{phone}."),
            "",
            "Choisir ce que vous recevez :",
            PREFERENCES,
            "",
            "Ne plus rien recevoir :",
            UNSUBSCRIBE,
        ]
    )


def text_of(piece, site_url):
    return TEXTS[piece.kind](piece.shows, site_url)


def whole(url, site_url):
    """Return the full address of a path of the portal, or the address itself."""
    return f"{site_url}{url}" if url.startswith("/") else url


def session_text(session, site_url):
    lines = [f"{day(session.starts_at).capitalize()}, {clock(session.starts_at)}", session.activity.title]
    where = str(session.place) if session.place else ""
    lines.append(" · ".join(filter(None, [where, euros(session.fee), places_in_words(session)])))
    lines += filter(None, [whom_in_words(session)])
    return "\n".join([*map(filled, lines), f"{site_url}{session.get_absolute_url()}"])


def whom_in_words(session):
    """Return for whom a session is and of how many a cycle is made, or "" where anybody may come once."""
    said = []
    if session.cycle_size > 1:
        said.append(f"Cycle de {session.cycle_size} séances, une seule inscription.")
    if session.audience != Audience.ALL:
        by_profession = session.audience == Audience.ONE_PROFESSION
        whom = session.get_audience_profession_display() if by_profession else session.get_audience_display()
        said.append(f"Pour\u00a0: {whom.lower()}.")
    return " ".join(said)


def places_in_words(session):
    """Return what the page of a session says of its places, in a few words."""
    if session.opens_later:
        return f"inscriptions à partir du {day(session.carrier.opens_at)}"
    if session.has_closed:
        return "inscriptions closes"
    if not session.places_left:
        return "liste d’attente"
    return "il reste 1 place" if session.places_left == 1 else f"il reste {session.places_left} places"


def resource_text(resource, site_url):
    lines = [resource.name, resource.summary]
    if resource.phone and resource.shows_contact:
        lines.append(f"Téléphone : {resource.phone}")
    return "\n".join([*map(filled, filter(None, lines)), f"{site_url}{resource.get_absolute_url()}"])


TEXTS = {
    BlockKind.HEADING: lambda shows, site_url: underlined(shows["text"], "-"),
    BlockKind.TEXT: lambda shows, site_url: markdown_text(shows["text"], site_url),
    BlockKind.PREVENTION: lambda shows, site_url: filled(shows["text"], indent="    "),
    BlockKind.SESSIONS: lambda shows, site_url: "\n\n".join(session_text(one, site_url) for one in shows["sessions"]),
    BlockKind.SESSION: lambda shows, site_url: session_text(shows["session"], site_url),
    BlockKind.RESOURCE: lambda shows, site_url: resource_text(shows["resource"], site_url),
    BlockKind.BUTTON: lambda shows, site_url: filled(f"{shows['label']} :") + f"\n{whole(shows['url'], site_url)}",
    BlockKind.IMAGE: lambda shows, site_url: filled(f"[Image : {shows['image'].alt}]"),
}


# --- Lines ----------------------------------------------------------------------------------------


def filled(text, *, indent="", first=None):
    """Break each line of a text at 78 columns; first: what stands before its first line alone."""
    start = indent if first is None else first
    lines = []
    for line in text.split("\n"):
        lines += textwrap.wrap(
            line, WIDTH, initial_indent=start if not lines else indent, subsequent_indent=indent,
            break_long_words=False, break_on_hyphens=False,
        ) or [""]  # fmt: skip
    return "\n".join(lines)


def underlined(text, mark):
    lines = filled(text)
    return f"{lines}\n{mark * min(WIDTH, max(map(len, lines.splitlines())))}"


def markdown_text(source, site_url):
    """Return a Markdown text without its marks: lists keep theirs, a link is followed by its address."""
    blocks, indent, mark = [], [], None
    numbers = []
    for token in PARSER.parse(source.encode(errors="replace").decode()):
        if token.type == "ordered_list_open":
            numbers.append(int(token.attrs.get("start", 1)))
        elif token.type == "bullet_list_open":
            numbers.append(None)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            numbers.pop()
        elif token.type == "list_item_open":
            mark = LIST_MARK if numbers[-1] is None else f"{numbers[-1]}. "
            numbers[-1] = numbers[-1] and numbers[-1] + 1
            indent.append(" " * len(mark))
        elif token.type in {"list_item_close", "blockquote_close"}:
            indent.pop()
        elif token.type == "blockquote_open":
            indent.append("    ")
        elif token.type in {"inline", "fence", "code_block", "hr"}:
            words = inline_text(token, site_url)
            before = "".join(indent)
            first = before[: len(before) - len(mark)] + mark if mark else before
            blocks.append((bool(mark), filled(words, indent=before, first=first)))
            mark = None
    return joined(blocks)


def joined(blocks):
    """Items of one list follow each other; everything else stands apart."""
    text, listed = "", False
    for is_item, words in blocks:
        between = "\n" if is_item and listed else "\n\n"
        text += f"{between}{words}" if text else words
        listed = is_item
    return text


def inline_text(token, site_url):
    if token.type == "hr":
        return "* * *"
    if token.type != "inline":
        return token.content.rstrip()
    text, opened = "", []
    for child in token.children:
        if child.type == "link_open":
            opened.append((len(text), whole(child.attrs["href"], site_url)))
        elif child.type == "link_close":
            start, url = opened.pop()
            if text[start:].strip() not in {url, url.removeprefix("mailto:"), url.removeprefix("tel:")}:
                text += f" ({url.removeprefix('mailto:').removeprefix('tel:')})"
        elif child.type == "softbreak":
            text += " "
        elif child.type == "hardbreak":
            text += "\n"
        else:
            text += child.content
    return text
