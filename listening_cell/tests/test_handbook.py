"""The peers' guide: one source, readable without a passphrase by those it is for."""

import re

import pytest
from django.urls import reverse

from listening_cell import guide
from listening_cell.views.handbook import GUIDE
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGE = reverse("cell_guide")


def plain(html):
    """Return the words of a page, whatever lies between them, unbreakable spaces too."""
    return " ".join(re.sub(r"<[^>]*>", " ", html.replace("&amp;", "&")).split())


@pytest.mark.parametrize(("role", "home"), [(Role.PEER, "cell_peers"), (Role.CELL_REFERENT, "cell_referent")])
def test_the_page_says_what_the_file_says_and_leads_home(client, role, home):
    client.force_login(make_user(role=role, second_factor=True))

    page = client.get(PAGE)

    html = page.content.decode()
    title, *headings = re.findall(r"^#+ (.*)$", GUIDE.read_text("utf-8"), re.M)
    assert re.findall(r"<h1>(.*?)</h1>", html) == [title]
    assert re.findall(r"<h2>(.*?)</h2>", html) == headings
    assert f'href="{reverse(home)}"' in html
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_it_names_every_number_of_the_protocol():
    """Numbers are written twice, in the guide and in the protocol of the notes: they must not drift apart."""
    text = GUIDE.read_text("utf-8")

    assert [call.number for level in guide.LEVELS for call in level.calls if call.number not in text] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "les deux perdus, chez mon binôme et chez moi, c’est tout ce qui nous a été confié qui est perdu",
        "chiffré pour le seul binôme",
        "qui le contrôlerait et agirait dessus pourrait lire ce qui y passe à partir de ce moment-là",
    ],
)
def test_it_makes_the_promises_of_the_cell(client, sentence):
    client.force_login(make_user(role=Role.PEER, second_factor=True))

    assert sentence in plain(client.get(PAGE).content.decode())
