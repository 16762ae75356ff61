"""The blocks of a newsletter: what each kind keeps, and what it shows once read.

Block.content, plain JSON by kind; a block is unfilled while what it needs is missing or no longer public:
- heading {"text"} · text {"markdown"} · prevention {"text"}: words, in which « {prénom} » stands for the first name;
- sessions {"count": 1 to 12, "free_only": whether full ones are left out}: the next ones, when the letter is rendered;
- session {"session": key} · resource {"resource": key} · image {"image": key of LetterImage};
- button {"label", "url": a path of the portal, or a full address}.
"""

import re
from dataclasses import dataclass, field

from django.utils.text import Truncator

from activities.models import Session
from newsletters.enums import BlockKind
from newsletters.models import LetterImage
from newsletters.placeholders import FIRST_NAME
from resources.models import Resource

MOST_SESSIONS = 12
LOOKED_THROUGH = 60  # next sessions among which those with places left are sought
VARIABLE = re.compile("([ \u00a0]?)\\{\\s*pr(?:[ée]|e\u0301)nom\\s*\\}", re.IGNORECASE)
STARTS = re.compile(r"[\s>#*+\-_\d.)]*")  # what may stand in Markdown before the first word of a line
MARKDOWN = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)|\*{1,2}|^[#>]+ ", re.MULTILINE)
WORDS = {BlockKind.HEADING: "text", BlockKind.TEXT: "markdown", BlockKind.PREVENTION: "text"}


@dataclass(frozen=True)
class Piece:
    """A block and what it shows: a text, sessions, one sheet, one image; found: False where it is unfilled."""

    block: object
    found: bool
    shows: dict = field(default_factory=dict)

    @property
    def kind(self):
        return self.block.kind

    @property
    def template(self):
        return f"newsletters/email/letter/{self.kind}.html"


def with_marks(text):
    """Put the mark of the first name for « {prénom} », which takes along the space before it.

    But not the space after the dash of a list or the number of an item, which would be one no more.
    """
    return VARIABLE.sub(lambda hit: (hit[1] if starts_line(hit) else "") + FIRST_NAME, text)


def starts_line(hit):
    """Tell whether nothing is said before a « {prénom} » on its line."""
    return STARTS.fullmatch(hit.string[: hit.start()].rpartition("\n")[2]) is not None


def pieces_of(newsletter, blocks=None):
    """Return the Pieces of a newsletter in their order, in four statements at most beside the blocks'."""
    blocks = list(newsletter.blocks.all()) if blocks is None else blocks
    read = {
        BlockKind.SESSIONS: _next_sessions(blocks),
        BlockKind.SESSION: _by_key(blocks, "session", Session.objects.upcoming().for_list()),
        BlockKind.RESOURCE: _by_key(blocks, "resource", Resource.objects.public()),
        BlockKind.IMAGE: _by_key(blocks, "image", LetterImage.objects.filter(newsletter=newsletter)),
    }
    return [_piece(block, read.get(block.kind)) for block in blocks]


def _by_key(blocks, name, queryset):
    keys = {block.content.get(name) for block in blocks if block.kind == name} - {None}
    return {one.pk: one for one in queryset.filter(pk__in=keys)} if keys else {}


def _next_sessions(blocks):
    """The next sessions for which one registers: of a cycle, the first alone."""
    if not any(block.kind == BlockKind.SESSIONS for block in blocks):
        return []
    return [one for one in Session.objects.upcoming().for_list()[:LOOKED_THROUGH] if one.head_id is None]


def _piece(block, read):
    content = block.content
    if block.kind in WORDS:
        words = with_marks(content.get(WORDS[block.kind], "").strip())
        return Piece(block, bool(words), {"text": words})
    if block.kind == BlockKind.BUTTON:
        label, url = with_marks(content.get("label", "").strip()), content.get("url", "").strip()
        return Piece(block, bool(label and url), {"label": label, "url": url})
    if block.kind == BlockKind.SESSIONS:
        free_only = content.get("free_only", False)
        sessions = [one for one in read if not free_only or (one.places_left and not one.has_closed)]
        sessions = sessions[: content.get("count", 3)]
        return Piece(block, bool(sessions), {"sessions": sessions})
    one = read.get(content.get(block.kind))
    return Piece(block, one is not None, {block.kind: one})


def in_words(piece):
    """Return what a block says in one line, for the list of blocks."""
    shows = piece.shows
    if not piece.found:
        return ""
    if piece.kind == BlockKind.SESSIONS:
        return " · ".join(one.activity.title for one in shows["sessions"])
    if piece.kind == BlockKind.BUTTON:
        return f"{shows['label']} → {shows['url']}".replace(FIRST_NAME, " {prénom}")
    if piece.kind in WORDS:
        words = MARKDOWN.sub(r"\1", shows["text"]).replace(FIRST_NAME, " {prénom}")
        return Truncator(" ".join(words.split())).chars(160)
    one = shows[piece.kind]
    return one.activity.title if piece.kind == BlockKind.SESSION else str(one)
