import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activities.models import Registration, Session
from activities.tests.factories import make_activity, make_place, make_session, sign_up
from members.enums import Role
from members.tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db
State = Session.State


def fill(session, count):
    """Register `count` people at once, in every state in turn, without their mails."""
    now = timezone.now()
    last = session.registrations.count()
    details = [
        {"state": "confirmed", "confirmed_at": now},
        {"state": "waiting"},
        {"state": "offered", "offer_ends_at": now + timedelta(days=1)},
        {"state": "cancelled", "cancelled_at": now, "cancel_reason": "person"},
    ]
    Registration.objects.bulk_create(
        Registration(
            session=session,
            number=last + index + 1,
            person_key=uuid.uuid4(),
            email=f"p{session.pk}-{last + index}@cafe.example",
            profession="infirmier",
            **details[index % 4],
        )
        for index in range(count)
    )


def statements(desk, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert desk.get(url).status_code == 200
    return len(captured)


# --- lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "/coordination/",
        "/coordination/seances/",
        "/coordination/seances/export.csv",
        "/coordination/seances/export.xlsx",
        "/coordination/seances/seance/",
        "/coordination/seances/seance/inscriptions.csv",
        "/coordination/seances/seance/modifier/",
    ],
)
def test_the_number_of_statements_does_not_grow_with_registrations(desk, url):
    session = make_session(slug="seance", hosts=[make_user(role=Role.TEAM)], capacity=300)
    desk.get(url)
    counts = []
    for count in (1, 2, 297):
        fill(session, count)
        counts.append(statements(desk, url))

    assert counts == [counts[0]] * 3


@pytest.mark.parametrize("url", ["/coordination/", "/coordination/seances/", "/coordination/activites/"])
def test_the_number_of_statements_does_not_grow_with_sessions(desk, url):
    counts = []
    for count in (1, 2, 22):
        for _ in range(count):
            fill(make_session(hosts=[make_user(role=Role.TEAM)]), 4)
            make_session(state=State.DRAFT)
        counts.append(statements(desk, url))

    assert counts == [counts[0]] * 3


def titles(response):
    return [session.activity.title for session in response.context["page_obj"]]


def test_sessions_are_searched_filtered_and_sorted(desk):
    host = make_user(role=Role.TEAM, last_name="Lecointre")
    make_session(activity=make_activity(title="Yoga"), place=make_place(name="Gymnase des Docks"))
    make_session(activity=make_activity(title="Boxe", kind="formation"), state=State.DRAFT, place=None)
    make_session(activity=make_activity(title="Pilates"), starts_in=timedelta(days=-3), hosts=[host])
    page = reverse("manage_sessions")

    assert titles(desk.get(page)) == ["Boxe", "Yoga", "Pilates"]
    assert titles(desk.get(page, {"q": "docks yoga"})) == ["Yoga"]
    assert titles(desk.get(page, {"q": "lecointre"})) == ["Pilates"]
    assert titles(desk.get(page, {"etat": "draft"})) == ["Boxe"]
    assert titles(desk.get(page, {"nature": "formation"})) == ["Boxe"]
    assert titles(desk.get(page, {"periode": "passees"})) == ["Pilates"]
    assert titles(desk.get(page, {"du": f"{timezone.localdate():%Y-%m-%d}", "tri": "activity__title"})) == [
        "Boxe",
        "Yoga",
    ]


@pytest.mark.parametrize(
    "query", ["?etat=x&nature=y&periode=z&du=hier&tri=pk", "?q=%00%E2%80%AE'%22%3Cscript%3E", "?q=" + "a" * 3000]
)
def test_a_senseless_filter_breaks_nothing(desk, query):
    assert desk.get(f"/coordination/seances/{query}").status_code == 200


def test_the_list_is_exported_as_it_is_filtered(desk):
    make_session(activity=make_activity(title="=Yoga"), fee=7)
    make_session(activity=make_activity(title="Boxe"), state=State.DRAFT)

    text = desk.get("/coordination/seances/export.csv?etat=published").content.decode("utf-8-sig")

    header, row = text.splitlines()
    assert header.startswith("Date;Activité;Nature;Lieu")
    assert row.split(";")[1] == "'=Yoga"
    assert row.split(";")[-1] == "7,00"


def test_registrations_are_exported_with_their_state(desk, outbox):
    session = make_session(capacity=1)
    sign_up(session, "premiere@cafe.example", remarks="@somme")
    sign_up(session, "seconde@cafe.example")

    url = reverse("manage_session_registrations", args=[session.slug, "csv"])
    rows = [line.split(";") for line in desk.get(url).content.decode("utf-8-sig").splitlines()]

    assert [(row[0], row[4]) for row in rows[1:]] == [
        ("Inscrit", "premiere@cafe.example"),
        ("En liste d’attente", "seconde@cafe.example"),
    ]
    assert rows[1][9] == "'@somme"


# --- the technician's admin -----------------------------------------------------------------------


@pytest.mark.parametrize("model", ["activity", "place", "facilitator", "session", "registration"])
def test_the_admin_lists_with_a_constant_number_of_statements(client, model):
    client.force_login(make_superuser())
    url = reverse(f"admin:activities_{model}_changelist")
    counts = []
    for count in (1, 2, 20):
        for _ in range(count):
            fill(make_session(), 1)
        counts.append(statements(client, url))

    assert counts == [counts[0]] * 3


def test_the_admin_changes_no_registration_and_shows_no_key(client, outbox):
    client.force_login(make_superuser())
    person = sign_up(make_session())
    url = reverse("admin:activities_registration_change", args=[person.pk])

    page, post = client.get(url), client.post(url, {"state": "cancelled"})

    assert person.link_key not in page.text
    assert post.status_code == 403
