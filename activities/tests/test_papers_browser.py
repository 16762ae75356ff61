"""From a past evening to a paper that a stranger trusts, against the real portal: gunicorn and a Celery worker."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from activities.tests.racing import ask
from cafe.tests.pdf_reader import ACCESSIBLE, promises, text_of
from cafe.tests.processes import WORKER, portal_env, running
from cafe.tests.racing import web
from members.tests.browsing import DESKTOP, PHONE, barriers, chromium

pytestmark = [pytest.mark.server, pytest.mark.browser]
ATTENDED = """
from activities.links import registration_path
from activities.models import Activity, Attendance, Session
session = make_session(activity=Activity.objects.get_or_create(title="Tai-chi")[0])
registration = sign_up(session, first_name="Louise", last_name="Évrard")
one = Attendance.objects.create(registration=registration, session=session, presence="present")
Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() - timedelta(days=1))
answer = [registration_path(registration), one.certificate_code]
"""


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with portal_env(tmp_path_factory.mktemp("papers")) as env:
        yield env


@pytest.fixture(scope="module")
def site(env):
    with web(env) as port:
        yield f"http://localhost:{port}"


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_participant_downloads_a_certificate_and_a_stranger_checks_it(env, site, javascript):
    path, code = ask(env, ATTENDED)
    with chromium() as browser:
        context = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=javascript)
        page = context.new_page()
        page.goto(f"{site}{path}")
        page.get_by_role("link", name="Mon attestation").click()
        expect(page.get_by_role("heading", name="Votre document se prépare")).to_be_visible()
        with page.expect_download(timeout=60_000) as arriving, running(env, WORKER):
            expect(page.get_by_role("heading", name="Votre document est prêt")).to_be_visible(timeout=60_000)
            content = Path(arriving.value.path()).read_bytes()
        assert arriving.value.suggested_filename.startswith("attestation-seance-")
        expect(page.get_by_role("link", name="Télécharger attestation-")).to_be_visible()

        stranger = browser.new_context(viewport=DESKTOP, locale="fr-FR", java_script_enabled=javascript).new_page()
        stranger.goto(f"{site}/attestations/")
        stranger.get_by_label("Code de l’attestation").fill(f" {code[:4].lower()} {code[4:8]}-{code[8:]} ")
        stranger.get_by_role("button", name="Vérifier").click()
        expect(stranger.get_by_role("heading", name="Cette attestation est authentique")).to_be_visible()
        expect(stranger.locator("main")).to_contain_text("Louise Évrard")
        if javascript:
            assert [barriers(page), barriers(stranger)] == [[], []]

    assert f"{code[:4]} {code[4:8]} {code[8:]}" in text_of(content)
    assert promises(content) == ACCESSIBLE
