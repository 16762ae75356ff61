"""A peer's evening on a phone, without JavaScript; then every page of a case at both widths, for axe."""

import pytest
from django.urls import reverse

from listening_cell.models import CaseEnvelope
from listening_cell.services import casework, interviews, sessions
from listening_cell.tests.factories import PASSPHRASE, make_case, make_cell, make_peer, private_of
from listening_cell.tests.test_following import CONTENT, opened_by, slots_of
from listening_cell.views.spaces import COOKIE
from members.tests.browsing import DESKTOP, PHONE, barriers
from resources.tests.factories import make_resource

pytestmark = [pytest.mark.browser, pytest.mark.appearance, pytest.mark.django_db(transaction=True)]
WORDS = "chrysalide"


@pytest.fixture
def pair(transactional_db):
    cell = make_cell()
    return make_peer(cell), make_peer(cell, seasoned=False)


def a_page(browser, server, client, peer, **options):
    """Return a page of somebody signed in as this peer, whose space is not open."""
    client.force_login(peer.user)
    context = browser.new_context(locale="fr-FR", viewport=PHONE, **options)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    return context.new_page()


def test_on_a_phone_without_javascript_a_peer_reads_answers_and_writes_a_talk_down(client, server, browser, pair):
    make_case(*pair, words=WORDS, name="Alouette")
    make_resource(name="Avocat des soignants")
    (at,) = slots_of(pair, 3)
    page = a_page(browser, server, client, pair[0], java_script_enabled=False)

    page.goto(f"{server.url}{reverse('cell_peers')}")
    page.get_by_label("Votre phrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Ouvrir").click()
    page.get_by_role("link", name="Ouvrir").click()
    before = page.content()
    page.get_by_role("button", name="Lire la demande").click()
    page.get_by_label("Votre message").fill("Bonjour, voici une date.")
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_role("link", name="Écrire un compte rendu").click()
    page.get_by_label("Il a eu lieu").check()
    page.get_by_label("Relations avec les associés").check()
    hidden = page.get_by_text("Appelez le 15 avec elle").is_visible()
    page.get_by_label("Urgence", exact=True).check()
    shown = page.get_by_text("Appelez le 15 avec elle").is_visible()
    page.get_by_label("Chercher une fiche").fill("avocat")
    page.get_by_role("button", name="Chercher une fiche").click()
    page.get_by_label("Avocat des soignants").check()
    page.get_by_label("Prochain entretien").select_option(index=1)
    page.get_by_label("Récit libre").fill("Un récit.")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("heading", name="Comptes rendus").wait_for()

    assert (WORDS in before, hidden, shown) == (False, False, True)
    opened = opened_by(pair[1])["opened"]
    assert casework.read_messages(opened)[0].content == "Bonjour, voici une date."
    (one,) = interviews.interviews_of(casework.read_notes(opened))
    kept = [one.content[name] for name in ("themes", "alert", "resources", "narrative")]
    assert kept == [["associates"], "urgent", ["avocat-des-soignants"], "Un récit."]
    assert interviews.next_of(one.content) == at


def test_axe_finds_nothing_on_the_pages_of_a_case_at_both_widths(client, server, browser, pair):
    first, _ = make_case(*pair, words=WORDS * 30, name="Alouette")
    unread, _ = make_case(*pair)
    slots_of(pair, 3, 4)
    CaseEnvelope.objects.filter(case=first.case).update(opened=True)
    envelope = pair[0].envelopes.select_related("case").get(case=first.case)
    mine = {"opened": casework.open_envelope(envelope, private_of(pair[0])), "envelope": envelope}
    interviews.write_interview(**mine, content=CONTENT | {"alert": "urgent"})
    interviews.write_interview(**mine, content=CONTENT | {"alert": "urgent"}, replaces=1)
    page = a_page(browser, server, client, pair[0])
    value = sessions.open_space(sessions.Space("peer", pair[0].pk, private_of(pair[0])))
    page.context.add_cookies([{"name": COOKIE, "value": value, "url": server.url}])
    names = ("cell_case", "cell_case_pass", "cell_case_close", "cell_interview_write")
    urls = [reverse(name, args=[first.case.pk]) for name in names]
    urls += [reverse(name, args=[first.case.pk, 1]) for name in ("cell_interview", "cell_interview_edit")]
    urls += [reverse(name, args=[unread.case.pk]) for name in ("cell_case", "cell_case_recuse")]

    found = {}
    for url in [*urls, reverse("cell_peers"), reverse("cell_closed")]:
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            page.goto(f"{server.url}{url}")
            wide = page.evaluate("document.documentElement.scrollWidth") > size["width"]
            found |= {(url, size["width"]): problems} if (problems := barriers(page) + [wide] * wide) else {}

    assert found == {}
