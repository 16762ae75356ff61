"""The card for a wallet that one hands to a colleague: ten on a sheet, alike for everybody, nobody's name on it."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from cafe import mail, pdf
from cafe.models import Document, DocumentState
from resources.enums import PreventionPart
from resources.models import PreventionPage

KIND = "cell_card"
FILENAME = "carte.pdf"
FRESH = timedelta(hours=6)
ON_A_SHEET = 10
MOST_PAGES = 12


def request_card():
    """Return the Document of the cards: a young one that is ready, the one under way, else another."""
    since = timezone.now() + pdf.KEPT - FRESH
    young = Document.objects.filter(kind=KIND, state=DocumentState.READY, expires_at__gt=since)
    return young.first() or pdf.request_document(kind=KIND, params={}, filename=FILENAME)


def card():
    """Return the HTML of a sheet of cards, to cut along the marks."""
    url = mail.absolute(reverse("listening"))
    context = {"shown_url": pdf.shown_url(url), "qr": pdf.qr_code(url), "cards": range(ON_A_SHEET)}
    return pdf.html_of("listening_cell/pdf/card.html", **context)


def pages_about_colleagues():
    """Return the published pages of prevention about a colleague, in their order."""
    pages = PreventionPage.objects.published().filter(part=PreventionPart.COLLEAGUE).in_order()
    return list(pages.defer("body")[:MOST_PAGES])
