"""A session moves or is cancelled: who is told, what calendars are sent, who says that she still comes."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from activities.links import registration_path
from activities.models import Registration
from activities.services import planning
from activities.services.reconfirming import call_again, confirm_again, second_call_due
from activities.services.registering import cancel_registration
from activities.tests.factories import make_facilitator, make_place, make_session, sign_up
from cafe.errors import Refusal
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db


def values(session, **changed):
    return {name: getattr(session, name) for name in (*planning.COPIED, "starts_at", "extra_places")} | changed


def move(session, **changed):
    """Change a session as the coordination does; return it as it then is."""
    session.refresh_from_db()
    planning.update_session(session=session, values=values(session, **changed))
    session.refresh_from_db()
    return session


def later(session, **delta):
    return move(session, starts_at=session.starts_at + timedelta(**(delta or {"days": 7})))


def kinds(outbox):
    """Return (kind of mail, recipient) of each row, by its key."""
    return [(row.dedupe_key.split(":")[2], row.to) for row in outbox.rows]


def event_of(row):
    """Return (method, event) of the calendar that a mail carries, or None."""
    if not row.attachments:
        return None
    [part] = row.attachments
    calendar = Calendar.from_ical(base64.b64decode(part["content"]))
    [event] = calendar.walk("VEVENT")
    assert part["type"] == f"text/calendar; method={calendar['method']}"
    return str(calendar["method"]), event


def reconfirming(registration):
    registration.refresh_from_db()
    return registration.reconfirmation


# --- calendars ------------------------------------------------------------------------------------


def test_each_change_is_a_higher_version_of_the_same_event_and_a_cancellation_withdraws_it(outbox):
    session = make_session(starts_in=timedelta(days=30))
    person = sign_up(session)
    later(session)
    move(session, place=make_place())
    move(session, note="Entrée par la cour.")
    planning.cancel_session(session=session, by=None)

    sent = [event_of(row) for row in outbox.rows]

    assert len({str(event["uid"]) for _, event in sent}) == 1
    assert [(method, event["sequence"], str(event["status"])) for method, event in sent] == [
        ("PUBLISH", 0, "CONFIRMED"),
        ("PUBLISH", 1, "CONFIRMED"),
        ("PUBLISH", 2, "CONFIRMED"),
        ("CANCEL", 3, "CANCELLED"),
    ]
    session.refresh_from_db()
    assert sent[1][1]["dtstart"].dt == session.starts_at.replace(microsecond=0)
    # RFC 5546: what is published names its organizer and no attendee; a cancellation names whom it is for.
    assert [("organizer" in event, str(event.get("attendee", ""))) for _, event in sent] == [
        *[(True, "")] * 3,
        (True, f"mailto:{person.email}"),
    ]


def test_who_gives_up_her_place_is_sent_what_clears_her_calendar_and_who_waited_is_not(outbox):
    session = make_session(capacity=1)
    placed, waiting = sign_up(session), sign_up(session)
    cancel_registration(registration=waiting)
    cancel_registration(registration=placed)

    first, last = [row for row in outbox.rows if row.dedupe_key.endswith(":cancelled")]

    method, event = event_of(last)
    assert (first.attachments, method, str(event["status"]), event["sequence"]) == ([], "CANCEL", "CANCELLED", 1)
    assert (str(event["uid"]), str(event["attendee"])) == (
        str(event_of(outbox.rows[0])[1]["uid"]), f"mailto:{placed.email}"
    )  # fmt: skip


def test_the_public_calendar_carries_the_version_of_the_session(client):
    session = make_session()

    versions = []
    for _ in range(2):
        [event] = Calendar.from_ical(client.get("/activites/agenda.ics").content).walk("VEVENT")
        versions.append(event["sequence"])
        later(session)

    assert versions == [0, 1]


def test_a_draft_that_nobody_has_in_a_calendar_keeps_its_version():
    session = make_session(state="draft")

    assert later(session).sequence == 0


# --- who is told ----------------------------------------------------------------------------------


def test_a_move_tells_everybody_and_asks_those_who_have_a_place(outbox):
    host = make_user(role=Role.TEAM)
    facilitator = make_facilitator(email="animatrice@cafe.example")
    session = make_session(capacity=1, hosts=[host], facilitator=facilitator)
    placed, waiting = sign_up(session), sign_up(session)
    before = len(outbox.rows)

    later(session)

    told = {row.to: row for row in outbox.rows[before:]}
    assert set(told) == {host.email, facilitator.email, placed.email, waiting.email}
    assert "Dites-nous si vous venez toujours" in told[placed.email].text
    assert "Vous gardez votre rang" in told[waiting.email].text
    assert "Une séance que vous accueillez a changé" in told[host.email].text
    assert "La séance que vous animez a changé" in told[facilitator.email].text
    assert {to for to, row in told.items() if event_of(row)} == {host.email, facilitator.email, placed.email}
    assert [reconfirming(one) for one in (placed, waiting)] == ["Sans réponse", ""]
    assert [one.state for one in session.registrations.order_by("number")] == ["confirmed", "waiting"]


def test_another_place_alone_is_told_and_nobody_is_asked_again(outbox):
    session = make_session()
    person = sign_up(session)

    move(session, place=make_place(name="Gymnase des Docks"))

    assert reconfirming(person) == ""
    assert "Vous gardez votre place." in outbox.rows[-1].text


def test_a_cancellation_tells_those_who_wait_the_hosts_and_the_facilitator(outbox):
    host = make_user(role=Role.TEAM)
    session = make_session(capacity=1, hosts=[host], facilitator=make_facilitator(email="animatrice@cafe.example"))
    placed, waiting = sign_up(session), sign_up(session)
    before = len(outbox.rows)

    _, told = planning.cancel_session(session=session, message="Salle inondée.", by=None)

    written = {row.to: event_of(row) for row in outbox.rows[before:]}
    assert told == 2
    assert {to: event and event[0] for to, event in written.items()} == {
        host.email: "CANCEL",
        "animatrice@cafe.example": "CANCEL",
        placed.email: "CANCEL",
        waiting.email: None,
    }
    assert all("Salle inondée." in row.text for row in outbox.rows[before:])


# --- « Venez-vous toujours ? » --------------------------------------------------------------------


def test_one_click_says_that_one_still_comes(client, outbox):
    session = make_session()
    person = sign_up(session)
    later(session)
    path = registration_path(person)

    asked = client.get(path).content.decode()
    answered = client.post(f"{path}je-viens/", follow=True).content.decode()

    assert ("Je viens toujours" in asked, "Je ne peux plus" in asked) == (True, True)
    assert "Je viens toujours" not in answered
    assert reconfirming(person) == "Vient toujours"


def test_one_click_says_that_one_no_longer_can_and_the_place_is_offered(client, outbox):
    session = make_session(capacity=1)
    person, waiting = sign_up(session), sign_up(session)
    later(session)

    client.post(f"{registration_path(person)}annuler/")

    states = [one.state for one in session.registrations.order_by("number")]
    assert states == ["cancelled", "offered"]
    assert waiting.email == outbox.rows[-1].to


def test_moving_again_asks_again(outbox):
    session = make_session()
    person = sign_up(session)
    later(session)
    confirm_again(registration=person)

    later(session, hours=1)

    assert reconfirming(person) == "Sans réponse"


def test_whoever_has_no_place_or_comes_too_late_is_told_so(outbox):
    session = make_session(capacity=1)
    person, waiting = sign_up(session), sign_up(session)
    cancel_registration(registration=person)
    past = sign_up(make_session())
    type(session).objects.filter(pk=past.session_id).update(starts_at=timezone.now() - timedelta(hours=1))

    sentences = []
    for one in (waiting, past):
        with pytest.raises(Refusal) as refusal:
            confirm_again(registration=one)
        sentences.append(refusal.value.sentence)

    assert sentences == [
        "Cette inscription n’a plus de place à confirmer.",
        "La séance a commencé : l’inscription ne peut plus être changée ici.",
    ]


@pytest.mark.parametrize(
    ("asked", "starts", "due"),
    [
        (datetime(2026, 3, 3, 12), datetime(2026, 3, 20, 19), datetime(2026, 3, 6, 12)),  # three days after
        (datetime(2026, 3, 3, 12), datetime(2026, 3, 7, 19), datetime(2026, 3, 5, 8)),  # two days before, 9 in Paris
        (datetime(2026, 3, 3, 12), datetime(2026, 3, 5, 19), datetime(2026, 3, 4, 12)),  # never within a day
    ],
)
def test_when_somebody_who_has_not_answered_is_asked_once_more(asked, starts, due):
    moments = [moment.replace(tzinfo=UTC) for moment in (asked, starts, due)]

    assert second_call_due(asked_at=moments[0], starts_at=moments[1]) == moments[2]


def test_only_the_silent_are_asked_once_more_and_once_only(outbox, clock):
    session = make_session(starts_in=timedelta(days=20))
    silent, answered, gone = sign_up(session), sign_up(session), sign_up(session)
    later(session)
    confirm_again(registration=answered)
    cancel_registration(registration=gone)

    written = []
    for _ in range(4):
        written.append((call_again(), call_again()))
        clock.shift(timedelta(days=1))

    assert written == [(0, 0), (0, 0), (0, 0), (1, 0)]
    assert kinds(outbox)[-1] == ("reconfirm", silent.email)


def test_the_coordination_sees_who_has_answered_and_notes_what_she_is_told(desk, outbox):
    session = make_session()
    first, second = sign_up(session), sign_up(session)
    later(session)
    confirm_again(registration=first)
    url = f"/coordination/seances/{session.slug}/"

    before = desk.get(url).content.decode()
    awaited = desk.get(f"{url}inscriptions/?reconfirme=attendue").context["page_obj"].object_list
    desk.post(f"{url}inscriptions/{second.pk}/reconfirmer/")
    after = desk.get(url).content.decode()

    assert "1 sur 2 vient toujours" in before
    assert list(awaited) == [second]
    assert "2 sur 2 viennent toujours" in after
    assert Registration.objects.filter(to_reconfirm=True).count() == 0
