"""What is forgotten by time, given back to a person, and erased at her wish."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from activities.models import Registration
from activities.tests.factories import make_session, sign_up
from members.personal_data import erase_all, export_all
from members.tests.factories import make_user
from newsletters.models import Departure, LetterDelivery, Subscriber
from newsletters.services.departures import departed
from newsletters.services.leaving import leave
from newsletters.services.retention import purge
from newsletters.tests.factories import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
LONG_AGO = NOW.date() - timedelta(days=1096)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def emails():
    return set(Subscriber.objects.values_list("email", flat=True))


def test_an_address_never_confirmed_is_kept_thirty_days():
    make_subscriber(email="attend@cafe.example", state="pending", asked_at=NOW - 29 * DAY)
    make_subscriber(email="oubliee@cafe.example", state="pending", asked_at=NOW - 31 * DAY)
    make_subscriber(email="abonnee@cafe.example", asked_at=NOW - 31 * DAY)
    purge(NOW, dry_run=False)
    assert emails() == {"attend@cafe.example", "abonnee@cafe.example"}


def test_after_three_years_of_silence_one_is_asked_once_then_forgotten_thirty_days_later(clock, outbox):
    make_subscriber(email="silencieuse@cafe.example", last_sign_on=LONG_AGO)
    make_subscriber(email="recente@cafe.example", last_sign_on=LONG_AGO + 40 * DAY)
    for days in (0, 1, 29):
        clock.move_to(NOW + days * DAY, tick=False)
        purge(timezone.now(), dry_run=False)
    assert [mail.to for mail in outbox.rows] == ["silencieuse@cafe.example"]
    assert "jeudi 2 avril 2026" in outbox.rows[0].text
    clock.move_to(NOW + 30 * DAY, tick=False)
    purge(timezone.now(), dry_run=False)
    assert emails() == {"recente@cafe.example"}
    assert departed(["silencieuse@cafe.example"]) == set()


def test_who_answers_that_she_stays_is_left_in_peace(client, clock, outbox):
    make_subscriber(email="fidele@cafe.example", last_sign_on=LONG_AGO)
    purge(NOW, dry_run=False)
    link = outbox.rows[0].text.split("http://localhost:8000")[1].split()[0]
    assert "Continuer à les recevoir" in client.get(link).content.decode()
    client.post(link, {"confirm": "1"})
    for days in (1, 31):
        clock.move_to(NOW + days * DAY, tick=False)
        purge(timezone.now(), dry_run=False)
    assert (emails(), len(outbox.rows)) == ({"fidele@cafe.example"}, 1)


def test_registering_to_a_session_and_signing_in_are_signs_of_life():
    for name in ("inscrite", "connectee", "silencieuse"):
        make_subscriber(email=f"{name}@cafe.example", last_sign_on=LONG_AGO, asked_to_stay_on=NOW.date() - 40 * DAY)
    sign_up(make_session(), email="inscrite@cafe.example")
    Registration.objects.update(created_at=NOW - 10 * DAY)
    make_user(email="connectee@cafe.example", last_login=NOW - 2 * DAY)
    purge(NOW, dry_run=False)
    seen = {one.email: (f"{one.last_sign_on}", one.asked_to_stay_on) for one in Subscriber.objects.all()}
    assert seen == {
        "inscrite@cafe.example": ("2026-02-21", None),
        "connectee@cafe.example": ("2026-03-01", None),
    }


def test_a_mailbox_that_refuses_and_is_silent_for_three_years_is_forgotten_without_being_asked(outbox):
    make_subscriber(email="refuse@cafe.example", state="suspended", last_sign_on=LONG_AGO)
    purge(NOW, dry_run=False)
    assert (emails(), [mail.to for mail in outbox.rows if "rester" in mail.subject]) == (set(), [])


def test_a_dry_run_says_the_same_and_changes_nothing(outbox):
    make_subscriber(email="silencieuse@cafe.example", last_sign_on=LONG_AGO)
    make_subscriber(email="oubliee@cafe.example", state="pending", asked_at=NOW - 31 * DAY)
    said = purge(NOW, dry_run=True)
    assert (emails(), outbox.rows) == ({"silencieuse@cafe.example", "oubliee@cafe.example"}, [])
    assert purge(NOW, dry_run=False) == said
    assert "Abonnements jamais confirmés, supprimés après 30 jours : 1." in said


def test_why_one_left_is_forgotten_after_two_years_and_that_one_left_is_not(clock):
    leave(pk=make_subscriber(email="partie@cafe.example").pk)
    Departure.objects.update(reason="Trop de courriels")
    clock.move_to(NOW + 731 * DAY, tick=False)
    purge(timezone.now(), dry_run=False)
    assert Departure.objects.get().reason == ""
    assert departed(["partie@cafe.example"]) == {"partie@cafe.example"}


def test_a_letter_that_was_leaving_while_its_reader_left_loses_her_address_in_the_night():
    letter = make_newsletter()
    sent = {"state": "sent", "finished_at": NOW, "not_before": NOW, "domain": "cafe.example"}
    for number, subscriber in enumerate((None, make_subscriber())):
        LetterDelivery.objects.create(
            newsletter=letter, subscriber=subscriber, to=f"lue{number}@cafe.example", dedupe_key=f"k{number}", **sent
        )
    purge(NOW, dry_run=False)
    assert [("lue" in one.to) for one in LetterDelivery.objects.order_by("dedupe_key")] == [False, True]


def test_an_account_takes_its_subscription_along_and_erases_it():
    user = make_user(email="louise@cafe.example")
    make_subscriber(email="louise@cafe.example", accepted="Oui à la lettre", life=False)
    make_subscriber(email="autre@cafe.example")
    [told] = export_all(user)["lettres d’information"]
    assert (told["email"], told["accepte"], told["life"]) == ("louise@cafe.example", "Oui à la lettre", False)
    erase_all(user)
    assert emails() == {"autre@cafe.example"}
    assert departed(["louise@cafe.example"]) == {"louise@cafe.example"}
