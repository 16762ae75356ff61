"""Passkeys in a real browser, and pages that everyone can use."""

import os

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.urls import reverse
from django.utils.text import slugify
from playwright.sync_api import expect

from activities.tests.factories import make_session, sign_up
from members.enums import Role
from members.tests.browsing import DESKTOP, NARROW, PHONE, add_authenticator, barriers, sign_in
from members.tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser):
    """A page on a phone; it collects what the browser complains of, refused scripts included."""
    page = browser.new_page(viewport=PHONE, locale="fr-FR")
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    assert page.complaints == []
    page.close()


def add_passkey(page, *, alone):
    """From the set-up page, add a passkey; alone=True for one that signs in without password."""
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Nom de cette clé").fill("Mon téléphone")
    if alone:
        page.get_by_text("Me connecter avec cette clé seule").click()
    page.get_by_role("button", name="Ajouter cette clé").click()
    expect(page.get_by_role("heading", name="Codes de secours")).to_be_visible()
    assert barriers(page) == []


def leave(page, server):
    page.goto(f"{server.url}/comptes/logout/")
    page.get_by_role("button", name="Me déconnecter").click()


def test_a_coordinator_sets_a_passkey_up_and_then_enters_with_it_alone(page, server):
    user = make_user(role=Role.COORDINATION)
    add_authenticator(page)
    sign_in(page, server, user, PASSWORD)
    expect(page.get_by_role("heading", name="Double vérification")).to_be_visible()

    add_passkey(page, alone=True)
    leave(page, server)
    page.goto(f"{server.url}/comptes/login/")
    page.get_by_role("button", name="Utiliser une clé d’accès").click()

    expect(page.get_by_role("heading", name="À faire", exact=True)).to_be_visible()
    assert [key.wrap().name for key in Authenticator.objects.filter(type="webauthn")] == ["Mon téléphone"]


def test_a_passkey_is_asked_for_after_the_password(page, server):
    user = make_user(role=Role.COORDINATION)
    add_authenticator(page)
    sign_in(page, server, user, PASSWORD)
    add_passkey(page, alone=False)
    leave(page, server)

    sign_in(page, server, user, PASSWORD)
    expect(page.get_by_role("heading", name="Encore une vérification")).to_be_visible()
    assert barriers(page) == []
    keep_picture(page, "authenticate")
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()

    expect(page.get_by_role("heading", name="À faire", exact=True)).to_be_visible()


def test_a_key_that_does_not_answer_is_told_in_french(page, server):
    devtools, authenticator = add_authenticator(page)
    page.goto(f"{server.url}/comptes/login/")
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})

    page.get_by_role("button", name="Utiliser une clé d’accès").click()

    expect(page.get_by_text("Votre clé d’accès n’a pas répondu")).to_be_visible(timeout=20_000)


PUBLIC = [
    "login/", "signup/", "password/reset/", "password/reset/done/", "login/code/", "confirm-email/", "inactive/",
    "confirm-email/x/", "password/reset/key/1-x/", "password/reset/key/done/",
]  # fmt: skip
SIGNED_IN = [
    "comptes/email/", "comptes/password/change/", "comptes/logout/", "comptes/reauthenticate/", "comptes/2fa/",
    "comptes/2fa/totp/activate/", "comptes/2fa/webauthn/add/", "comptes/2fa/webauthn/", "mon-espace/",
    "comptes/password/set/", "mon-espace/profil/", "mon-espace/donnees/", "mon-espace/effacement/",
]  # fmt: skip


def keep_picture(page, name):
    """With SHOTS=folder in the environment, keep a picture to look at."""
    if os.environ.get("SHOTS"):
        page.screenshot(path=f"{os.environ['SHOTS']}/{name}.png", full_page=True)


def too_wide(page):
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def find_barriers(page, server, paths):
    """Return {path: what stands in the way} for a phone and a desktop, and what overflows the narrowest phone."""
    found = {}
    for path in paths:
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            page.goto(f"{server.url}/{path}")
            found[path, size["width"]] = barriers(page) + ["too wide"] * too_wide(page)
            keep_picture(page, f"{slugify(path.replace('/', ' '))}-{size['width']}")
        page.set_viewport_size(NARROW)
        found[path, NARROW["width"]] = ["too wide"] * too_wide(page)
    return {where: problems for where, problems in found.items() if problems}


def test_pages_before_signing_in_hinder_nobody(page, server):
    assert find_barriers(page, server, [f"comptes/{path}" for path in PUBLIC]) == {}


def enter(page, server, user):
    """Put a session in the browser in which that person has signed in and proved herself."""
    client = Client()
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": server.url}])


def test_pages_of_an_account_hinder_nobody(page, server):
    user = make_user()
    EmailAddress.objects.create(user=user, email="seconde@cafe.example", verified=True)
    EmailAddress.objects.create(user=user, email="pas-encore@cafe.example", verified=False)
    sign_up(make_session(), user.email)
    enter(page, server, user)

    assert find_barriers(page, server, SIGNED_IN) == {}


def test_pages_of_a_protected_account_hinder_nobody(page, server):
    user = make_user(second_factor=True)
    RecoveryCodes.activate(user)
    key = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Mon téléphone"})
    keys = "comptes/2fa/webauthn/"
    enter(page, server, user)

    paths = ["comptes/2fa/", "comptes/2fa/totp/deactivate/", "comptes/2fa/reauthenticate/", keys]
    paths += ["comptes/2fa/recovery-codes/", "comptes/2fa/recovery-codes/generate/"]
    paths += [f"{keys}keys/{key.pk}/edit/", f"{keys}keys/{key.pk}/remove/"]
    assert find_barriers(page, server, paths) == {}


def test_the_page_that_asks_for_the_mailed_code_hinders_nobody(page, server):
    page.goto(f"{server.url}/comptes/login/code/")
    page.get_by_label("Adresse e-mail").fill("personne@cafe.example")
    page.get_by_role("button", name="Recevoir un code").click()

    expect(page.get_by_role("heading", name="Saisissez le code")).to_be_visible()
    keep_picture(page, "code")
    assert barriers(page) == []
