"""Every URL name x every role, against roles_table.py."""

import pytest
from django.shortcuts import resolve_url
from django.urls import URLPattern, get_resolver, reverse

from cafe.tests.roles_table import ANONYMOUS, ANYONE, PROFESSIONAL, SUPERUSER, TABLE
from members.enums import Role
from members.tests.factories import make_superuser, make_user

# Django's admin makes its own addresses: all of them are the superuser's.
ADMIN_ARGUMENTS = {"object_id": 1, "id": 1, "app_label": "members", "content_type_id": 1, "url": "x"}


def patterns(resolver=None, prefix=""):
    """Yield (name with its namespaces, pattern) of every address of the portal."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name or ''}", pattern
        else:
            yield from patterns(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)


NAMES = [name for name, _ in patterns() if not name.startswith("admin:")]
ADMIN = {name: pattern for name, pattern in patterns() if name.startswith("admin:") and name != "admin:"}


def enter(client, who):
    """Sign in as somebody of that kind, with the second factor that some roles need."""
    if who == SUPERUSER:
        client.force_login(make_superuser())
    elif who != ANONYMOUS:
        client.force_login(make_user(role=None if who == PROFESSIONAL else who, second_factor=who != PROFESSIONAL))


def visit(client, url):
    """GET, or POST where the address takes nothing else: what an outsider is refused must be refused either way."""
    response = client.get(url)
    return client.post(url) if response.status_code == 405 else response


def outcome(response):
    """Return how one was received: 'sign in', 'second factor', 'absent' or 'in'."""
    to = response.headers.get("Location", "")
    if to.startswith((f"{resolve_url('account_login')}?next=", f"{reverse('admin_login')}?next=")):
        return "sign in"
    if to == reverse("mfa_index") and response.wsgi_request.path != reverse("mfa_add_webauthn"):
        return "second factor"
    assert response.status_code in {200, 302, 404, 405}, response
    return "absent" if response.status_code == 404 else "in"


def refusals(who):
    return "sign in" if who == ANONYMOUS else "absent"


def test_every_address_has_its_row():
    missing, stale = set(NAMES) - TABLE.keys(), TABLE.keys() - set(NAMES)
    assert (missing, stale) == (set(), set()), (
        f"Add to TABLE in cafe/tests/roles_table.py who may enter {sorted(missing)}; remove {sorted(stale)}."
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in NAMES if name in TABLE])
def test_who_may_enter(client, name):
    row = TABLE[name]
    url = reverse(name, kwargs=row.arguments())
    seen, wanted = {}, {}
    for who in sorted(ANYONE):
        client.logout()
        enter(client, who)
        response = client.get(url) if who in row.who else visit(client, url)
        seen[who] = outcome(response)
        wanted[who] = "in" if who in row.who else refusals(who)
        if row.absent and who in row.who and seen[who] == "absent":
            wanted[who] = "absent"
    if name == "admin_login":
        wanted[ANONYMOUS] = "sign in"
    assert seen == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("name", ADMIN)
def test_the_admin_is_the_superusers(client, name):
    needed = ADMIN[name].pattern.converters or ADMIN[name].pattern.regex.groupindex
    url = reverse(name, kwargs={key: ADMIN_ARGUMENTS[key] for key in needed})
    seen = {}
    for who in sorted(ANYONE - {SUPERUSER}):
        client.logout()
        enter(client, who)
        seen[who] = outcome(client.get(url))
    insiders = {"admin:login": "absent", "admin:logout": "in"}.get(name, "sign in")
    assert seen == {ANONYMOUS: "sign in"} | dict.fromkeys([PROFESSIONAL, *Role], insiders)


@pytest.mark.django_db
def test_the_superuser_enters_the_admin(client):
    enter(client, SUPERUSER)
    assert client.get(reverse("admin:index")).status_code == 200
