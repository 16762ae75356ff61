"""Documents made in the background: PDF drawn by WeasyPrint, and any other file that takes long to make.

A Document row is the truth, the broker only wakes a worker, as for mails: a sweep makes every minute what no wake-up
reached. WeasyPrint is loaded by whoever renders, so never by the web process, which only asks and serves.
"""

import logging
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import segno
from django.conf import settings
from django.core.cache import cache as shared
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cafe import mail
from cafe.models import Document, DocumentState, Portal

logger = logging.getLogger(__name__)
KEPT = timedelta(days=1)
PATIENCE = timedelta(minutes=15)
LEASE_SECONDS = 120  # the longest that one document may take
FOLDER = "documents"
PDF = "application/pdf"
ACCESSIBLE = "pdf/ua-1"
INK = "#2a211c"
STATIC = settings.BASE_DIR / "static"
_kinds = {}
_stepped = set()
_lists = {}


def register(kind, make, *, stepped=False, listed=""):
    """Add a kind of document. `make` takes its parameters by keyword; a worker calls it.

    It returns the HTML of a page that extends layout/pdf.html (see html_of), or (bytes, content type) of another file.
    stepped: make takes `progress` too, and calls it with a percentage as it goes. listed: the name of the address
    where such a file stays once its document is forgotten.
    """
    _kinds[kind] = make
    if stepped:
        _stepped.add(kind)
    if listed:
        _lists[kind] = listed


def html_of(template, **context):
    """Return the HTML of a document, with the portal's identity and, where there is a logo, the address of its file."""
    portal = context.pop("portal", None) or Portal.load()
    logo = Path(portal.logo.path) if portal.logo else None
    logo_url = logo.as_uri() if logo and logo.exists() else ""
    return render_to_string(template, {"portal": portal, "logo_url": logo_url, "site_url": settings.SITE_URL} | context)


def qr_code(url):
    """Return a QR code as an address for <img>, in the colour of ink; a scratched poster can still be read."""
    return segno.make(url, error="q").svg_data_uri(omitsize=True, border=0, dark=INK)


def shown_url(url):
    """Return an address as one prints it."""
    return url.split("://", 1)[1].rstrip("/")


# --- Asking ---------------------------------------------------------------------------------------


@transaction.atomic
def request_document(*, kind, params, filename, user=None):
    """Write what is asked for and wake a worker on commit; return the Document, whose page is page_of(document).

    Asking again while the same thing is being made for the same person returns the one that is under way. With `user`,
    that person alone may fetch the file.
    """
    same = {"kind": kind, "params": params, "requested_by": user}
    waiting = Document.objects.filter(state=DocumentState.WAITING, expires_at__gt=timezone.now(), **same).first()
    if waiting:
        return waiting
    document = Document.objects.create(**same, filename=filename, expires_at=timezone.now() + KEPT)
    wake(document)
    return document


@transaction.atomic
def ask_again(document):
    """Put a document that could not be made back in the queue; any other is left as it is."""
    failed = Document.objects.filter(pk=document.pk, state=DocumentState.FAILED)
    if failed.update(state=DocumentState.WAITING, done=0, expires_at=timezone.now() + KEPT):
        wake(document)


def wake(document):
    call = partial(mail.call_worker, "cafe.tasks.make_document", str(document.pk))
    transaction.on_commit(call, robust=True)


def page_of(document):
    """Return the address of the page that waits for the document, then gives it."""
    return reverse("document", args=[document.pk])


def list_of(document):
    """Return the address of the list where the file stays, empty where it is forgotten with the document."""
    return reverse(_lists[document.kind]) if document.kind in _lists else ""


# --- Making, in a worker --------------------------------------------------------------------------


def make_document(key):
    """Make one waiting document. Safe to call twice, or at once from two workers: one of them makes it.

    The lease is in the shared cache and ends by itself, should the worker die.
    """
    document = Document.objects.filter(pk=key, state=DocumentState.WAITING).first()
    if document is None or not shared.add(f"document:{key}", 1, LEASE_SECONDS):
        return
    try:
        finish(document, *made(document.kind, document.params, partial(progress, document)))
    except Exception:
        # Whatever is wrong with one document, its page says so; the reason is for the technician.
        logger.exception("Document %s (%s) could not be made.", document.pk, document.kind)
        Document.objects.filter(pk=key, state=DocumentState.WAITING).update(state=DocumentState.FAILED)
    finally:
        shared.delete(f"document:{key}")


def progress(document, percent):
    Document.objects.filter(pk=document.pk, state=DocumentState.WAITING).update(done=percent)


def finish(document, content, content_type):
    """Write the file, then that it is ready; a document forgotten meanwhile leaves no file behind."""
    extension = Path(document.filename).suffix
    stored = default_storage.save(f"{FOLDER}/{document.pk.hex}{extension}", ContentFile(content))
    ready = {"state": DocumentState.READY, "done": 100, "file": stored, "content_type": content_type}
    if not Document.objects.filter(pk=document.pk, state=DocumentState.WAITING).update(**ready):
        default_storage.delete(stored)


def render(kind, params):
    """Make a document at once and return its bytes; for a worker, as it writes a mail for instance."""
    return made(kind, params)[0]


def made(kind, params, progress=lambda percent: None):
    """Return (bytes, content type) of a document."""
    progress(20)
    result = _kinds[kind](**params, **({"progress": progress} if kind in _stepped else {}))
    if isinstance(result, tuple):
        return result
    return drawn(result, progress), PDF


def drawn(html, progress=lambda percent: None):
    """Draw HTML as PDF/UA-1: tagged, titled, with its language and its fonts. Only our own files are read."""
    progress(60)
    laid_out = sheets(html).render(pdf_variant=ACCESSIBLE)
    progress(90)
    return laid_out.write_pdf(pdf_variant=ACCESSIBLE)


def pages_of(html):
    """Return on how many pages HTML would be drawn."""
    return len(sheets(html).render().pages)


def sheets(html):
    from weasyprint import HTML  # noqa: PLC0415  loads Pango: never in the web process

    return HTML(string=html, base_url=f"{STATIC.as_uri()}/", url_fetcher=fetcher())


def is_ours(url):
    """Tell whether a document may read this address: our static files, the portal's logos, or data within."""
    parts = urlsplit(url)
    if parts.scheme == "data":
        return True
    path = Path(unquote(parts.path)).resolve()
    folders = [STATIC.resolve(), Path(settings.MEDIA_ROOT).resolve() / "portal"]
    return parts.scheme == "file" and not parts.netloc and any(path.is_relative_to(folder) for folder in folders)


@cache
def fetcher():
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    class OwnFiles(URLFetcher):
        def fetch(self, url, headers=None):
            """Refuse what is not ours: the document is drawn without it."""
            if not is_ours(url):
                raise ValueError(f"A document may not read {url[:100]}")
            return super().fetch(url, headers)

    return OwnFiles(allowed_protocols={"file", "data"}, allow_redirects=False)


# --- Keeping house --------------------------------------------------------------------------------


def sweep():
    """Make what waits, should no wake-up have come through; give up what has waited too long."""
    now = timezone.now()
    waiting = Document.objects.filter(state=DocumentState.WAITING)
    waiting.filter(expires_at__lt=now + KEPT - PATIENCE).update(state=DocumentState.FAILED)
    for key in list(waiting.values_list("pk", flat=True)):
        make_document(key)


def purge(now, dry_run):
    """Delete documents a day after they were asked for, and files whose row went with its person; say so in French."""
    expired = Document.objects.filter(expires_at__lte=now)
    sentences = [f"Documents préparés, effacés après un jour : {expired.count()}."]
    if not dry_run:
        for document in expired:
            document.file.delete(save=False)
        expired.delete()
        delete_strays(now)
    return sentences


def delete_strays(now):
    """Delete the files older than any document."""
    names = default_storage.listdir(FOLDER)[1] if default_storage.exists(FOLDER) else []
    for name in (f"{FOLDER}/{name}" for name in names):
        if default_storage.get_modified_time(name) <= now - KEPT:
            default_storage.delete(name)
