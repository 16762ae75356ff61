"""Who came to a session: who may say so, when, and what becomes of it."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activities.models import Attendance, Hosting, Registration, Session
from activities.services.attendance import Tick, mark, people_at
from activities.services.retention import export
from activities.tests.factories import make_session, sign_up
from cafe import pdf
from cafe.models import Document
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
State = Session.State
LOUISE = {"first_name": "Louise", "last_name": "Petit", "profession": "infirmier"}


@pytest.fixture
def host():
    return make_user(role=Role.TEAM)


@pytest.fixture
def session(clock, host, outbox):
    """A session that begins in an hour: it may be marked. The clock stands still."""
    return make_session(starts_in=timedelta(hours=1), hosts=[host], capacity=14)


@pytest.fixture
def phone(client, host):
    client.force_login(host)
    return client


def page_of(session, name="attendance"):
    return reverse(name, args=[session.slug])


def send(client, session, *ticks):
    """Send ticks as the page does: (registration, presence, milliseconds ago)."""
    body = {"ticks": [{"id": one.pk, "presence": presence, "age": age} for one, presence, age in ticks]}
    return client.post(page_of(session, "attendance_ticks"), json.dumps(body), content_type="application/json")


def marks(session):
    return dict(Attendance.objects.filter(session=session).values_list("registration__last_name", "presence"))


def admit(session, count):
    last = session.registrations.count()
    Registration.objects.bulk_create(
        Registration(
            session=session,
            number=last + index + 1,
            state="confirmed",
            confirmed_at=timezone.now(),
            person_key=uuid.uuid4(),
            email=f"p{last + index}@cafe.example",
            **LOUISE | {"last_name": f"Petit {last + index}"},
        )
        for index in range(count)
    )


# --- who, and when --------------------------------------------------------------------------------


def test_the_hosts_of_the_session_and_the_coordination_may_mark_and_nobody_else(client, session, host):
    former = make_user()
    Hosting.objects.create(session=session, user=former, rank=2)
    people = {
        "host": host,
        "coordination": make_user(role=Role.COORDINATION, second_factor=True),
        "another of the team": make_user(role=Role.TEAM),
        "a host who left the team": former,
        "the board": make_user(role=Role.BOARD),
    }

    seen = {}
    for name, user in people.items():
        client.force_login(user)
        answers = [client.get(page_of(session)), send(client, session)]
        answers += [client.post(page_of(session, f"attendance_{act}")) for act in ("walk_in", "hold")]
        seen[name] = [answer.status_code for answer in answers]

    assert seen == {
        "host": [200, 200, 200, 302],
        "coordination": [200, 200, 200, 302],
        "another of the team": [404] * 4,
        "a host who left the team": [404] * 4,
        "the board": [404] * 4,
    }


@pytest.mark.parametrize(
    ("role", "after_end", "status"),
    [
        (Role.TEAM, timedelta(days=7), 200),
        (Role.TEAM, timedelta(days=7, minutes=1), 409),
        (Role.COORDINATION, timedelta(days=60), 200),
        (Role.COORDINATION, timedelta(days=60, minutes=1), 409),
    ],
)
def test_marking_ends_a_week_after_for_hosts_two_months_after_for_the_coordination(
    client, clock, role, after_end, status
):
    user = make_user(role=role, second_factor=True)
    session = make_session(hosts=[user])
    person = sign_up(session)
    clock.move_to(session.ends_at + after_end, tick=False)
    client.force_login(user)

    assert send(client, session, (person, "present", 0)).status_code == status
    assert Attendance.objects.exists() == (status == 200)
    assert ("La séance est trop ancienne" in client.get(page_of(session)).text) == (status == 409)


def test_marking_begins_two_hours_before(phone, outbox, clock, host):
    session = make_session(hosts=[host])
    person = sign_up(session)

    clock.move_to(session.starts_at - timedelta(hours=2, seconds=1), tick=False)
    early = send(phone, session, (person, "present", 0))
    clock.move_to(session.starts_at - timedelta(hours=2), tick=False)
    late = send(phone, session, (person, "present", 0))

    assert (early.status_code, late.status_code) == (409, 200)
    assert early.json()["sentence"].startswith("Les présences se notent à partir du ")


@pytest.mark.parametrize("state", [State.CANCELLED, State.DRAFT])
def test_a_session_that_is_cancelled_or_hidden_has_nobody_to_mark(client, session, state):
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    person = sign_up(session)
    Session.objects.filter(pk=session.pk).update(state=state)

    assert send(client, session, (person, "present", 0)).status_code == 409
    assert marks(session) == {}


# --- the plain form -------------------------------------------------------------------------------


def test_the_form_marks_everyone_with_one_button(phone, session):
    came, missed, sorry, silent = (sign_up(session, last_name=name) for name in ("Aubry", "Bloch", "Cohen", "Diallo"))
    choices = {f"p-{came.pk}": "present", f"p-{missed.pk}": "absent", f"p-{sorry.pk}": "excused"}

    page = phone.post(page_of(session), choices, follow=True)

    assert [str(message) for message in page.context["messages"]] == ["Les présences sont enregistrées."]
    assert marks(session) == {"Aubry": "present", "Bloch": "absent", "Cohen": "excused"}
    assert page.context["counts"] == {"present": 1, "absent": 1, "excused": 1, "unknown": 1}
    assert [person.last_name for person in page.context["people"]] == ["Aubry", "Bloch", "Cohen", "Diallo"]
    assert silent.attendances.count() == 0


def test_a_page_left_open_does_not_put_back_what_the_other_host_changed(phone, session):
    person, other = sign_up(session, last_name="Aubry"), sign_up(session, last_name="Bloch")
    send(phone, session, (person, "absent", 0))

    shown_before = {f"p-{person.pk}": "present", f"was-{person.pk}": "present", f"p-{other.pk}": "present"}
    phone.post(page_of(session), shown_before)

    assert marks(session) == {"Aubry": "absent", "Bloch": "present"}


def test_what_is_no_state_or_nobody_of_this_session_is_left_aside(phone, session):
    person, stranger = sign_up(session), sign_up(make_session())

    phone.post(page_of(session), {f"p-{person.pk}": "<b>", f"p-{stranger.pk}": "present", "p-x": "present"})

    assert Attendance.objects.count() == 0


# --- ticks as a phone sends them ------------------------------------------------------------------


def test_ticks_are_kept_with_who_decided_and_when_and_sending_them_again_changes_nothing(phone, session, host, clock):
    clock.move_to(session.starts_at, tick=False)
    first, second = sign_up_two(session)
    ticks = [(first, "present", 0), (second, "absent", 90_000)]

    answers = [send(phone, session, *ticks) for _ in range(2)]

    states = {str(first.pk): "present", str(second.pk): "absent"}
    assert [answer.json() for answer in answers] == [{"states": states}] * 2
    assert list(Attendance.objects.order_by("pk").values_list("registration", "marked_at", "marked_by")) == [
        (second.pk, session.starts_at - timedelta(seconds=90), host.pk),
        (first.pk, session.starts_at, host.pk),
    ]


def sign_up_two(session):
    admit(session, 2)
    return session.registrations.order_by("number")


def test_the_latest_decision_wins_whichever_host_s_arrives_last(phone, session, clock):
    other, second = Client(), make_user(role=Role.TEAM)
    Hosting.objects.create(session=session, user=second, rank=2)
    other.force_login(second)
    person = sign_up(session, last_name="Aubry")
    send(phone, session, (person, "present", 0))
    clock.shift(timedelta(minutes=5))

    send(other, session, (person, "absent", 10 * 60_000))
    older = marks(session)
    send(other, session, (person, "absent", 60_000), (person, "excused", 30_000), (person, "present", 120_000))

    assert older == {"Aubry": "present"}
    assert marks(session) == {"Aubry": "excused"}
    assert Attendance.objects.count() == 1


def test_a_host_who_corrects_herself_is_believed_even_if_her_first_tick_was_slow(phone, session):
    person = sign_up(session, last_name="Aubry")
    send(phone, session, (person, "present", 0))

    send(phone, session, (person, "absent", 300))

    assert marks(session) == {"Aubry": "absent"}


def test_two_hosts_at_once_see_each_other_s_marks_and_lose_none(session, host):
    second = make_user(role=Role.TEAM)
    Hosting.objects.create(session=session, user=second, rank=2)
    admit(session, 4)
    a, b, c, d = session.registrations.order_by("number")
    phones = []
    for user in (host, second):
        phones.append(Client())
        phones[-1].force_login(user)

    send(phones[0], session, (a, "present", 0), (b, "absent", 0))
    answer = send(phones[1], session, (c, "present", 0), (d, "present", 0))

    wanted = {str(a.pk): "present", str(b.pk): "absent", str(c.pk): "present", str(d.pk): "present"}
    assert answer.json()["states"] == wanted


@pytest.mark.parametrize("age", [-5_000, 10**30])
def test_a_moment_that_cannot_be_is_brought_back_to_one_that_can(phone, session, clock, age):
    person = sign_up(session, last_name="Aubry")

    assert send(phone, session, (person, "present", age)).status_code == 200

    [row] = Attendance.objects.all()
    assert timezone.now() - timedelta(days=7) <= row.marked_at <= timezone.now()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b'{"ticks": 3}',
        b'{"ticks": [3]}',
        b'{"ticks": ["x"]}',
        b'{"ticks": [{"id": "1", "presence": "present"}]}',
        b'{"ticks": [{"id": true, "presence": "present"}]}',
        b'{"ticks": [{"id": 1, "presence": "here"}]}',
        b'{"ticks": [{"id": 1, "presence": ["present"]}]}',
        b'{"ticks": [{"id": 1, "presence": "present", "age": NaN}]}',
        b'{"ticks": ' + b"[" * 100_000,
    ],
)
def test_what_is_no_list_of_ticks_is_refused(phone, session, body):
    response = phone.post(page_of(session, "attendance_ticks"), body, content_type="application/json")

    assert (response.status_code, response.json()) == (400, {"sentence": "Ces présences sont illisibles."})


def test_people_of_other_sessions_and_numbers_of_nobody_are_left_aside(phone, session):
    stranger = sign_up(make_session())
    nobody = Registration(pk=10**30)

    assert send(phone, session, (stranger, "present", 0), (nobody, "present", 0)).json() == {"states": {}}
    assert Attendance.objects.count() == 0


def test_ticks_without_the_page_s_token_are_refused(session, host):
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(host)

    assert send(guarded, session, (sign_up(session), "present", 0)).status_code == 403
    assert Attendance.objects.count() == 0


def test_whoever_was_marked_before_giving_up_the_place_stays_in_sight(phone, session):
    person = sign_up(session, last_name="Aubry")
    send(phone, session, (person, "excused", 0))
    Registration.objects.filter(pk=person.pk).update(
        state="cancelled", cancelled_at=timezone.now(), cancel_reason="person"
    )
    sign_up(session, last_name="Bloch")

    assert [(one.last_name, one.presence) for one in people_at(session)] == [("Aubry", "excused"), ("Bloch", None)]


# --- those who came without a place ---------------------------------------------------------------


def let_in(client, session, **fields):
    return client.post(page_of(session, "attendance_walk_in"), LOUISE | fields, follow=True)


def test_somebody_who_came_unannounced_is_added_present_without_a_mail(phone, session, outbox, host):
    page = let_in(phone, session, email=" Louise@Cabinet.example ")

    assert [str(message) for message in page.context["messages"]] == ["Louise Petit est dans la liste, et présent."]
    person = session.registrations.get()
    assert (person.state, person.walk_in, person.email, person.moved_by) == (
        "confirmed",
        True,
        "louise@cabinet.example",
        host,
    )
    assert marks(session) == {"Petit": "present"}
    assert outbox.rows == []


def test_an_extra_place_is_added_only_where_none_is_left(phone, host, outbox):
    session = make_session(starts_in=timedelta(hours=1), hosts=[host], capacity=2)
    sign_up(session)

    extra = []
    for name in ("Aubry", "Bloch", "Cohen"):
        let_in(phone, session, last_name=name)
        session.refresh_from_db()
        extra.append(session.extra_places)

    assert extra == [0, 1, 2]
    assert session.registrations.occupying().count() == session.places


def test_whoever_waited_gets_in_with_the_same_registration(phone, host, outbox):
    session = make_session(starts_in=timedelta(hours=1), hosts=[host], capacity=1)
    sign_up(session)
    waiting = sign_up(session, "noe@cafe.example", last_name="Durand")

    let_in(phone, session, email="noe@cafe.example")

    waiting.refresh_from_db()
    assert (waiting.state, waiting.walk_in, waiting.last_name) == ("confirmed", True, "Durand")
    assert session.registrations.count() == 2
    assert marks(session) == {"Durand": "present"}


def test_whoever_had_a_place_is_only_marked(phone, session):
    person = sign_up(session, "lea@cafe.example", last_name="Durand")

    let_in(phone, session, email="lea@cafe.example")

    person.refresh_from_db()
    assert (person.walk_in, session.registrations.count(), marks(session)) == (False, 1, {"Durand": "present"})


def test_pressing_twice_adds_once_and_people_without_address_count_each_as_one(phone, session):
    for first_name in ("Louise", "Louise", "Marie"):
        let_in(phone, session, first_name=first_name)

    people = session.registrations.values_list("first_name", "email", "person_key")
    assert [(first_name, email) for first_name, email, _ in people] == [("Louise", ""), ("Marie", "")]
    assert len({key for _, _, key in people}) == 2


def test_what_is_missing_is_said_and_what_was_typed_is_kept(phone, session):
    page = let_in(phone, session, last_name="", email="louise@")

    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"last_name", "email"}
    assert 'value="Louise"' in page.text
    assert session.registrations.count() == 0


# --- cycles, held sessions, counts ----------------------------------------------------------------


def test_in_a_cycle_each_session_has_its_own_attendance_of_the_same_people(phone, session, host):
    person = sign_up(session, last_name="Aubry")
    second = make_session(starts_in=timedelta(hours=1), hosts=[host], head=session)

    send(phone, session, (person, "present", 0))
    send(phone, second, (person, "absent", 0))
    let_in(phone, second, last_name="Bloch")

    assert (marks(session), marks(second)) == ({"Aubry": "present"}, {"Aubry": "absent", "Bloch": "present"})
    assert session.registrations.count() == 2
    assert second.registrations.count() == 0


def test_the_host_says_that_the_session_took_place_once_it_has_begun(phone, session, host, clock):
    url = page_of(session, "attendance_hold")
    early = phone.post(url, follow=True)
    clock.move_to(session.starts_at, tick=False)
    button = phone.get(page_of(session)).text
    phone.post(url)

    session.refresh_from_db()
    assert [str(message) for message in early.context["messages"]] == ["Cette séance n’a pas encore commencé."]
    assert "La séance a eu lieu" in button
    assert (session.state, session.moved_by) == ("held", host)


def test_the_host_finds_what_there_is_to_mark_among_her_evenings(phone, session, host, clock):
    make_session(starts_in=timedelta(hours=3), hosts=[host])
    make_session(starts_in=timedelta(hours=1), hosts=[make_user(role=Role.TEAM)])
    make_session(starts_in=timedelta(days=-8), hosts=[host])

    before = phone.get(reverse("team")).context["to_mark"]
    assert list(before) == [session]

    clock.move_to(session.ends_at, tick=False)
    phone.post(page_of(session, "attendance_hold"))
    assert session not in phone.get(reverse("team")).context["to_mark"]


@pytest.mark.parametrize("name", ["attendance", "evening"])
def test_the_number_of_statements_does_not_grow_with_people(phone, session, name):
    phone.get(page_of(session, name))
    counts = []
    for count in (1, 2, 297):
        admit(session, count)
        with CaptureQueriesContext(connection) as captured:
            assert phone.get(page_of(session, name)).status_code == 200
        counts.append(len(captured))

    assert counts == [counts[0]] * 3


def test_marking_three_hundred_people_takes_a_handful_of_statements(session, host):
    admit(session, 300)
    now = timezone.now()
    ticks = [Tick(pk, "present", now) for pk in session.registrations.values_list("pk", flat=True)]

    with CaptureQueriesContext(connection) as captured:
        mark(session=session, ticks=ticks, by=host)

    assert Attendance.objects.filter(session=session, presence="present").count() == 300
    assert len(captured) < 15


def test_one_s_attendance_is_part_of_one_s_data(phone, session):
    user = make_user()
    person = sign_up(session, user.email)
    send(phone, session, (person, "present", 0))

    assert [row["presence"] for row in export(user)] == [["Présent"]]


# --- certificates handed over ---------------------------------------------------------------------


def test_the_host_hands_over_the_certificate_of_somebody_without_an_address(phone, session, clock, host):
    let_in(phone, session)
    louise, other = session.registrations.get(), sign_up(session)
    url = reverse("attendance_certificate", args=[session.slug, louise.pk])
    early = phone.get(url, follow=True)
    clock.shift(timedelta(hours=4))

    page = phone.get(page_of(session))
    answer = phone.get(url)
    absent = phone.get(reverse("attendance_certificate", args=[session.slug, other.pk]), follow=True)

    document = Document.objects.get()
    assert (document.kind, document.requested_by, answer.url) == ("certificate", host, pdf.page_of(document))
    assert (page.context["certified"], url in page.text) == ([louise], True)
    sentence = "Il n’y a d’attestation que pour une personne notée présente, une fois la séance finie."
    assert [str(one) for shown in (early, absent) for one in shown.context["messages"]] == [sentence] * 2


def test_a_certificate_is_handed_over_by_the_hosts_of_its_session_and_the_coordination_alone(
    client, session, clock, host, coordinator
):
    client.force_login(host)
    let_in(client, session)
    louise, elsewhere = session.registrations.get(), make_session(hosts=[host])
    clock.shift(timedelta(hours=4))
    url = reverse("attendance_certificate", args=[session.slug, louise.pk])

    statuses = [client.get(reverse("attendance_certificate", args=[elsewhere.slug, louise.pk])).status_code]
    for user in (make_user(role=Role.TEAM), make_user(), make_user(role=Role.BOARD), coordinator):
        client.force_login(user)
        statuses.append(client.get(url).status_code)

    assert statuses == [404, 404, 404, 404, 302]
