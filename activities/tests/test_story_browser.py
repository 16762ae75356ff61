"""A newcomer's path, on a phone, against the real portal: gunicorn, a Celery worker, mails as files."""

import pytest
from playwright.sync_api import expect

from activities.tests.racing import ask
from cafe.tests.mailbox import personal_link, wait_for_mail
from cafe.tests.processes import WORKER, portal_env, running
from cafe.tests.racing import web
from members.tests.browsing import PHONE, chromium

pytestmark = [pytest.mark.server, pytest.mark.browser]


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with portal_env(tmp_path_factory.mktemp("story")) as env, running(env, WORKER):
        yield env


@pytest.fixture(scope="module")
def site(env):
    with web(env) as port:
        yield f"http://localhost:{port}"


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(request, site):
    with chromium() as browser:
        context = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=request.param)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda asked: page.asked.append(asked.url))
        yield page
        strangers = [url for url in page.asked if not url.startswith((site, "data:"))]
        assert strangers == []
        assert {cookie["name"] for cookie in context.cookies()} <= {"csrftoken", "sessionid"}


def sign_up_by_hand(page, url, *, first_name, email):
    page.goto(url)
    page.get_by_label("Prénom").fill(first_name)
    page.get_by_label("Nom", exact=True).fill("Durand")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Profession ou fonction").select_option("infirmier")
    page.get_by_label("Mon inscription a valeur d’engagement").check()
    page.get_by_role("button", name="Je m’inscris").or_(page.get_by_role("button", name="Rejoindre")).click()
    expect(page.get_by_role("heading", name="C’est noté.")).to_be_visible()


def test_a_newcomer_registers_reads_the_mail_cancels_and_the_next_in_line_takes_the_place(env, site, page, request):
    mark = request.node.callspec.id.split()[0]
    first, second = f"lea-{mark}@cafe.example", f"noe-{mark}@cafe.example"
    path = ask(env, "answer = make_session(capacity=1, starts_in=timedelta(hours=30)).get_absolute_url()")

    page.goto(site)
    page.locator(f"a[href='{path}']").first.click()
    sign_up_by_hand(page, page.url, first_name="Léa", email=first)
    expect(page.get_by_text("Votre place est réservée.")).to_be_visible()
    [confirmed] = wait_for_mail(env, first)
    assert confirmed["Subject"].strip().startswith("C’est noté")
    assert [part.get_filename() for part in confirmed.iter_attachments()] == ["seance.ics"]

    sign_up_by_hand(page, f"{site}{path}", first_name="Noé", email=second)
    expect(page.get_by_text("vous êtes sur la liste d’attente")).to_be_visible()
    [waiting] = wait_for_mail(env, second)
    assert "position 1" in waiting.get_body(("plain",)).get_content()

    page.goto(f"{site}{personal_link(confirmed)}")
    page.get_by_role("link", name="Annuler mon inscription").click()
    page.get_by_role("button", name="Annuler mon inscription").click()
    expect(page.get_by_role("heading", name="Cette inscription est annulée")).to_be_visible()

    _, offer = wait_for_mail(env, second, count=2)
    assert offer["Subject"].strip().startswith("Une place se libère")
    page.goto(f"{site}{personal_link(offer)}")
    page.get_by_role("button", name="Je prends cette place").click()
    expect(page.get_by_role("heading", name="Votre place est réservée")).to_be_visible()
    assert len(wait_for_mail(env, second, count=3)) == 3


def test_what_was_typed_is_kept_and_errors_lead_to_their_fields(env, site, page):
    path = ask(env, "answer = make_session().get_absolute_url()")
    page.goto(f"{site}{path}")
    page.get_by_label("Prénom").fill("Léa")
    page.get_by_label("Adresse e-mail").fill("lea@")

    page.get_by_role("button", name="Je m’inscris").click()

    expect(page.get_by_label("Prénom")).to_have_value("Léa")
    expect(page.get_by_label("Adresse e-mail")).to_have_value("lea@")
    expect(page.get_by_text("Cochez cette case pour vous inscrire").first).to_be_visible()
    assert page.get_by_label("Adresse e-mail").get_attribute("aria-invalid") == "true"
