"""The whole demonstration, read by the board: whatever it opens, page or file, names nobody and quotes no raw word.

A word that nobody writes is put in every free text that is not the board's to read. What it may open is taken from
roles_table.py; then every link is followed from there, as far as the portal goes.
"""

import re
from collections import Counter
from datetime import date, datetime
from html import unescape
from io import BytesIO
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
import time_machine
from django.core.management import call_command
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client
from django.urls import resolve, reverse
from openpyxl import load_workbook

from activities.models import BudgetLine, Facilitator, Person, Proposal, Registration
from cafe import pdf
from cafe.board.models import KeptReport
from cafe.board.report import report
from cafe.models import Document, DocumentState
from cafe.tests import recount_pages
from cafe.tests.pdf_reader import read
from cafe.tests.pdf_reader import text_of as words_of
from cafe.tests.recount import PARIS, Months
from cafe.tests.recount_reading import differences, told_by_page
from cafe.tests.roles_table import BOARD, PROFESSIONAL, TABLE
from evaluation.models import Answer, Survey
from listening_cell.tests.test_figures import publish
from members.models import User
from newsletters.models import Subscriber
from resources.enums import ResourceKind
from resources.models import Resource

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)
NOBODY_WRITES = "quetzal"
PERIODS = ["", "?du=2023-10&au=2025-04", "?du=2026-09&au=2026-11"]
OF_A_PERIOD = {"board", "board_report", "board_tables", "participation", "participation_export"}
NEVER_FOLLOWED = {"account_logout"}
A_FEW = 2


@pytest.fixture
def board():
    """The demonstration, its documents made, and somebody of the board who is signed in."""
    with time_machine.travel(NOW, tick=False):
        call_command("demo", verbosity=0)
        publish(2025, (26, {}))  # the cell's own demonstration wants transactions that end
        for document in Document.objects.filter(state=DocumentState.WAITING):
            pdf.make_document(str(document.pk))
        mark_what_is_not_to_be_read()
        client = Client()
        client.force_login(User.objects.get(email="conseil@demo.example"))
        yield client


def mark_what_is_not_to_be_read():
    word = Value(f" {NOBODY_WRITES}")
    Registration.objects.update(remarks="Le genou, " + NOBODY_WRITES, phone="06 39 98 77 66")
    Answer.objects.exclude(text="").update(text=Concat("text", word))
    BudgetLine.objects.update(label=Concat("label", word))
    Resource.objects.update(internal_note=NOBODY_WRITES)
    Proposal.objects.update(description=Concat("description", word), decision=NOBODY_WRITES)
    Subscriber.objects.update(first_name=f"Zoé {NOBODY_WRITES}")


# --- Who there is ---------------------------------------------------------------------------------


def registered():
    """Names, addresses and numbers of those who have an account, registered or subscribed; and their random keys."""
    people = [*User.objects.all(), *Registration.objects.all()]
    found = {f"{one.first_name} {one.last_name}".strip() for one in people}
    found |= {one.email for one in people} | {one.phone for one in people}
    found |= {subscriber.email for subscriber in Subscriber.objects.all()}
    found |= {str(one.key) for one in Person.objects.all()}
    return (found | {NOBODY_WRITES}) - {""}


def everybody():
    """The same with their last names alone, those who lead the sessions, and the people of the directory."""
    found = {one.last_name for one in [*User.objects.all(), *Registration.objects.all()]}
    persons = Resource.objects.filter(kind=ResourceKind.PERSON)
    for one in [*Facilitator.objects.all(), *Proposal.objects.all(), *persons]:
        found |= {one.name, one.email, one.phone}
    return (registered() | found) - {""}


def named_in(text, names):
    """Return the names that stand in a text as whole words, a number however it is spaced."""
    # Looked for as they are before they are looked for as words: thousands of times faster.
    found = [name for name in names if name in text]
    return {name for name in found if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)} | phones_in(text, names)


def phones_in(text, names):
    phones = {re.sub(r"\D", "", name)[1:]: name for name in names if re.fullmatch(r"[\d ]{10,}", name)}
    squashed = re.sub(r"[\s.]", "", text)
    return {name for digits, name in phones.items() if digits in squashed}


# --- What is opened -------------------------------------------------------------------------------


def said_by(response):
    """Return all the words of what was received: of a page with its title and its addresses, of a file its name too."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    told = f"{response.headers.get('Content-Disposition', '')} {response.headers.get('Location', '')} "
    kind = response.headers.get("Content-Type", "")
    if "pdf" in kind:
        return told + words_of(content) + str(dict(read(content).metadata or {}))
    if "spreadsheet" in kind:
        book = load_workbook(BytesIO(content))
        cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
        return told + " ".join([*book.sheetnames, *cells, str(book.properties)])
    return told + unescape(content.decode("utf-8", errors="replace"))


def arguments():
    """Return {name of an address: arguments of each of the pages of the demonstration that it leads to}."""
    surveys = [{"pk": pk} for pk in Survey.objects.exclude(state="draft").values_list("pk", flat=True)]
    files = [{"extension": extension} for extension in ("csv", "xlsx")]
    return {
        "survey_results": surveys,
        "survey_report": surveys,
        "participation_export": files,
        "board_budget_export": files,
        "board_kept_file": [{"pk": pk} for pk in KeptReport.objects.values_list("pk", flat=True)],
    }


def of_the_board():
    """Names of the addresses that the board's role opens, and an account alone does not."""
    return {name for name, row in TABLE.items() if BOARD in row.who and PROFESSIONAL not in row.who}


def opened(client, address):
    """Open an address, and what it leads to: a document is made, then fetched."""
    found = [client.get(address)]
    while found[-1].status_code == 302:
        address = urljoin(address, found[-1].headers["Location"])
        match = resolve(urlsplit(address).path)
        if match.url_name == "document":
            pdf.make_document(str(match.kwargs["key"]))
            found.append(client.get(reverse("document_file", kwargs=match.kwargs)))
        found.append(client.get(address))
    return found


def named_by_the_role(client):
    """Return {address: names} of what the board's role opens, and how many files were read. All who are known count."""
    names, known, wrong, files = everybody(), arguments(), {}, 0
    assert len(names) > 250
    for name in sorted(of_the_board()):
        for given in known.get(name, [{}]):
            for period in PERIODS if name in OF_A_PERIOD else [""]:
                for response in opened(client, reverse(name, kwargs=given) + period):
                    assert response.status_code in (200, 302, 405), (name, given, period)
                    files += "attachment" in response.headers.get("Content-Disposition", "")
                    if found := named_in(said_by(response), names):
                        wrong[response.wsgi_request.get_full_path()] = found
    return wrong, files


def named_by_links(client):
    """Return {address: names} of all that the board comes to by links, but for her own name and who is public."""
    mine = User.objects.get(email="conseil@demo.example")
    names = registered() - {mine.email, mine.get_full_name(), mine.phone}
    pages = followed(client, [reverse("board"), reverse("home")])
    found = {address: named_in(said_by(response), names) for address, response in pages}
    assert len(found) > 100
    return {address: some for address, some in found.items() if some}


def followed(client, addresses):
    """Yield (address, response) of every page and file that links lead to; of those that differ by a query, a few."""
    waiting, seen, times = list(addresses), set(addresses), Counter()
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        yield address, response
        if "html" in response.headers.get("Content-Type", ""):
            for link in re.findall(r'href="([^"]+)"', response.content.decode()):
                target = urldefrag(urljoin(address, unescape(link)))[0]
                path = urlsplit(target).path
                if is_ours(target) and target not in seen and times[path] < A_FEW:
                    seen.add(target)
                    times[path] += 1
                    waiting.append(target)


def is_ours(target):
    """Whether an address is the portal's, and to be followed."""
    if not target.startswith("/") or target.startswith(("//", "/static/")):
        return False
    return resolve(urlsplit(target).path).url_name not in NEVER_FOLLOWED


def named_in_titles():
    """Return {address: names} of what search engines are shown first: titles, descriptions and addresses."""
    names, visitor = registered(), Client()
    addresses = re.findall(r"<loc>([^<]+)</loc>", visitor.get("/sitemap.xml").content.decode())
    assert len(addresses) > 50
    heads = {
        one: unescape(visitor.get(urlsplit(one).path).content.decode().partition("</head>")[0]) for one in addresses
    }
    found = {one: named_in(f"{one} {head}", names) for one, head in heads.items()}
    return {address: some for address, some in found.items() if some}


def wrong_numbers(client):
    """Return where the page and the report of the published balance differ from what is counted by hand."""
    asked = Months(date(2023, 10, 1), date(2025, 4, 1)), NOW.date(), [NOW.date()]
    page = client.get(reverse("board"), asked[0].asked).content.decode()
    return [
        *differences(told_by_page(page), recount_pages.board_page(*asked)),
        *differences(told_by_page(report(**asked[0].asked), within="body"), recount_pages.report(*asked)),
    ]


def test_nothing_that_the_board_opens_names_anybody_or_quotes_a_raw_word_and_its_numbers_are_right(board):
    assert wrong_numbers(board) == []
    wrong, files = named_by_the_role(board)

    assert wrong == {}
    assert files > 15
    assert KeptReport.objects.exists()
    assert named_by_links(board) == {}
    assert named_in_titles() == {}
    assert named_in(f"Le {NOBODY_WRITES} de conseil@demo.example", everybody()) == {
        NOBODY_WRITES, "conseil@demo.example",
    }  # fmt: skip
