"""The portal's own pages: what they say, what they cost, what they may load."""

import json
import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activities.tests.factories import make_activity, make_place, make_session, sign_up
from cafe import views
from cafe.celery import app
from cafe.models import Outgoing, Portal
from cafe.tests.factories import letter
from members.enums import Role
from members.tests.factories import make_user

WAY_OUT = "https://meteofrance.com/"  # a link of the listening pages: nothing is loaded from it
PUBLIC = ["home", "emergency", "contact", "listening", "resources", "legal", "privacy", "accessibility"]
HELPLINES = ["15", "112", "3114", "114", "0805 23 23 36", "0608 282 589", "0800 288 038", "3919"]

pytestmark = pytest.mark.django_db


def words(response):
    """What a page says, without its tags, spaces made plain."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(text).split())


def read(client, name, *args):
    return words(client.get(reverse(name, args=args)))


def identity(**fields):
    return Portal.objects.update_or_create(pk=1, defaults=fields)[0]


# --- Home ---------------------------------------------------------------------------------------------


def test_home_gives_the_promise_then_the_four_ways_in(client):
    page = client.get("/").content.decode()

    assert re.findall(r"<h1>(.*?)</h1>", page) == ["Prendre soin de soi, entre soignants."]
    ways = re.search(r'<section class="ways".*?</section>', page, re.DOTALL)[0]
    assert re.findall(r"<h2>(.*?)</h2>", ways) == [
        "Continuer à aller bien",
        "Se former, veiller",
        "Un temps d’écoute",
        "Trouver une ressource",
    ]
    assert re.findall(r'<a(?: class="[^"]+")? href="([^"]+)"', ways) == [
        "/activites/",
        "/activites/?nature=formation",
        "/ecoute/",
        "/ressources/",
    ]
    assert re.findall(r'btn-primary"[^>]*>(.*?)</a>', page) == ["Demander un entretien"]


def test_home_shows_the_next_three_sessions_with_their_places(client):
    place = make_place(name="Gymnase des Docks")
    titles = ["Boxe douce", "Hypnose", "Pilates", "Tai-chi"]
    for week, title in enumerate(titles, start=1):
        make_session(activity=make_activity(title=title), place=place, starts_in=timedelta(weeks=week), capacity=2)
    make_session(activity=make_activity(title="Brouillon de yoga"), state="draft", starts_in=timedelta(days=1))

    page = client.get("/").content.decode()

    rows = re.findall(r'<li class="sess">.*?</li>', page, re.DOTALL)
    assert [re.search(r"<h3><a[^>]*>(.*?)</a>", row)[1] for row in rows] == titles[:3]
    assert ["Gymnase des Docks · gratuit" in row and "Il reste 2 places" in row for row in rows] == [True] * 3


@pytest.mark.parametrize(
    ("capacity", "taken", "said"),
    [(9, 1, "8 places"), (3, 1, "Il reste 2 places"), (2, 1, "Il reste 1 place"), (1, 1, "Liste d’attente")],
)
def test_places_left_are_said_in_words(client, capacity, taken, said):
    session = make_session(capacity=capacity)
    for _ in range(taken):
        sign_up(session)

    assert re.findall(r'<span class="pill[^"]*">(.*?)</span>', client.get("/").content.decode()) == [said]


def test_home_without_a_session_says_what_comes_next(client):
    assert "Le prochain rendez-vous se prépare." in read(client, "home")


def test_home_costs_the_same_whatever_the_number_of_sessions_and_registrations(client):
    costs = []
    for registrations in (1, 3, 8):
        session = make_session(capacity=2)
        for _ in range(registrations):
            sign_up(session)
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        costs.append(len(queries))
    assert costs == [3, 3, 3]


def test_a_signed_in_person_costs_the_roles_and_the_account_more(client):
    make_session()
    client.force_login(make_user())
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert len([query for query in queries if "auth_group" in query["sql"]]) == 1


# --- Every page ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_stands_alone(client, name):
    response = client.get(reverse(name))

    page = response.content.decode()
    loaded = re.findall(r'(?:src|href|action)="((?:https?:)?//[^"]+)"', page)
    assert (response.status_code, {*loaded} - {WAY_OUT}, sorted(client.cookies)) == (200, set(), [])
    assert page.count("<h1") == page.count("</h1>") == 1
    assert " · Café des Soignants</title>" in page
    assert re.findall(r'class="urgent".*?href="([^"]+)".*?href="([^"]+)".*?href="([^"]+)"', page, re.DOTALL) == [
        ("tel:15", "tel:3114", "/urgence/")
    ]


def test_headers_forbid_whatever_is_not_ours(client):
    headers = client.get("/").headers

    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    names = ["X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"]
    assert [headers[name] for name in names] == ["nosniff", "DENY", "same-origin", "same-origin"]


def test_only_the_two_cookies(client):
    user = make_user(role=Role.COORDINATION, second_factor=True)
    client.force_login(user)
    client.get(reverse("portal_identity"))
    assert sorted(client.cookies) == ["csrftoken", "sessionid"]


def test_nothing_vendored_calls_outside(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    paths = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    sheets = list((settings.BASE_DIR / "static").rglob("*.css"))
    outside = [
        (path.name, url)
        for path in sheets
        for url in re.findall(r"url\(\s*[\"']?([^\"')]+)", path.read_text())
        if urlsplit(url).scheme not in {"", "data"}
    ]
    assert (outside, "css/theme.css" in paths, "fonts/fraunces-latin.woff2" in paths) == ([], True, True)


def test_navigation_marks_where_one_is(client):
    page = client.get(reverse("listening")).content.decode()
    assert re.findall(r'<a href="([^"]+)" aria-current="(\w+)"', page) == [("/ecoute/", "page")] * 2


def test_navigation_offers_the_coordination_to_those_who_have_the_role(client):
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    page = client.get("/").content.decode()
    header = re.search(r'<nav class="nav-wide".*?</nav>', page, re.DOTALL)[0]
    assert re.findall(r">([^<>]+)</a>", header) == ["Activités", "Écoute", "Ressources", "Coordination", "Mon espace"]


# --- What the pages say -------------------------------------------------------------------------------


def test_every_helpline_can_be_called_in_one_touch(client):
    page = client.get("/urgence/").content.decode()
    numbers = re.findall(r'class="tel" href="(?:tel|sms):([^"]+)">(.*?)</a>', page)
    assert [unescape(shown).replace("\xa0", " ") for _, shown in numbers] == HELPLINES
    assert {dialled for dialled, _ in numbers} >= {"15", "3114", "+33805232336", "+33608282589", "+33800288038"}


def test_contact_gives_two_addresses_and_who_reads_each(client):
    identity(contact_email="bureau@cpts.example", confidential_contact="ecoute@pairs.example")
    page = client.get("/contact/").content.decode()
    assert re.findall(r'href="mailto:([^"]+)"', page) == ["bureau@cpts.example", "ecoute@pairs.example"]
    assert "Seuls les pairs écoutants lisent ces messages." in read(client, "contact")


def test_without_a_confidential_address_contact_warns_and_gives_a_number(client):
    said = read(client, "contact")
    assert "ne confiez rien de personnel au contact général" in said
    assert "0805 23 23 36" in said


def test_legal_pages_speak_for_this_cpts(client):
    identity(
        cpts="CPTS des Dunes",
        address="3 quai Neuf",
        publisher="Jeanne Roux, présidente",
        host_provider="Hébergement Clair, Lille",
        contact_email="bureau@dunes.example",
    )
    legal, privacy, access = (read(client, name) for name in ("legal", "privacy", "accessibility"))
    assert [part in legal for part in ("CPTS des Dunes", "3 quai Neuf", "Jeanne Roux", "Hébergement Clair")] == [
        True
    ] * 4
    assert [part in privacy for part in ("CPTS des Dunes", "24 mois", "trois ans", "Six mois", "CNIL")] == [True] * 5
    assert [part in access for part in ("partiellement conforme", "bureau@dunes.example", "2026")] == [True] * 3


def test_names_given_by_the_coordination_are_never_markup(client):
    identity(name="<b>Café</b>", cpts='"><script>x</script>')
    page = client.get("/").content.decode()
    assert ("<script" in page, "<b>Café" in page) == (False, False)


# --- Confidential contact -----------------------------------------------------------------------------


def test_the_referent_sets_the_confidential_contact(client):
    identity(name="Café d’ici", contact_email="bureau@cpts.example")
    client.force_login(make_user(role=Role.CELL_REFERENT, second_factor=True))

    response = client.post(
        "/contact/confidentiel/", {"confidential_contact": " ecoute@pairs.example\u202e"}, follow=True
    )

    portal = Portal.load()
    assert (portal.confidential_contact, portal.name) == ("ecoute@pairs.example", "Café d’ici")
    assert "Le contact confidentiel est enregistré." in words(response)
    assert Outgoing.objects.count() == 0


def test_the_confidential_contact_is_never_the_general_one(client):
    identity(contact_email="bureau@cpts.example", confidential_contact="ecoute@pairs.example")
    client.force_login(make_user(role=Role.CELL_REFERENT, second_factor=True))

    response = client.post("/contact/confidentiel/", {"confidential_contact": "Bureau@CPTS.example"})

    assert "C’est l’adresse du contact général" in words(response)
    assert Portal.load().confidential_contact == "ecoute@pairs.example"


# --- Errors -------------------------------------------------------------------------------------------


def test_an_unknown_address_says_where_to_go_on(client):
    response = client.get("/n-existe-pas/")
    assert (response.status_code, "Cette page n’est pas là" in words(response)) == (404, True)


def test_an_expired_form_tells_what_to_do():
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("account_login"), {"login": "x"})
    said = words(response)
    assert (response.status_code, "Ce formulaire a expiré" in said, "Revenez à la page précédente" in said) == (
        403,
        True,
        True,
    )


def failing_with(error):
    try:
        raise error
    except type(error):
        return views.server_error(RequestFactory().get("/"))


def test_a_breakdown_is_told_without_touching_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        response = failing_with(RuntimeError())
    assert (response.status_code, "Une panne, de notre côté" in words(response)) == (500, True)


def test_a_database_that_does_not_answer_is_a_pause():
    response = failing_with(OperationalError())
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "De retour dans un instant" in words(response)


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_the_last_pages_need_no_context_and_load_only_what_exists(name, settings):
    page = render_to_string(name)
    loaded = re.findall(r'"/static/([^"]+)"', page)
    assert [(settings.BASE_DIR / "static" / path).exists() for path in loaded] == [True] * 6
    assert "tel:3114" in page


def test_too_much_text_at_once_is_refused_in_french(client):
    response = client.post(reverse("account_login"), {"login": "x" * 3_000_000})
    assert (response.status_code, "Cet envoi n’est pas passé" in words(response)) == (400, True)


# --- For machines -------------------------------------------------------------------------------------


def test_robots_are_kept_from_personal_pages(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain"
    assert "Disallow: /inscription/" in response.content.decode().splitlines()


def test_health_tells_the_outbox_and_the_broker(client):
    letter(1)
    letter(2)
    Outgoing.objects.filter(to="soignante2@exemple.fr").update(not_before=timezone.now() - timedelta(minutes=5))

    reading = client.get("/sante").json()

    oldest = reading["outbox"].pop("oldest_pending_seconds")
    assert reading == {
        "database": "ok",
        "outbox": {"pending": 2, "claimed": 0, "sent": 0, "failed": 0, "unknown": 0},
        "broker": "ok",
    }
    assert 300 <= oldest < 330


def test_health_says_that_the_broker_is_down_and_stays_up(client, monkeypatch):
    monkeypatch.setitem(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    response = client.get("/sante")
    assert (response.status_code, response.json()["broker"]) == (200, "down")
