"""What the coordination writes in the board's report: one text for given months, which the board reads at once."""

import re

from django.db import transaction
from django.utils import timezone

from cafe.board.models import ReportText
from cafe.errors import Refusal
from cafe.templatetags.french import clock, day
from evaluation import names
from evaluation.services.verbatims import known_words

FIELDS = ("opening", "learnt", "next_season")
WRITTEN = (*FIELDS, "sections")
# A report may give an address to read; a name or a number is somebody's.
HARMLESS = {names.Kind.LINK}
MOST_FLAGGED = 8


class WrittenMeanwhile(Refusal):
    """Somebody else saved the text since it was read. Carries it as it now is: `text`."""

    def __init__(self, text):
        who = text.edited_by or "Quelqu’un"
        when = f"{day(text.edited_at)} à {clock(text.edited_at)}"
        super().__init__(
            f"{who} a enregistré ce texte pendant que vous écriviez, {when}. Rien n’est perdu\u00a0: vos mots sont "
            "dans les champs, les siens sont aussi sur cette page. Rassemblez-les, puis enregistrez."
        )
        self.text = text


def text_of(period):
    """Return the text of a period; where none was written, one of its months that is not saved: no word, all parts."""
    found = ReportText.objects.filter(first=period.first, last=period.last).select_related("edited_by").first()
    return found or ReportText(first=period.first, last=period.last)


def version_of(text):
    """Return what tells one saving of a text from the next; empty before the first."""
    return text.edited_at.isoformat() if text.pk else ""


def other_texts(period):
    """Texts of other periods, the latest first."""
    others = ReportText.objects.exclude(first=period.first, last=period.last)
    return others.select_related("edited_by").order_by("-last", "-first")


def previous_text(period):
    """Return the text that one may start from: the latest of the periods that end no later, or None."""
    return other_texts(period).filter(last__lte=period.last).first()


@transaction.atomic
def write(*, period, seen, author, opening, learnt, next_season, sections):
    """Save the text of a period; return it. seen: version_of the text that its author read before she wrote.

    Raises WrittenMeanwhile where it was saved since in other words: nothing changes, and both texts are shown.
    """
    values = {"opening": opening, "learnt": learnt, "next_season": next_season, "sections": sections}
    text, is_new = ReportText.objects.get_or_create(
        first=period.first, last=period.last, defaults=values | {"edited_by": author}
    )
    if is_new:
        return text
    text = ReportText.objects.select_for_update(of=("self",), no_key=True).get(pk=text.pk)
    if all(getattr(text, name) == value for name, value in values.items()):
        return text
    if version_of(text) != seen:
        raise WrittenMeanwhile(text)
    for name, value in values.items():
        setattr(text, name, value)
    text.edited_by = author
    text.save()
    return text


def changes(text, typed):
    """Return [(name, what is saved)] of the fields in which a saved text and what was typed are not the same."""
    return [(name, getattr(text, name)) for name in WRITTEN if getattr(text, name) != typed[name]]


def named_in(typed):
    """Return the words, a few at most, that may name somebody or some place: flagged, never refused."""
    known, found = known_words(), []
    for name in FIELDS:
        # A title begins a sentence, though a sign comes before it.
        text = re.sub(r"^[#>\s]+", "", typed[name], flags=re.MULTILINE)
        spans = [span for span in names.flags(text, known) if span.kind not in HARMLESS]
        found += [text[span.start : span.end] for span in spans]
    return list(dict.fromkeys(found))[:MOST_FLAGGED]


def is_unfinished(period):
    return period.end > timezone.now()
