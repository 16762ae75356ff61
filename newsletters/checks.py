"""What is wrong with a newsletter before it leaves.

Addresses of the portal are looked up in the portal itself; of an address elsewhere only the writing is checked: no
request goes out from here, hence a page that has gone is not seen.
"""

import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import Resolver404, resolve

from activities.enums import SessionState
from activities.models import Session
from newsletters.blocks import VARIABLE, WORDS, pieces_of, starts_line
from newsletters.enums import BlockKind, NewsletterState
from newsletters.models import Newsletter
from newsletters.placeholders import MARKS, UNSUBSCRIBE
from newsletters.rendering import rendered
from newsletters.services.writing import UNTITLED
from resources.models import PreventionPage, Resource

LONG_SUBJECT = 60  # characters that a telephone shows
MAX_BYTES = 100_000  # past which large mailboxes cut the message, with the way out at its foot
ANY_VARIABLE = re.compile(r"\{[^{}\n]{1,40}\}")
LEADS_NOWHERE = "Ce lien ne mène nulle part"
PAGES = {
    "session": lambda slug: Session.objects.filter(slug=slug, state__in=SessionState.public),
    "resource": lambda slug: Resource.objects.public().filter(slug=slug),
    "prevention_page": lambda slug: PreventionPage.objects.published().filter(slug=slug),
    "letter": lambda slug: Newsletter.objects.filter(slug=slug, state__in=NewsletterState.archived),
}
UNFILLED = {
    BlockKind.SESSION: "la séance est passée, annulée, ou n’est plus publiée",
    BlockKind.SESSIONS: "aucune séance à montrer",
    BlockKind.RESOURCE: "la fiche n’est plus publique",
    BlockKind.IMAGE: "l’image manque",
}


@dataclass(frozen=True)
class Problem:
    """blocking: it does not leave like this. block: the key of the block concerned, or None."""

    sentence: str
    blocking: bool = True
    block: int | None = None


def problems_of(newsletter, pieces=None, rendering=None):
    """Return the Problems of a newsletter, the blocking ones first."""
    pieces = pieces_of(newsletter) if pieces is None else pieces
    rendering = rendering or rendered(newsletter, pieces)
    found = [
        *_of_subject(newsletter),
        *_of_blocks(pieces),
        *_of_variables(newsletter, pieces),
        *_of_html(newsletter, rendering),
    ]
    return sorted(found, key=lambda problem: not problem.blocking)


def blocking_problems(newsletter):
    """Return the sentences that forbid sending."""
    return [problem.sentence for problem in problems_of(newsletter) if problem.blocking]


def _of_subject(newsletter):
    subject = newsletter.subject.strip()
    if not subject or subject == UNTITLED:
        yield Problem("La lettre n’a pas d’objet.")
    if len(subject) > LONG_SUBJECT:
        yield Problem(
            f"L’objet compte {len(subject)} caractères\u00a0: un téléphone n’en montre que {LONG_SUBJECT} environ.",
            False,
        )
    if not newsletter.preview.strip():
        yield Problem("La ligne d’aperçu est vide\u00a0: la boîte de réception montrera le début de la lettre.", False)


def _of_blocks(pieces):
    if not any(piece.found for piece in pieces):
        yield Problem("La lettre est vide.")
    for rank, piece in enumerate(pieces, 1):
        if not piece.found:
            why = UNFILLED.get(piece.kind, "il n’est pas rempli")
            yield Problem(
                f"Le bloc {rank} ({piece.block.get_kind_display()}) ne montre rien\u00a0: {why}.", True, piece.block.pk
            )


def _of_variables(newsletter, pieces):
    for name, text in (("l’objet", newsletter.subject), ("la ligne d’aperçu", newsletter.preview)):
        if ANY_VARIABLE.search(text):
            yield Problem(
                f"Dans {name}, rien ne change d’une personne à l’autre\u00a0: retirez ce qui est entre accolades."
            )
    for rank, piece in enumerate(pieces, 1):
        said = piece.block.content.get(WORDS.get(piece.kind, "label"), "")
        for name in ANY_VARIABLE.findall(VARIABLE.sub("", said)):
            yield Problem(f"Le bloc {rank} contient {name}, que personne ne remplit.", True, piece.block.pk)
        if any(map(starts_line, VARIABLE.finditer(said))):
            sentence = (
                f"Le bloc {rank} commence une ligne par {{prénom}}\u00a0: sans prénom, il ne restera que la suite."
            )
            yield Problem(sentence, False, piece.block.pk)


def _of_html(newsletter, rendering):
    page = Page(rendering.html)
    if page.without_alt:
        yield Problem("Une image n’a pas de texte de remplacement.")
    size = len(rendering.html.encode())
    if size > MAX_BYTES:
        yield Problem(
            f"La lettre pèse {size // 1000} ko\u00a0: au-delà de {MAX_BYTES // 1000} ko, des boîtes la coupent."
        )
    if UNSUBSCRIBE not in page.links or UNSUBSCRIBE not in rendering.text:
        yield Problem("Le lien pour se désabonner manque.")
    for url in Counter(page.links):
        if url not in MARKS and (why := link_problem(url, own_slug=newsletter.slug)):
            yield Problem(f"{why}\u00a0: {url}")
        elif is_ours(url) and asks_for_an_account(url):
            yield Problem(f"Cette page demande un compte\u00a0: {url}", False)
        elif url.startswith("http://") and not is_ours(url):
            yield Problem(f"Cette adresse n’est pas chiffrée (http, et non https)\u00a0: {url}", False)


class Page(HTMLParser):
    """The links of an HTML, and how many of its images say nothing."""

    def __init__(self, html):
        super().__init__()
        self.links, self.without_alt = [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "a":
            self.links.append(values.get("href") or "")
        if tag == "img" and not (values.get("alt") or "").strip():
            self.without_alt += 1


# --- Links ----------------------------------------------------------------------------------------


def is_ours(url):
    """Tell whether an address is the portal's: a path, or its full address."""
    return (url.startswith("/") and not url.startswith("//")) or f"{url}/".startswith(f"{settings.SITE_URL}/")


def path_of(url):
    """Return the path of an address of the portal."""
    return urlsplit(url).path.removeprefix(urlsplit(settings.SITE_URL).path) or "/"


def asks_for_an_account(url):
    """Tell whether whoever follows this address of the portal, which leads somewhere, must sign in first."""
    return getattr(resolve(path_of(url)).func, "login_required", True)


def link_problem(url, own_slug=None):
    """Return what is wrong with a link, or "". own_slug: of the newsletter, whose own page opens once it has left."""
    try:
        parts = urlsplit(url)
        port = parts.port  # noqa: F841, read for the error that it raises
    except ValueError:
        return "Cette adresse est mal écrite"
    if is_ours(url):
        return "" if _leads_somewhere(path_of(url), own_slug) else LEADS_NOWHERE
    if parts.scheme in {"tel", "sms"}:
        return "" if re.fullmatch(r"\+?[0-9]{2,15}", parts.path) else "Ce numéro est mal écrit"
    if parts.scheme == "mailto":
        return _mail_problem(parts.path)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or "." not in host.strip(".") or re.search(r"[\s<>\"]", url):
        return "Cette adresse est mal écrite"
    return ""


def _mail_problem(address):
    try:
        validate_email(address)
    except ValidationError:
        return "Cette adresse e-mail est mal écrite"
    return ""


def _leads_somewhere(path, own_slug):
    try:
        match = resolve(path)
    except Resolver404:
        return False
    page, slug = PAGES.get(match.url_name), match.kwargs.get("slug")
    return page is None or slug == own_slug or page(slug).exists()
