"""The emergency page: fixed numbers for everybody, and what a device is told to keep of it."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from cafe.models import Portal
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
DIALLED = ["15", "112", "3114", "114", "+33805232336", "+33608282589", "+33800288038", "3919"]


def told(client):
    """Return what the worker is told to keep."""
    return json.loads(re.match(r"const KEPT = (.*);\n", client.get("/urgence/sw.js").text)[1])


def policy_of(response):
    return dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))


def test_the_numbers_are_there_with_an_empty_directory_and_114_takes_messages(client):
    page = client.get("/urgence/").text

    numbers = re.findall(r'class="tel" href="(tel|sms):([^"]+)"', page)
    assert [number for _, number in numbers] == DIALLED
    assert [number for way, number in numbers if way == "sms"] == ["114"]


def test_it_says_who_may_call_which_line(client):
    page = re.sub(r"\s+", " ", client.get("/urgence/").text)

    rows = dict(re.findall(r"<dt>(.*?)</dt> <dd> (.*?) </dd>", page))
    assert list(rows) == ["Tout le monde", "Tous les soignants", "Médecins", "Autres professions qui ont un Ordre"]
    assert ["MOTS" in words for words in rows.values()] == [False, False, True, True]
    assert ["SPS" in words for words in rows.values()] == [False, True, True, True]


def test_it_costs_the_identity_of_the_portal_and_nothing_else(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/urgence/")
    with django_assert_num_queries(1):
        client.get("/urgence/sw.js")


def test_this_page_alone_may_have_a_worker(client):
    policies = {url: policy_of(client.get(url)) for url in ("/urgence/", "/ressources/", "/")}

    assert {url: policy["worker-src"] for url, policy in policies.items()} == {
        "/urgence/": "'self'",
        "/ressources/": "'none'",
        "/": "'none'",
    }
    assert policies["/urgence/"]["connect-src"] == "'self'"


def test_the_worker_is_served_where_it_can_watch_this_page_alone(client):
    response = client.get("/urgence/sw.js")

    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-store" in response.headers["Cache-Control"]
    assert "Service-Worker-Allowed" not in response.headers
    assert policy_of(response)["connect-src"] == "'self'"


def test_what_is_kept_is_the_page_with_all_that_it_loads(client):
    page = client.get("/urgence/").text

    kept = told(client)

    styles = re.findall(r'<link rel="stylesheet"\s+href="([^"]+)"', page)
    scripts = re.findall(r'<script src="([^"]+)"', page)
    assert kept["page"] == "/urgence/"
    assert {*styles, *scripts, "/static/fonts/atkinson-latin.woff2", "/static/css/emergency.css"} <= {*kept["files"]}
    missing = [url for url in kept["files"] if not finders.find(url.removeprefix("/static/"))]
    assert missing == []


def test_the_logos_are_kept_too(client):
    Portal.objects.create(pk=1, logo="portal/a.png", cpts_logo="portal/b.png")

    logos = [url for url in told(client)["files"] if not url.startswith("/static/")]

    assert logos == [reverse("portal_logo", args=[which]) for which in ("cpts", "programme")]


def test_the_version_changes_with_what_the_page_says_and_not_otherwise(client):
    before, same = told(client)["version"], told(client)["version"]
    Portal.objects.create(pk=1, name="Le Phare")

    assert (same == before, told(client)["version"] == before) == (True, False)


def test_what_is_kept_is_the_same_whoever_is_signed_in(client):
    anonymous = client.get("/urgence/sw.js").text
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))

    assert client.get("/urgence/sw.js").text == anonymous
