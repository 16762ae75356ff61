"""Reading what was sent: the archive, one letter, the feed. Nothing there says who reads."""

from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.enums import Role
from members.tests.factories import make_user
from newsletters.enums import BlockKind, NewsletterState
from newsletters.models import LetterImage
from newsletters.placeholders import FIRST_NAME, MARKS, PREFERENCES, UNSUBSCRIBE
from newsletters.rendering import rendered
from newsletters.services.reading import shown
from newsletters.tests.factories import make_newsletter, make_sent

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "https://cafe.example"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


def mail(body):
    return f"<html><body><p>Entête</p><!--letter-->{body}<!--/letter--><a href='{UNSUBSCRIBE}'>Pied</a></body></html>"


def listed(client, **asked):
    return [letter.subject for letter in client.get("/lettres/", asked).context["page_obj"]]


# --- The archive ----------------------------------------------------------------------------------


def test_the_archive_lists_what_has_left_and_was_published_the_latest_first(client):
    make_sent(subject="Ancienne", days_ago=40)
    make_sent(subject="Récente", days_ago=2)
    make_sent(subject="En chemin", days_ago=0, state=NewsletterState.SENDING)
    make_sent(subject="Entre nous", in_archive=False)
    make_newsletter(subject="Brouillon")
    make_sent(subject="Demain", state=NewsletterState.SCHEDULED)

    assert listed(client) == ["En chemin", "Récente", "Ancienne"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("séances de yoga", ["Yoga en mai"]),
        ("SEANCE", ["Yoga en mai"]),
        ("mediter", ["Se poser"]),
        ("yoga méditer", []),
        ("lettres yog", ["Yoga en mai"]),
        ("de la", ["Se poser", "Yoga en mai"]),
        ("%", ["Se poser", "Yoga en mai"]),
    ],
)
def test_it_is_searched_without_accents_capitals_or_plurals(client, asked, found):
    make_sent(subject="Yoga en mai", text="Les lettres : deux séances à Saint-Paul.", days_ago=9)
    make_sent(subject="Se poser", preview="Trois façons de méditer", text="Rien d’autre.", days_ago=3)

    assert listed(client, q=asked) == found


def test_what_is_not_found_is_kept_in_the_field_and_the_page_says_what_to_do(client):
    make_sent()

    page = client.get("/lettres/", {"q": '"><b>zumba'}).text

    assert 'value="&quot;&gt;&lt;b&gt;zumba"' in page
    assert "Aucune lettre ne contient ces mots" in page


def test_without_letters_the_page_leads_to_the_sessions(client):
    page = client.get("/lettres/").text

    assert "Aucune lettre n’est encore partie" in page
    assert 'type="search"' not in page


@pytest.mark.parametrize("path", ["/lettres/", "/lettres/?q=bonjour", "/lettres/fil.atom", "/sitemap.xml"])
def test_it_costs_the_same_whatever_there_is(client, path):
    costs = []
    for wanted in (1, 3, 30):
        for _ in range(wanted):
            make_sent(html=mail("<p>Bonjour</p>"))
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        costs.append(len(queries))

    assert len(set(costs)) == 1


def test_one_subscribes_from_the_same_page(client):
    form = client.get("/lettres/").text.partition('id="abonnement"')[2].partition("</form>")[0]

    assert 'action="/lettres/abonnement/"' in form
    assert 'name="email"' in form


# --- One letter -----------------------------------------------------------------------------------


def test_a_letter_shows_what_left_without_its_clothes_and_without_a_name(client):
    body = f"""<h1>Titre</h1><p class="when" style="color:red" onclick="x()">Bonjour{FIRST_NAME},</p>
      <table role="presentation" width="560"><tr><td class="said" bgcolor="#fff">Dormir <b>bien</b></td></tr></table>
      <script>alert(1)</script><style>p {{ color: red }}</style><!-- rien -->
      <a class="button" href="{SITE}/activites/yoga/">Je viens</a> <a href="{PREFERENCES}">Choisir</a>
      <a href="javascript:alert(1)">Piège</a> <img src="https://ailleurs.example/pixel.gif" alt="Espion">
      <img src="{SITE}//ailleurs.example/pixel.gif" alt=""> <a href="{SITE}//ailleurs.example/">Loin</a>"""
    page = client.get(make_sent(html=mail(body)).get_absolute_url())
    letter = page.context["body"]

    assert " ".join(letter.split()) == (
        '<h2>Titre</h2><p class="when">Bonjour,</p> <div class="said">Dormir <b>bien</b></div> '
        '<a class="btn btn-quiet" href="/activites/yoga/" rel="noopener noreferrer">Je viens</a> '
        '<a href="/lettres/" rel="noopener noreferrer">Choisir</a> '
        '<a rel="noopener noreferrer">Piège</a> <img alt="Espion"> <img alt=""> '
        f'<a href="{SITE}//ailleurs.example/" rel="noopener noreferrer">Loin</a>'
    )
    assert [mark for mark in (*MARKS, "Entête", "Pied", "style=") if mark in page.text.partition("<main")[2]] == []


def test_every_kind_of_block_is_read_as_it_was_written(client):
    letter = make_newsletter(
        subject="Reprendre",
        blocks=[
            (BlockKind.HEADING, {"text": "Ce mois-ci"}),
            (BlockKind.TEXT, {"markdown": "Bonjour {prénom},\n\n- un\n- [deux](/activites/)"}),
            (BlockKind.PREVENTION, {"text": "Buvez un verre d’eau."}),
            (BlockKind.BUTTON, {"label": "Voir", "url": "/activites/"}),
        ],
    )
    rendering = rendered(letter)
    letter.html, letter.text = rendering.html, rendering.text
    found = shown(letter, url="/lettres/")

    assert "<h2>Ce mois-ci</h2>" in found
    assert "<p>Bonjour,</p>" in found
    assert '<div class="said">' in found
    assert 'class="btn btn-quiet" href="/activites/"' in found
    assert [gone for gone in ("Reprendre", "Lire dans", "Ne plus rien", "<table", "style=") if gone in found] == []


def test_a_letter_without_html_is_read_from_its_text(client):
    letter = make_sent(text=f"Bonjour{FIRST_NAME},\n\n<b>Une</b> séance.")

    assert shown(letter, url="/lettres/") == "<p>Bonjour,</p>\n\n<p>&lt;b&gt;Une&lt;/b&gt; séance.</p>"


def test_what_is_not_published_is_read_by_the_coordination_alone(client):
    hidden = make_sent(in_archive=False).get_absolute_url()
    paths = [hidden, make_newsletter().get_absolute_url(), make_sent(state="scheduled").get_absolute_url()]

    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    client.force_login(make_user(role=Role.TEAM))
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    assert "Seule la coordination voit cette page" in client.get(hidden).text
    assert [client.get(path).status_code for path in paths[1:]] == [404, 404]


def test_the_mail_leads_to_its_page_where_its_readers_find_it():
    for published in (True, False):
        letter = make_newsletter(blocks=[(BlockKind.HEADING, {"text": "Bonjour"})], in_archive=published)
        rendering = rendered(letter)
        address = SITE + letter.get_absolute_url()
        assert [address in words for words in (rendering.html, rendering.text)] == [published] * 2


def test_the_images_of_a_letter_are_those_of_the_portal(client):
    letter, hidden = make_sent(), make_sent(in_archive=False)
    images = [
        LetterImage.objects.create(newsletter=one, file=SimpleUploadedFile("a.gif", GIF), alt="Une tasse")
        for one in (letter, hidden)
    ]
    letter.html = mail(f'<img src="cid:image-{images[0].pk}" alt="Une tasse" width="1" height="1">')
    path = f"/lettres/{letter.slug}/image/{images[0].pk}/"

    assert f'src="{path}"' in shown(letter, url="/lettres/")
    assert f'src="{SITE}{path}"' in shown(letter, url="/lettres/", absolute=True)
    assert b"".join(client.get(path).streaming_content) == GIF
    others = [(letter, images[1]), (hidden, images[1])]
    assert [client.get(f"/lettres/{one.slug}/image/{image.pk}/").status_code for one, image in others] == [404, 404]


GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"  # noqa: E501


def test_shared_it_says_its_subject_and_its_preview_and_no_search_engine_keeps_a_search(client):
    letter = make_sent(subject="Dormir & veiller", preview="Deux soirées")
    page = client.get(letter.get_absolute_url()).text

    assert '<meta property="og:title" content="Dormir &amp; veiller">' in page
    assert '<meta name="description" content="Deux soirées">' in page
    assert f'<link rel="canonical" href="{SITE}{letter.get_absolute_url()}">' in page
    assert 'content="noindex"' not in page
    assert 'content="noindex"' in client.get("/lettres/?q=nuit").text


# --- The feed, the map ----------------------------------------------------------------------------


def test_the_feed_carries_the_published_letters_whole(client):
    letter = make_sent(subject="Mai\x0b", preview="a < b", html=mail(f"<p>Bonjour{FIRST_NAME},\x0c <b>mai</b></p>"))
    make_sent(in_archive=False)
    assert 'type="application/atom+xml"' in client.get("/lettres/").text

    response = client.get("/lettres/fil.atom")
    feed = ET.fromstring(response.content)
    address = SITE + letter.get_absolute_url()

    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"{SITE}/lettres/fil.atom"
    [entry] = feed.findall(f"{ATOM}entry")
    said = {name: entry.findtext(f"{ATOM}{name}") for name in ("title", "id", "summary", "content")}
    words = {"title": "Mai", "summary": "a &lt; b", "content": "<p>Bonjour, <b>mai</b></p>"}
    assert said == words | {"id": address}
    assert entry.find(f"{ATOM}link").get("href") == address


def test_a_feed_reader_that_has_it_already_is_not_sent_it_again(client):
    make_sent()
    etag = client.get("/lettres/fil.atom").headers["ETag"]

    assert client.get("/lettres/fil.atom", headers={"If-None-Match": etag}).status_code == 304
    make_sent(subject="Nouvelle")
    assert "Nouvelle" in client.get("/lettres/fil.atom", headers={"If-None-Match": etag}).text


def test_the_map_of_the_portal_holds_the_published_letters(client):
    letter, hidden = make_sent(), make_sent(in_archive=False)
    found = client.get("/sitemap.xml").text

    assert f"<loc>{SITE}{letter.get_absolute_url()}</loc>" in found
    assert f"<loc>{SITE}/lettres/</loc>" in found
    assert hidden.slug not in found


def test_reading_leaves_no_cookie(client):
    paths = ["/lettres/fil.atom", make_sent().get_absolute_url()]

    assert [client.get(path).cookies.output() for path in paths] == ["", ""]
