"""The booklet: what is on paper, what never is, and how one public address gives it without wearing the workers out."""

import re
from datetime import timedelta
from itertools import chain

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cafe import pdf
from cafe.models import Document, DocumentState, Portal
from cafe.tasks import make_document
from cafe.tests.pdf_reader import ACCESSIBLE, promises, read, tags_of, text_of
from resources.enums import ResourceKind, ResourceState, Visibility
from resources.services import booklet
from resources.services.prevention import withdraw_page
from resources.services.sheets import archive_sheet, suspend_sheet, update_sheet
from resources.tests.exchange import csv_of, import_file
from resources.tests.factories import make_resource
from resources.tests.prevention import make_page

pytestmark = pytest.mark.django_db
ADDRESS = "/ressources/livret.pdf"


def html():
    return booklet.booklet(edition="x")


def words(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def draw():
    return pdf.render(booklet.KIND, {"edition": "x"})


def outline(reader, nodes=None):
    """Return [(title, page)] of the bookmarks, in order."""
    found = []
    for node in reader.outline if nodes is None else nodes:
        if isinstance(node, list):
            found += outline(reader, node)
        else:
            found.append((node.title, reader.get_destination_page_number(node) + 1))
    return found


def open_file(client):
    """Ask, let a worker pass, and return the bytes that the address then gives."""
    make_document(client.get(ADDRESS).url.split("/")[2])
    return b"".join(client.get(ADDRESS).streaming_content)


# --- On paper -------------------------------------------------------------------------------------


def test_three_levels_a_cover_contents_and_numbered_pages_that_a_reading_machine_follows():
    make_resource(name="Ligne du port", kind=ResourceKind.HELPLINE, needs=["entraide--ecoute"])
    make_resource(name="Cabinet des quais", needs=["droit--avocat"], phone="02 61 91 00 42")
    make_resource(name="Groupe Balint", kind=ResourceKind.GROUP, needs=["entraide--groupe-de-parole"])
    make_page(title="Le sommeil d’abord")

    content = draw()

    reader = read(content)
    marks = outline(reader)
    pages = dict(marks)
    contents = reader.pages[1].extract_text()
    assert promises(content) == ACCESSIBLE
    assert {"H1", "H2", "H3", "P", "L", "Figure", "Link"} <= tags_of(reader)
    assert [title for title, _ in marks] == [
        *("Sommaire", "Maintenant", "En danger", "Une écoute pour les soignants", "D’autres lignes", "Ligne du port"),
        *("Dans les jours qui viennent", "Parler à deux pairs", "En parler", "Droit et plaintes", "Cabinet des quais"),
        *("Pour continuer à aller bien", "Des moments pour souffler", "Des groupes de pairs", "Groupe Balint"),
        *("Savoir où l’on en est", "Prendre soin de soi", "Une erreur, une adresse à partager\xa0?"),
    ]
    assert "Vers qui se tourner" in reader.pages[0].extract_text()
    for title in ("Maintenant", "Droit et plaintes", "Des groupes de pairs", "Prendre soin de soi"):
        assert re.search(rf"{title}\s+{pages[title]}\b", contents), (title, pages[title], contents)
    assert f"page 3 sur {len(reader.pages)}" in reader.pages[2].extract_text()
    assert "02 61 91 00 42" in text_of(content)
    assert "Le sommeil d’abord" in text_of(content)


def test_an_empty_directory_still_gives_the_numbers_and_the_ways_in():
    content = draw()

    said = text_of(content)
    assert promises(content) == ACCESSIBLE
    assert [number in said for number in ("3114", "0805 23 23 36", "0608 282 589")] == [True] * 3
    assert "L’annuaire se remplit." in said


def test_what_may_not_leave_the_portal_is_not_on_paper():
    for level in Visibility:
        for state in ResourceState:
            make_resource(name=f"Zébulon {level} {state}", visibility=level, state=state, internal_note="Zébulon noté")

    assert set(re.findall(r"Zébulon \w+(?: \w+)?", text_of(draw()))) == {"Zébulon public published"}


def test_a_person_who_did_not_agree_shows_no_contact_whole_or_in_a_few_lines(monkeypatch):
    contact = {
        "phone": "02 61 91 00 99",
        "email": "louise@cafe.example",
        "website": "https://louise.example/",
        "address": "3 rue du Bac",
        "own_access": "Sonnez au 3.",
        "referral_access": "Demandez Louise.",
    }
    shy = make_resource(name="Louise Petit", kind="personne", **contact)

    hidden = [[word in html() for word in contact.values()]]
    monkeypatch.setattr(booklet, "WHOLE", 0)
    hidden += [[word in html() for word in contact.values()]]
    update_sheet(resource=shy, values={"contact_agreed_on": timezone.localdate()})
    agreed_short = [word in html() for word in contact.values()]
    monkeypatch.setattr(booklet, "WHOLE", 9)
    agreed = [word in html() for word in contact.values()]

    assert (hidden, agreed) == ([[False] * 6] * 2, [True] * 6)
    assert agreed_short == [True] * 3 + [False] * 3


def test_the_fixed_numbers_are_those_of_the_helplines_and_are_said_once():
    partials = [render_to_string(f"partials/helplines_{name}.html") for name in ("danger", "carers")]
    dialled = chain.from_iterable(re.findall(r'href="(?:tel|sms):([^"]+)"', partial) for partial in partials)
    assert {number.replace("+33", "0") for number in dialled} == booklet.FIXED_NUMBERS

    make_resource(name="MOTS de nouveau", kind=ResourceKind.HELPLINE, phone="+33 608 282 589", needs=["droit--ordre"])
    make_resource(name="Cabinet des quais", needs=["droit--avocat"])
    page = words(html())

    assert (page.count("MOTS de nouveau"), page.count("0608")) == (1, 1)
    assert "Voir aussi&nbsp;: MOTS de nouveau" in page


def test_a_sheet_is_printed_in_the_theme_of_its_first_need_and_named_in_the_others():
    make_resource(name="Cabinet des quais", needs=["violences--agression", "droit--plainte"])
    make_resource(name="Maison du port", needs=["violences--agression"])
    make_resource(name="Sans besoin", needs=[])

    page = html()
    chapters = dict(re.findall(r'<section class="chapter">\s*<h2 id="theme-(\w+)">(.*?)</section>', page, re.DOTALL))

    printed = {theme: re.findall(r"<h3[^>]*>(.*?)</h3>", part) for theme, part in chapters.items()}
    assert printed == {"droit": ["Cabinet des quais"], "violences": ["Maison du port"], "autres": ["Sans besoin"]}
    assert '<a href="#fiche-cabinet-des-quais">Cabinet des quais</a>' in chapters["violences"]
    assert 'id="fiche-cabinet-des-quais"' in page


def test_codes_lead_from_paper_to_the_page_of_each_sheet_theme_and_advice():
    sheet, page = make_resource(needs=["droit--avocat"]), make_page()

    codes = re.findall(r'<img[^>]*src="(data:image/svg[^"]+)"', html())

    paths = ["/ressources/", "/urgence/", "/ecoute/", "/ressources/?theme=droit", "/activites/", "/ou-j-en-suis/"]
    paths += ["/activites/?nature=formation", "/prevention/", sheet.get_absolute_url(), page.get_absolute_url()]
    assert sorted(codes) == sorted(pdf.qr_code(f"http://localhost:8000{path}") for path in paths)


def test_a_large_directory_goes_on_paper_in_a_few_lines_then_in_part(monkeypatch):
    monkeypatch.setattr(booklet, "WHOLE", 2)
    monkeypatch.setattr(booklet, "MOST", 3)
    make_resource(name="Ancienne", verified_on="2026-01-05", verification="source")
    make_resource(name="Récente", verified_on="2026-06-05", verification="source")
    make_resource(name="Jamais")
    make_resource(name="Prioritaire", priority_access=True)
    make_resource(name="Ligne", kind=ResourceKind.HELPLINE)

    page = html()

    assert re.findall(r"<h3[^>]*>(.*?)</h3>", page) == ["Ligne", "Prioritaire", "Récente"]
    assert (page.count('class="sheet short"'), 'class="qr"' in page) == (3, False)
    assert "L’annuaire compte 5 fiches publiques." in words(page)
    assert "Toutes ne tiennent pas sur le papier" in page


def test_names_are_in_the_order_of_a_french_dictionary():
    for name in ("Zénith", "Écluse", "avocats", "Éclair"):
        make_resource(name=name)

    assert re.findall(r"<h3[^>]*>(.*?)</h3>", html()) == ["avocats", "Éclair", "Écluse", "Zénith"]


def test_what_is_written_in_a_sheet_is_never_markup():
    make_resource(name='<b>Port</b>"', summary="<script>x</script>", website="https://x.example/?a=<i>")

    page = html()

    assert ("<b>Port" in page, "<script" in page, "<i>" in page) == (False, False, False)


def test_it_costs_the_same_number_of_statements_whatever_the_directory_holds():
    costs = []
    for more in (1, 2, 27):
        for _ in range(more):
            make_resource()
            make_page()
        with CaptureQueriesContext(connection) as queries:
            html()
        costs.append(len(queries))

    assert costs == [costs[0]] * 3


# --- One public address ---------------------------------------------------------------------------


def test_the_address_waits_for_the_booklet_then_gives_it_to_everybody(client):
    make_resource(name="Cabinet des quais")

    waiting, other = client.get(ADDRESS), client.get(ADDRESS)
    document = Document.objects.get()
    make_document(str(document.pk))
    given = client.get(ADDRESS)

    assert {waiting.url, other.url} == {pdf.page_of(document)}
    assert given.headers["Content-Type"] == "application/pdf"
    assert given.headers["Content-Disposition"] == 'inline; filename="livret-des-ressources.pdf"'
    assert "no-store" in given.headers["Cache-Control"]
    assert "Cabinet des quais" in text_of(b"".join(given.streaming_content))
    assert Document.objects.count() == 1


def test_a_head_and_a_post_make_no_booklet_of_their_own(client):
    client.get(ADDRESS)

    statuses = [client.head(ADDRESS).status_code, client.post(ADDRESS).status_code]

    assert (statuses, Document.objects.count()) == ([302, 405], 1)


def test_a_sheet_that_is_hidden_is_gone_from_the_next_booklet_at_once(client):
    sheet = make_resource(name="Cabinet des quais")
    before = text_of(open_file(client))

    suspend_sheet(resource=sheet)

    assert client.get(ADDRESS).status_code == 302
    assert ["Cabinet des quais" in said for said in (before, text_of(open_file(client)))] == [True, False]


def retract(sheet, how, by):
    """Take a sheet, or a person's contact, out of everybody's sight."""
    titles = ["Adresse de la fiche", "Visible par (interne)"]
    {
        "suspend": lambda: suspend_sheet(resource=sheet),
        "archive": lambda: archive_sheet(resource=sheet),
        "account": lambda: update_sheet(resource=sheet, values={"visibility": Visibility.ACCOUNT}),
        "disagree": lambda: update_sheet(resource=sheet, values={"contact_agreed_on": None}),
        "import": lambda: import_file(csv_of([titles, [sheet.slug, "Pairs écoutants seulement"]]), by),
    }[how]()


@pytest.mark.parametrize("how", ["suspend", "archive", "account", "disagree", "import"])
def test_what_was_made_before_something_is_hidden_is_no_longer_given_by_its_link(client, coordinator, how):
    sheet = make_resource(kind=ResourceKind.PERSON, contact_agreed_on=timezone.localdate())
    open_file(client)
    link = f"{pdf.page_of(Document.objects.get())}fichier/"

    update_sheet(resource=sheet, values={"hours": "Le mardi"})
    given = b"".join(client.get(link).streaming_content)
    retract(sheet, how, coordinator)

    assert (given[:4], client.get(link).status_code) == (b"%PDF", 404)


def test_one_that_is_being_made_when_something_is_hidden_is_not_given_either(client):
    sheet = make_resource()
    page = client.get(ADDRESS).url

    suspend_sheet(resource=sheet)
    make_document(page.split("/")[2])

    assert (client.get(page).status_code, client.get(ADDRESS).url == page) == (404, False)


@pytest.mark.parametrize("change", ["prevention", "identity", "age", "lost", "failed"])
def test_another_is_made_when_what_it_says_has_changed_or_it_is_old_lost_or_failed(client, change, time_machine):
    page = make_page()
    open_file(client)
    document = Document.objects.get()

    if change == "prevention":
        withdraw_page(page=page)
    elif change == "identity":
        Portal.objects.create(pk=1, name="Le Phare")
    elif change == "age":
        time_machine.move_to(timezone.now() + booklet.FRESH + timedelta(minutes=1))
    elif change == "lost":
        default_storage.delete(document.file.name)
    else:
        Document.objects.update(state=DocumentState.FAILED)
    answer = client.get(ADDRESS)

    newest = Document.objects.exclude(pk=document.pk).get()
    assert answer.url == pdf.page_of(newest)


def test_a_booklet_that_is_nearly_old_is_still_given(client, time_machine):
    first = open_file(client)
    time_machine.move_to(timezone.now() + booklet.FRESH - timedelta(minutes=1))

    assert (b"".join(client.get(ADDRESS).streaming_content), Document.objects.count()) == (first, 1)


def test_too_many_in_an_hour_are_refused_with_a_sentence_and_a_way_out(client, monkeypatch):
    monkeypatch.setattr(booklet, "PER_HOUR", 2)
    for _ in range(3):
        make_resource()
        answer = client.get(ADDRESS, follow=True)

    assert Document.objects.count() == 2
    assert answer.redirect_chain == [("/ressources/", 302)]
    assert "Le livret est très demandé en ce moment." in answer.text


def test_the_directory_leads_to_the_booklet(client):
    assert f'href="{ADDRESS}"' in client.get("/ressources/").text
