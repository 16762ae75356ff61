"""A talk from end to end: asked for on a phone, read, answered, moved, logged, closed, counted, forgotten."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from cafe import notices
from listening_cell import vault
from listening_cell.enums import CaseState
from listening_cell.models import Case, CaseEnvelope, Message, Note, Publication, Reservation, Slip
from listening_cell.services import booking, casework, files, retention
from listening_cell.tests.asked import hits
from listening_cell.tests.backups import make_backup, restore_backup
from listening_cell.tests.factories import PASSPHRASE, make_cell, make_peer, make_slot
from listening_cell.tests.slips import keep_slips
from members.tests.browsing import PHONE
from resources.tests.factories import make_resource

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE = 60_000  # milliseconds, on a machine that does other things
expect.set_options(timeout=PATIENCE)
WORDS = ["perroquetmauve", "girafesafran", "loutreindigo", "hermineturquoise"]
ASKED, ANSWER, THANKS, STORY = WORDS
SHEETS = ("Avocat des soignants", "Assistante sociale de la CPTS")


@pytest.fixture
def world(browser, server, outbox):
    """A cell of three peers who are free on the same days, two sheets, and what a browser needs."""
    cell, peers = make_cell(), {}
    for name, seasoned in (("Claire", True), ("Nadia", True), ("Paul", False)):
        peers[name] = make_peer(cell, seasoned=seasoned)
        peers[name].user.first_name = name
        peers[name].user.save()
        for days in range(3, 15):
            make_slot(peers[name], days=days)
    for name in SHEETS:
        make_resource(name=name)
    return SimpleNamespace(cell=cell, peers=peers, browser=browser, url=server.url, outbox=outbox)


def a_phone(world, holder=None):
    """Return a page on a phone, of nobody, or of a holder who has signed in and whose space is still closed."""
    context = world.browser.new_context(viewport=PHONE, locale="fr-FR")
    context.set_default_timeout(PATIENCE)
    if holder:
        client = Client()
        client.force_login(holder.user)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": world.url}])
    return context.new_page()


def unlock(page, world, name):
    page.goto(f"{world.url}{reverse(name)}")
    page.get_by_label("Votre phrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Ouvrir").click()


def ask(world):
    """Ask for a talk, without Paul; return the code that is kept."""
    page = a_phone(world)
    page.goto(f"{world.url}/ecoute/")
    page.get_by_role("link", name="Demander un entretien").click()
    page.get_by_label("Pour moi").check()
    page.get_by_label("Votre profession").select_option(label="Sage-femme")
    page.get_by_role("checkbox", name=re.compile("^Paul")).check()
    page.get_by_label("Par téléphone").check()
    page.locator("input[name=slot]").first.check()
    page.get_by_label("Quelques mots").fill(ASKED)
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("heading", name="C’est noté.")).to_be_visible()
    return "".join(page.locator(".code").inner_text().split())


def read_and_answer(world, name, words):
    """A peer unlocks, reads the request and, with words, answers; return the page."""
    page = a_phone(world, world.peers[name])
    unlock(page, world, "cell_peers")
    page.get_by_role("link", name="Ouvrir").first.click()
    assert ASKED not in page.content()
    page.get_by_role("button", name="Lire la demande").click()
    expect(page.get_by_text(ASKED)).to_be_visible()
    if words:
        page.get_by_label("Votre message").fill(words)
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_text(words)).to_be_visible()
    return page


def come_back_and_move(world, code):
    """The requester reads the answer, thanks, and moves the appointment; return its new date."""
    before = Reservation.objects.select_related("slot").first().slot.starts_at
    page = a_phone(world)
    page.goto(f"{world.url}/ecoute/suivi/")
    page.get_by_label("Votre code de suivi").fill(vault.grouped(code).lower())
    page.keyboard.press("Enter")
    expect(page.get_by_text(ANSWER)).to_be_visible()
    page.get_by_label("Votre message").fill(THANKS)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text(THANKS)).to_be_visible()
    page.goto(f"{world.url}{reverse('cell_follow_date')}")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Choisir cette date").click()
    expect(page.get_by_role("heading", name="Votre suivi")).to_be_visible()
    page.get_by_role("button", name="Fermer mon suivi").click()
    after = booking.coming(Case.objects.get())
    assert after != before
    return after


def log_the_talk(page, world):
    """Write the talk down, with two sheets handed over."""
    page.goto(f"{world.url}{reverse('cell_interview_write', args=[Case.objects.get().pk])}")
    page.get_by_label("Il a eu lieu").check()
    page.locator("input[name=alert]").first.check()
    for name in SHEETS:
        page.get_by_label("Chercher une fiche").fill(name)
        page.get_by_role("button", name="Chercher une fiche").click()
        page.get_by_label(name).check()
    page.get_by_label("Récit libre").fill(STORY)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name="Comptes rendus")).to_be_visible()


def close(page, world):
    page.goto(f"{world.url}{reverse('cell_case_close', args=[Case.objects.get().pk])}")
    for group in ("profession", "beneficiary", "talks", "through"):
        page.locator(f"input[name={group}]").first.check()
    page.get_by_role("button", name="Remettre le bulletin et terminer").click()
    page.wait_for_url(lambda url: "terminer" not in url)


def publish(world):
    """The referent looks at what would be published with ten other slips, and publishes it."""
    keep_slips(10)
    page = a_phone(world, world.cell.referent)
    unlock(page, world, "cell_publications")
    page.get_by_role("button", name="Voir ce qui serait publié").click()
    page.get_by_label("J’ai relu ces chiffres").check()
    page.get_by_role("button", name="Publier les chiffres").click()
    expect(page.get_by_text("C’est publié.")).to_be_visible()


def words_in_a_dump(folder):
    folder.mkdir()
    make_backup(folder)
    return set().union(*(hits(path.read_bytes(), WORDS) for path in folder.iterdir()))


def test_a_talk_from_the_first_word_to_the_last_trace(world, tmp_path, time_machine):
    code = ask(world)
    pair = {row.peer.user.first_name for row in CaseEnvelope.objects.select_related("peer__user")}
    notices.send_round()
    mails = world.outbox.deliver()
    assert pair == {"Claire", "Nadia"}
    assert sorted(mail.to for mail in mails) == sorted([world.peers[name].user.email] for name in pair)
    assert {mail.subject.strip() for mail in mails} == {"Vous avez une notification"}

    nadia = read_and_answer(world, "Nadia", ANSWER)
    read_and_answer(world, "Claire", "")
    come_back_and_move(world, code)
    log_the_talk(nadia, world)
    close(nadia, world)
    assert (Case.objects.get().state, Slip.objects.count()) == (CaseState.CLOSED, 1)

    publish(world)
    assert (Publication.objects.get().tables["total"], Slip.objects.count()) == (11, 0)

    found = words_in_a_dump(tmp_path / "before")
    kept = [model.objects.count() for model in (Case, Message, Note)]
    time_machine.move_to(timezone.now() + timedelta(days=100))
    retention.purge(timezone.now(), dry_run=False)
    gone = [model.objects.count() for model in (Case, CaseEnvelope, Message, Note)]
    found |= words_in_a_dump(tmp_path / "after")
    restore_backup(tmp_path / "before")

    assert (found, gone, files.references()) == (set(), [0, 0, 0, 0], set())
    assert kept[0] == 1
    assert min(kept) >= 1
    assert casework.open_by_receipt(code) is None
