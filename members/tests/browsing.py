"""Chromium for the browser tests of accounts."""

from contextlib import contextmanager

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import sync_playwright

NARROW = {"width": 320, "height": 640}
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
# Only what is wrong is told in full, and style sheets are not fetched again: no rule that is run reads them.
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "preload": False,
}
RUN_AXE = """options => axe.run(options).then(found =>
    found.violations.flatMap(rule => rule.nodes.map(node => [rule.id, String(node.target[0])])))"""


@contextmanager
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


def add_authenticator(page):
    """Give the browser a device with a fingerprint reader that always says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def barriers(page):
    """Return what axe finds against WCAG 2.2 AA, as (rule, where)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [tuple(one) for one in page.evaluate(RUN_AXE, WCAG)]


def judge(page):
    """Axe finds nothing on a desk nor on a phone, and nothing overflows at 320 pixels. Leaves a phone."""
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert barriers(page) == []
    page.set_viewport_size(NARROW)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.set_viewport_size(PHONE)
    assert wide == 0


def sign_in(page, server, user, password):
    page.goto(f"{server.url}/comptes/login/")
    page.get_by_label("Adresse e-mail").fill(user.email)
    page.get_by_label("Mot de passe", exact=False).first.fill(password)
    page.get_by_role("button", name="Me connecter").click()
