"""A season from end to end, in Chromium, against the real portal: gunicorn, a Celery worker, mails as files.

A facilitator proposes, two members vote, the coordinator makes ten dates, the rota is filled and published, people
register, the host ticks 12 of 14 while the network drops, a participant downloads her attestation, a stranger reads it.
"""

import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from activities.tests.factories import form_data
from activities.tests.racing import ask
from activities.tests.test_proposals_browser import attach, fill_in
from activities.tests.test_story_browser import sign_up_by_hand
from cafe.tests.mailbox import mails_to, wait_for_mail
from cafe.tests.processes import WORKER, portal_env, running
from cafe.tests.racing import Visitor, web
from members.tests.browsing import DESKTOP, PHONE, chromium
from members.tests.factories import PASSWORD

pytestmark = [pytest.mark.server, pytest.mark.browser]
PEOPLE = 14
TEAM = """
from members.enums import Role
from members.tests.factories import make_user
make_user(role=Role.COORDINATION, email="coordination@cafe.example")
for name in ("anne", "paul"):
    make_user(role=Role.TEAM, email=f"{name}@cafe.example", first_name=name.title())
answer = True
"""


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with portal_env(tmp_path_factory.mktemp("season")) as env, running(env, WORKER):
        yield env


@pytest.fixture(scope="module")
def site(env):
    with web(env) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def browser():
    with chromium() as browser:
        yield browser


def opened(browser, site, *, who=None, size=PHONE):
    """Return a page of a new browser window, signed in through the form where a person is given."""
    context = browser.new_context(viewport=size, locale="fr-FR", base_url=site, accept_downloads=True)
    page = context.new_page()
    if who:
        page.goto("/comptes/login/")
        page.get_by_label("Adresse e-mail").fill(f"{who}@cafe.example")
        page.get_by_label("Mot de passe").first.fill(PASSWORD)
        page.get_by_role("button", name="Me connecter").click()
        page.wait_for_url(lambda url: "/comptes/" not in url)
    return page


def propose(page, site):
    page.goto("/activites/proposer/")
    fill_in(page, timezone.localdate() + timedelta(days=40))
    page.get_by_label("Adresse e-mail").fill("dominique@cafe.example")
    page.get_by_label("Nombre maximal de participants").fill(str(PEOPLE))
    attach(page)
    page.get_by_role("button", name="Envoyer ma proposition").click()
    expect(page.get_by_role("heading", name="C’est noté.")).to_be_visible()


def vote(page):
    page.goto("/equipe/propositions/")
    page.get_by_role("link", name="Sophrologie").click()
    page.get_by_label("Favorable", exact=True).check()
    page.get_by_role("button", name="Donner mon avis").click()
    expect(page.get_by_text("Votre avis est noté.")).to_be_visible()


def accept(page):
    page.locator("summary", has_text="Accepter").click()
    page.get_by_role("group", name="Dates retenues").get_by_role("checkbox").check()
    page.get_by_role("button", name="Accepter la proposition").click()
    expect(page.get_by_text("La proposition est acceptée.")).to_be_visible()


def make_ten_dates(page, slug):
    page.goto(f"/coordination/seances/{slug}/repeter/")
    page.get_by_label("À chaque séance").check()
    page.get_by_label("Nombre de dates en tout").fill("10")
    page.get_by_role("button", name="Voir les dates").click()
    page.get_by_role("button", name="Enregistrer ces brouillons").click()
    expect(page.get_by_text("9 brouillons sont enregistrés.")).to_be_visible()


def answer_all(page):
    page.goto("/equipe/")
    for group in page.get_by_role("group", name=re.compile("Pouvez-vous accueillir")).all():
        group.get_by_label("Oui").check()
    page.get_by_role("button", name="Enregistrer mes réponses").click()
    expect(page.get_by_text("Vos réponses sont enregistrées.")).to_be_visible()


def fill_rota_and_publish(page, slug):
    page.goto("/coordination/rota/")
    page.get_by_role("link", name="Proposer une répartition").click()
    page.get_by_role("button", name="Enregistrer cette répartition").click()
    page.goto(f"/coordination/seances/{slug}/")
    page.get_by_role("button", name="Publier les 10 brouillons").click()
    expect(page.get_by_text("10 séances sont publiées.")).to_be_visible()


def register_everyone(page, site, path):
    sign_up_by_hand(page, f"{site}{path}", first_name="Léa", email="lea@cafe.example")
    visitor = Visitor(int(site.rsplit(":", 1)[1]), path)
    statuses = [visitor.post(path, form_data(last_name=f"Petit {number:02}")) for number in range(PEOPLE - 1)]
    assert statuses == [302] * (PEOPLE - 1)


def mark_twelve(page, slug):
    page.goto(f"/equipe/seances/{slug}/presence/")
    people = page.locator(".roll > li")
    expect(people).to_have_count(PEOPLE)
    state = page.locator("[data-state]")
    page.context.set_offline(True)
    for number in range(12):
        people.nth(number).get_by_role("radio", name="Présent").check()
    expect(state).to_contain_text("En attente du réseau")
    page.context.set_offline(False)
    expect(state).to_have_text("Enregistré.", timeout=20_000)
    for number in range(12, PEOPLE):
        people.nth(number).get_by_role("radio", name="Absent").check()
    expect(state).to_have_text("Enregistré.")


def download_certificate(page, link):
    """Return the attestation's text, once the worker has made it."""
    page.goto(link)
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("link", name="Mon attestation").click()
    reader = PdfReader(io.BytesIO(download.value.path().read_bytes()))
    return "\n".join(one.extract_text() for one in reader.pages)


def test_a_season_from_the_proposal_to_the_attestation(env, site, browser):
    ask(env, TEAM)
    propose(opened(browser, site), site)
    anne, paul = (opened(browser, site, who=name) for name in ("anne", "paul"))
    vote(anne)
    vote(paul)
    accept(paul)
    slug = ask(env, "answer = Session.objects.get().slug")

    desk = opened(browser, site, who="coordination", size=DESKTOP)
    make_ten_dates(desk, slug)
    answer_all(anne)
    answer_all(paul)
    fill_rota_and_publish(desk, slug)
    hosts = ask(env, "answer = list(Hosting.objects.values_list('user__first_name', flat=True))")
    assert abs(hosts.count("Anne") - hosts.count("Paul")) <= 1

    register_everyone(opened(browser, site), site, f"/activites/{slug}/")
    [confirmed] = wait_for_mail(env, "lea@cafe.example")
    ask(env, f"Session.objects.filter(slug={slug!r}).update(starts_at=timezone.now())\nanswer = True")
    host = ask(env, f"answer = Hosting.objects.filter(session__slug={slug!r}).first().user.first_name.lower()")
    mark_twelve(anne if host == "anne" else paul, slug)
    present = ask(env, "answer = [Attendance.objects.filter(presence=p).count() for p in ('present', 'absent')]")
    assert present == [12, 2]

    ask(env, f"Session.objects.filter(slug={slug!r}).update(starts_at=timezone.now() - timedelta(hours=3))\nanswer = 1")
    desk.goto(f"/coordination/seances/{slug}/")
    desk.get_by_role("button", name="La séance a eu lieu").click()
    link = re.search(r"(/inscription/\S+)", confirmed.get_body(("plain",)).get_content())[1]
    text = download_certificate(opened(browser, site), link)
    assert "Léa Durand" in text
    code = re.search(r"\b(?:[A-Z2-9]{4}[ -]){2}[A-Z2-9]{4}\b", text)[0]

    stranger = opened(browser, site)
    stranger.goto("/attestations/")
    stranger.get_by_label("Code").fill(code)
    stranger.get_by_role("button", name="Vérifier").click()
    expect(stranger.get_by_text("Léa Durand")).to_be_visible()
    expect(stranger.get_by_text("Sophrologie").first).to_be_visible()
    assert "lea@" not in stranger.content()
    assert mails_to(env, "dominique@cafe.example") != []
