"""Whatever is typed: a French error, nothing lost, never a 500."""

import pytest

from activities.links import registration_path
from activities.models import Registration
from activities.tests.factories import form_data, make_session, sign_up

pytestmark = pytest.mark.django_db
RIGHT_TO_LEFT = "\u202e"


def errors(response):
    return response.content.decode().split("<main", 1)[1]


def test_ten_megabytes_are_refused_in_french(client):
    session = make_session()

    response = client.post(session.get_absolute_url(), form_data(remarks="x" * 10_000_000))

    assert response.status_code in {400, 413}
    assert 'lang="fr"' in response.content.decode()
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("first_name", "x" * 81, "80 caractères"),
        ("remarks", "x" * 1001, "1000 caractères"),
        ("first_name", "Lou\x00ise", "nul"),
        ("email", "louise", "adresse"),
        ("email", "lou\r\nBcc: tous@cafe.example", "adresse"),
        ("profession", "astronaute", "choix"),
        ("gender", "42", "choix"),
        ("last_name", "   ", "obligatoire"),
        ("email", "", "obligatoire"),
    ],
)
def test_a_wrong_value_gets_a_french_error_and_keeps_the_rest(client, field, value, words):
    session = make_session()

    response = client.post(session.get_absolute_url(), form_data(phone="02 35 11 22 33") | {field: value})

    page = errors(response)
    assert response.status_code == 200
    assert words in page
    assert 'value="02 35 11 22 33"' in page
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f"Lou{RIGHT_TO_LEFT}ise", "Louise"),
        ("Louise\r\nBcc: tous@cafe.example", "LouiseBcc: tous@cafe.example"),
        ("Zoé 🌿", "Zoé 🌿"),
        ("👩‍⚕️ Anne", "👩‍⚕️ Anne"),
        ("O’Brien-Łukasz", "O’Brien-Łukasz"),
        ("<b>Lou</b>", "<b>Lou</b>"),
        ("{{ 7|add:7 }}", "{{ 7|add:7 }}"),
    ],
)
def test_odd_names_are_kept_without_what_could_turn_a_page_or_a_header(client, outbox, typed, kept):
    session = make_session()

    client.post(session.get_absolute_url(), form_data(first_name=typed))

    assert Registration.objects.get().first_name == kept
    [message] = outbox.deliver()
    assert set(message.message().keys()) & {"Bcc", "Cc"} == set()
    assert "<b>Lou</b>" not in outbox.rows[0].html


@pytest.mark.parametrize(
    "data",
    [{}, {"first_name": ["a", "b"], "cpts_member": ["on", "off"]}, {"cpts_member": "peut-être", "commitment": "42"}],
)
def test_missing_doubled_or_mistyped_fields_never_break_the_page(client, data):
    response = client.post(make_session().get_absolute_url(), data)

    assert response.status_code == 200
    assert "obligatoire" in errors(response)


def test_a_broken_multipart_body_is_answered_not_crashed(client):
    url = make_session().get_absolute_url()

    response = client.post(url, b"--x\r\nnonsense", content_type="multipart/form-data; boundary=x")

    assert response.status_code in {200, 400}


@pytest.mark.parametrize("verb", ["", "annuler/", "changer/"])
def test_a_link_cut_short_by_a_mail_reader_says_so(client, outbox, verb):
    path = registration_path(sign_up(make_session()))

    response = client.get(f"{path[:-8]}/{verb}")

    assert response.status_code == 404


@pytest.mark.parametrize("query", ["?page=0", "?page=abc", "?page=99999", "?page=%00", "?nature=%F0%9F%8C%BF"])
def test_odd_queries_never_break_the_agenda(client, query):
    assert client.get(f"/activites/{query}").status_code in {200, 404}
