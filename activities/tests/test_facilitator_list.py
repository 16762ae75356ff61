"""The list that leaves to the facilitator the day before, as a PDF."""

import base64
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pypdf import PdfReader

from activities.models import Session
from activities.services import planning
from activities.services.facilitators import send_lists
from activities.tests.factories import make_activity, make_facilitator, make_session, sign_up

pytestmark = pytest.mark.django_db
PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")


def led(starts_at=None, **fields):
    fields.setdefault("facilitator", make_facilitator(email="dominique@cafe.example"))
    session = make_session(**fields)
    if starts_at:
        session.starts_at = starts_at
        session.save(update_fields=["starts_at"])
    return session


def lists(outbox):
    return [row for row in outbox.rows if ":list:" in row.dedupe_key]


@pytest.mark.parametrize(
    ("zone", "starts_at"),
    [
        (PARIS, datetime(2026, 3, 29, 10, tzinfo=PARIS)),  # after a night of 23 hours
        (PARIS, datetime(2026, 10, 26, 0, 30, tzinfo=PARIS)),  # the day before has 25
        (REUNION, datetime(2026, 6, 2, 1, tzinfo=REUNION)),  # still the day before in UTC
    ],
)
def test_the_list_leaves_once_the_day_before_on_the_portal_s_calendar(zone, starts_at, outbox, clock):
    with timezone.override(zone):
        clock.move_to(starts_at - timedelta(days=12))
        session = led(starts_at)
        moment, left = (starts_at - timedelta(days=3)).astimezone(UTC), []
        while moment < starts_at.astimezone(UTC) + timedelta(hours=3):
            clock.move_to(moment, tick=False)
            left += [timezone.localtime()] * send_lists()
            moment += timedelta(hours=1)

        due = session.starts_at.astimezone(zone).date() - timedelta(days=1)
        assert [(one.date(), one.hour) for one in left] == [(due, 9)]


def test_the_pdf_names_people_and_professions_and_nothing_else(outbox, clock):
    session = led(activity=make_activity(title="Yoga doux"), fee=10, capacity=14)
    sign_up(session, "zoe@cafe.example", first_name="Zoé", last_name="Aubry", phone="0612345678", remarks="Asthme")
    sign_up(session, "abel@cafe.example", first_name="Abel", last_name="Nguyên", profession="sage-femme")
    clock.move_to(session.starts_at - timedelta(hours=3), tick=False)

    assert send_lists() == 1

    [row] = lists(outbox)
    [part] = row.attachments
    assert (part["name"], part["type"]) == ("liste-des-inscrits.pdf", "application/pdf")
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(base64.b64decode(part["content"]))).pages)
    people = ("Zoé Aubry", "Infirmier, infirmière", "Abel Nguyên", "Sage-femme")
    for words in ("Yoga doux", "2 personnes inscrites", *people):
        assert words in text
    assert "20\u00a0€" in text
    for hidden in ("@cafe.example", "0612345678", "Asthme"):
        assert hidden not in text
    assert "/intervenant/" in row.text
    assert row.carries_token


def test_each_session_has_its_list_and_only_those_that_can_be_sent(outbox, clock):
    soon = timedelta(hours=30)
    first, second = led(starts_in=soon), led(starts_in=soon)
    led(starts_in=soon, facilitator=make_facilitator())
    led(starts_in=soon, facilitator=None)
    led(starts_in=soon, state=Session.State.CANCELLED)
    led(starts_in=soon, state=Session.State.DRAFT)
    led(starts_in=timedelta(days=4))
    clock.move_to(first.starts_at - timedelta(hours=10), tick=False)

    assert (send_lists(), send_lists()) == (2, 0)
    assert {row.dedupe_key.split(":")[1] for row in lists(outbox)} == {str(first.pk), str(second.pk)}


def test_a_facilitator_found_at_the_last_moment_gets_the_list_and_a_moved_session_sends_it_again(outbox, clock):
    session = led(starts_in=timedelta(days=5))
    clock.move_to(session.starts_at - timedelta(hours=8), tick=False)
    send_lists()
    planning.update_session(
        session=session, values={"facilitator": make_facilitator(name="Sacha", email="sacha@cafe.example")}
    )
    send_lists()
    planning.update_session(session=session, values={"starts_at": session.starts_at + timedelta(days=7)})
    clock.move_to(session.starts_at + timedelta(days=7, hours=-8), tick=False)
    send_lists()

    assert [row.to for row in lists(outbox)] == ["dominique@cafe.example", "sacha@cafe.example", "sacha@cafe.example"]


def test_in_a_cycle_the_list_is_that_of_those_registered_to_the_whole(outbox, clock):
    first = led(starts_in=timedelta(days=2))
    sign_up(first, first_name="Zoé", last_name="Aubry")
    second = led(starts_in=timedelta(days=9), head=first)
    clock.move_to(second.starts_at - timedelta(hours=8), tick=False)

    send_lists()

    [row] = lists(outbox)
    [part] = row.attachments
    assert "Zoé Aubry" in PdfReader(BytesIO(base64.b64decode(part["content"]))).pages[0].extract_text()
