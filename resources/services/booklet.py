"""The booklet: the public directory on paper, at three levels: now, within days, to keep well.

Anybody may ask for it, so one that was made of what the directory still says is given again for some hours.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Case, F, When
from django.urls import reverse
from django.utils import timezone

from cafe import mail, pdf
from cafe.errors import Refusal
from cafe.limits import within_limit
from cafe.models import Document, DocumentState, Portal
from resources.enums import PreventionPart, ResourceKind
from resources.models import IndexMark, PreventionPage, Resource
from resources.needs import THEMES, Theme
from resources.services.indexing import hold_index
from resources.services.words import plain

KIND = "booklet"
FILENAME = "livret-des-ressources.pdf"
FRESH = timedelta(hours=6)
PER_HOUR = 30
WHOLE = 120  # sheets: up to so many each is shown whole, with its QR code; above, in a few lines
MOST = 600  # sheets on paper; of a larger directory the others are online alone, and the booklet says so
# The numbers of partials/helplines_*.html, printed whatever the directory says: a sheet of theirs would say them twice.
FIXED_NUMBERS = {"15", "112", "114", "3114", "3919", "0608282589", "0800288038", "0805232336"}
ELSEWHERE = Theme("autres", "Autres ressources", "")


# --- Asking ---------------------------------------------------------------------------------------


def edition():
    """Return a word that names all that is printed: sheets, pages of prevention, identity; it changes with them."""
    mark = IndexMark.objects.filter(pk=1).values_list("mark", flat=True).first()
    pages = PreventionPage.objects.published().order_by("pk").values_list("pk", "updated_at")
    portal = Portal.load()
    said = [mark, list(pages), portal.name, portal.cpts, portal.logo.name, portal.contact_email]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def made_already(params):
    """Return the booklet that is ready or under way, young enough and with its file; None where there is none."""
    now = timezone.now()
    alive = Document.objects.filter(kind=KIND, params=params, created_at__gt=now - FRESH, expires_at__gt=now)
    found = alive.exclude(state=DocumentState.FAILED).order_by("-created_at").first()
    lost = found and found.state == DocumentState.READY and not default_storage.exists(found.file.name)
    return None if lost else found


def request_booklet():
    """Return the Document of a booklet that says what the directory says now: a young one, else another.

    Raises Refusal where too many were made within the hour, for whomever: the workers have mails to send.
    """
    params = {"edition": edition()}
    return made_already(params) or ask_for_another(params)


@transaction.atomic
def ask_for_another(params):
    hold_index()  # of those who ask at once, one makes it and the others find it
    found = made_already(params)
    if found:
        return found
    if not within_limit(scope="booklet", who="everybody", limit=PER_HOUR, seconds=3600):
        raise Refusal("Le livret est très demandé en ce moment. Revenez dans une heure ; l’annuaire, lui, est là.")
    return pdf.request_document(kind=KIND, params=params, filename=FILENAME)


def end_editions():
    """End, in the caller's transaction, the booklets that were made or are being made.

    They would else be given for a day to whoever holds their link. Called when a sheet, or a person's contact, is
    hidden.
    """
    Document.objects.filter(kind=KIND).update(expires_at=timezone.now())


# --- Drawing, in a worker -------------------------------------------------------------------------


class Level(StrEnum):
    NOW = "now"
    DAYS = "within days"
    PREVENTION = "to keep well"


@dataclass(frozen=True)
class Entry:
    """A sheet on paper. qr: address of its picture, for <img>; empty where sheets are printed in a few lines."""

    sheet: Resource
    qr: str = ""

    @property
    def anchor(self):
        return "maintenant" if self.is_fixed else f"fiche-{self.sheet.slug}"

    @property
    def is_fixed(self):
        national = self.sheet.phone.strip().replace("+33", "0", 1)
        return re.sub(r"[^0-9]", "", national) in FIXED_NUMBERS

    @property
    def level(self):
        if self.is_fixed or self.sheet.kind == ResourceKind.HELPLINE:
            return Level.NOW
        return Level.PREVENTION if self.sheet.kind == ResourceKind.GROUP else Level.DAYS

    @property
    def themes(self):
        return list(dict.fromkeys(need.theme for need in self.sheet.need_list)) or [ELSEWHERE]


@dataclass(frozen=True)
class Chapter:
    """The sheets of a theme; also: those printed elsewhere that answer to it too."""

    theme: Theme
    entries: list
    also: list

    @property
    def anchor(self):
        return f"theme-{self.theme.slug}"

    @property
    def page(self):
        """Where the theme's sheets are online."""
        query = "tout=on" if self.theme == ELSEWHERE else f"theme={self.theme.slug}"
        return leading_to(f"{reverse('resources')}?{query}")


def booklet(*, edition):
    """Return the booklet's HTML. `edition` only names the document: what is printed is read now."""
    public = Resource.objects.public()
    total = public.count()
    whole = total <= WHOLE
    entries = [Entry(sheet, qr_of(sheet) if whole else "") for sheet in printed(public)]
    levels = {level: [entry for entry in entries if entry.level == level] for level in Level}
    return pdf.html_of(
        "resources/pdf/booklet.html",
        to={name: leading_to(path) for name, path in paths().items()},
        today=timezone.localdate(),
        whole=whole,
        total=total,
        left_out=max(total - MOST, 0),
        helplines=[entry for entry in levels[Level.NOW] if not entry.is_fixed],
        chapters=chapters(entries),
        groups=levels[Level.PREVENTION],
        pages=pages_by_part(),
    )


def printed(public):
    """Return the sheets that go on paper, in the order of a French dictionary.

    Of a directory too large for it: helplines first, then who gives priority to colleagues, then the latest verified.
    """
    helplines_first = Case(When(kind=ResourceKind.HELPLINE, then=0), default=1)
    latest_first = F("verified_on").desc(nulls_last=True)
    kept = public.for_display().order_by(helplines_first, "-priority_access", latest_first, "name", "pk")[:MOST]
    return sorted(kept, key=lambda sheet: (plain(sheet.name), sheet.pk))


def chapters(entries):
    """Return the Chapters that hold something; a sheet is printed once, in the theme of its first need."""
    found = []
    for theme in [*THEMES, ELSEWHERE]:
        answering = [entry for entry in entries if theme in entry.themes]
        own = [entry for entry in answering if entry.themes[0] == theme and entry.level == Level.DAYS]
        also = [entry for entry in answering if entry not in own]
        if answering:
            found.append(Chapter(theme, own, also))
    return found


def pages_by_part():
    """Return [(part, [(page of prevention, its QR code)])], the parts that have a page."""
    published = list(PreventionPage.objects.published())
    found = [(part, [(page, qr_of(page)) for page in published if page.part == part]) for part in PreventionPart]
    return [(part, pages) for part, pages in found if pages]


def paths():
    """Return the pages to which the paper leads."""
    return {
        "directory": reverse("resources"),
        "urgent": reverse("emergency"),
        "listening": reverse("listening"),
        "activities": reverse("session_list"),
        "trainings": f"{reverse('session_list')}?nature=formation",
        "wellbeing": reverse("wellbeing"),
        "prevention": reverse("prevention"),
    }


def leading_to(path):
    """Return an address of the portal as paper shows it: {url, shown, qr}."""
    url = mail.absolute(path)
    return {"url": url, "shown": pdf.shown_url(url), "qr": pdf.qr_code(url)}


def qr_of(thing):
    return pdf.qr_code(mail.absolute(thing.get_absolute_url()))
