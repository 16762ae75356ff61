"""What anybody reads of the cell before asking, and the card to hand over."""

import re
from html import unescape
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from cafe import pdf
from cafe.models import Document, Portal
from listening_cell.models import CellSettings
from listening_cell.tests.factories import make_cell
from resources.tests.prevention import make_page

pytestmark = pytest.mark.django_db
PAGES = ["listening", "listening_privacy", "listening_colleague", "cell_ask"]
PROMISE = (
    "Chiffré pour le seul binôme : ni la coordinatrice, ni le conseil d’administration de la CPTS, ni les Ordres, ni "
    "la personne qui administre la base ne peuvent lire."
)


def words(response):
    """Return the words of a page, without markup, spaces alike."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", response.content.decode())).split())


def read(client, name):
    return words(client.get(reverse(name)))


@pytest.mark.parametrize("name", PAGES)
def test_every_public_page_is_neutral_unkept_unindexed_and_has_a_way_out(client, name):
    response = client.get(reverse(name))

    body = response.content.decode()
    assert re.search(r"<title>([^<·]+)", body)[1].strip() == "Le Café des Soignants"
    assert "no-store" in response["Cache-Control"]
    assert (response["X-Robots-Tag"], 'content="noindex, nofollow"' in body) == ("noindex, nofollow", True)
    assert re.search(r'<a class="quick-exit"\s+href="https://[^"]+"\s+rel="noreferrer nofollow">', body)
    assert len(re.findall(r'class="[^"]*\bbtn-primary\b', body)) <= 1


@pytest.mark.django_db(transaction=True)
def test_the_first_page_shows_helplines_then_one_filled_button(client):
    make_cell()
    CellSettings.objects.update(answer_days=5)

    body = client.get("/ecoute/").content.decode()

    main = body[body.index('<main id="contenu"') :]
    assert main.index('href="tel:3114"') < main.index("btn-primary")
    assert re.findall(r'btn-primary[^>]*href="([^"]+)"', main) == ["/ecoute/demander/"]
    assert "Réponse sous 5 jours ouvrés" in read(client, "listening")


def test_the_first_page_says_who_listens_what_is_confidential_and_for_how_long(client):
    said = read(client, "listening")

    assert PROMISE in said
    assert "La coordinatrice de la CPTS n’en fait pas partie." in said
    assert "Soixante jours après la fin du suivi, douze mois au plus après le dernier entretien." in said
    assert "Il n’efface pas l’historique du navigateur" in said


def test_before_the_ceremony_the_confidential_contact_stands_for_the_button(client):
    Portal.objects.create(pk=1, confidential_contact="ecoute@pairs.example")

    said, body = read(client, "listening"), client.get("/ecoute/").content.decode()

    assert ("ecoute@pairs.example" in said, "/ecoute/demander/" in body) == (True, False)


def test_confidentiality_promises_in_these_words_and_no_more(client):
    said = read(client, "listening_privacy")

    assert PROMISE in said
    assert [word in said.lower() for word in ("bout en bout", "anonyme", "anonymat")] == [False] * 3


@pytest.mark.parametrize(
    "limit",
    [
        "combien de demandes par semaine, quels pairs, quand ils se réunissent, la taille arrondie",
        "Qui le contrôlerait et agirait dessus pourrait lire ce qui y passe à partir de ce moment-là.",
        "Un hébergeur ou un opérateur voit qu’une adresse a joint le site",
        "Servez-vous de votre propre téléphone",
        "Dans un petit territoire, un style ou une situation peuvent suffire à reconnaître quelqu’un.",
        "Perdu, il ne se retrouve pas",
        "« Quitter vite » change de page et n’efface pas l’historique.",
    ],
)
def test_confidentiality_tells_its_limits(client, limit):
    assert limit in read(client, "listening_privacy")


def test_how_long_things_are_kept_is_a_table(client):
    body = client.get(reverse("listening_privacy")).content.decode()

    cells = re.findall(r"<td>(.*?)</td>", body)
    assert [unescape(cell).replace("\xa0", " ") for cell in cells] == [
        "30 jours après sa date.",
        "60 jours après la fin du suivi.",
        "12 mois au plus après le dernier entretien.",
        "Effacée aussitôt, par vous, avec votre code.",
        "La publication de l’année. Aucun nombre de 1 à 10 n’est publié.",
    ]


def test_the_page_for_who_worries_needs_nothing_sent_and_leads_on(client):
    page = make_page(part="collegue", title="Repérer", summary="Ce qui change.")
    make_page(part="soi", title="Dormir")
    make_page(part="collegue", title="Brouillon", published=False)

    body, said = client.get("/ecoute/collegue/").content.decode(), read(client, "listening_colleague")

    main = body[body.index('<main id="contenu"') :]
    assert ("<form" in main, f'href="{page.get_absolute_url()}"' in main) == (False, True)
    assert ("Repérer : Ce qui change." in said, "Dormir" in said, "Brouillon" in said) == (True, False, False)
    assert "La cellule n’appelle personne qui n’a pas donné son accord." in said
    assert "ne le laissez pas seul" in said


def test_the_page_for_who_worries_stands_without_any_page_of_prevention(client):
    assert "Pour aller plus loin" not in read(client, "listening_colleague")


# --- The card -----------------------------------------------------------------------------------------


def test_ten_cards_fit_a_wallet_on_one_sheet_and_name_nobody(settings):
    settings.SITE_URL = "https://cafe.exemple"
    Portal.objects.create(pk=1, contact_email="bureau@cpts.exemple", publisher="Jeanne Roux", address="3 quai Neuf")

    reader = PdfReader(BytesIO(pdf.render("cell_card", {})))

    (sheet,) = reader.pages
    said = " ".join(sheet.extract_text().split())
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (595, 842)
    assert [said.count(word) for word in ("cafe.exemple/ecoute", "3114", "0805 23 23 36")] == [10, 10, 10]
    assert [word in said for word in ("Jeanne", "bureau@", "quai")] == [False] * 3


def test_a_card_is_85_by_54_millimetres():
    css = (pdf.STATIC / "css" / "pdf-card.css").read_text()

    assert re.search(r"\.card \{[^}]*width: 85mm; height: 54mm", css)


def test_whoever_asks_for_the_card_waits_then_gets_it_and_the_next_gets_the_same(client):
    first = client.get("/ecoute/collegue/carte.pdf")
    again = client.get("/ecoute/collegue/carte.pdf")
    document = Document.objects.get()
    pdf.make_document(str(document.pk))

    given = client.get("/ecoute/collegue/carte.pdf")

    assert (first.url, again.url) == (pdf.page_of(document),) * 2
    assert (document.params, document.requested_by, document.filename) == ({}, None, "carte.pdf")
    assert b"".join(given.streaming_content).startswith(b"%PDF")
    assert (given["Content-Type"], Document.objects.count()) == ("application/pdf", 1)
