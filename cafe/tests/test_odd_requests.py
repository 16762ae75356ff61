"""What browsers, link previews and calendar programs may ask of lists and files: never a 500, never a 405 to a HEAD."""

import pytest
from django.urls import reverse

from activities.tests.factories import make_session, sign_up
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
MANY_WORDS = "a " * 1500  # more conditions than SQLite reads in one statement


def sign_in(client, role):
    client.force_login(make_user(role=role, second_factor=True))


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (Role.COORDINATION, "manage_sessions"),
        (Role.COORDINATION, "manage_registrations"),
        (Role.COORDINATION, "manage_places"),
        (Role.COORDINATION, "manage_resources"),
        (Role.COORDINATION, "survey_list"),
        (Role.COORDINATION, "letter_list"),
        (Role.COORDINATION, "subscriber_list"),
        (Role.TEAM, "team_proposals"),
        (Role.TEAM, "resources"),
    ],
)
def test_a_whole_text_pasted_in_a_search_field_never_breaks_the_list(client, role, name):
    session = sign_up(make_session()).session
    sign_in(client, role)
    url = reverse(name, args=[session.slug] if name == "manage_registrations" else [])

    assert [client.get(url, {"q": q}).status_code for q in (MANY_WORDS, "a " * 99, "\x00")] == [200, 200, 200]


@pytest.mark.parametrize(
    "address", ["/activites/agenda.ics", "/activites/{slug}/agenda.ics", "/coordination/seances/export.csv"]
)
def test_a_file_answers_to_head_as_to_get(client, address):
    session = make_session()
    sign_in(client, Role.COORDINATION)
    url = reverse("session_ics", args=[session.slug]) if "{slug}" in address else address

    head, get = client.head(url), client.get(url)

    assert (head.status_code, head.headers["Content-Type"]) == (200, get.headers["Content-Type"])
    assert head.content == b""


def test_a_calendar_address_that_is_no_key_leads_nowhere(client):
    assert client.get("/equipe/agenda/%00.ics").status_code == 404
