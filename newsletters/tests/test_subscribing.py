"""Subscribing in two steps, choosing, leaving, coming back; by a link that mail scanners may open without harm."""

import re

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from activities.models import Registration
from activities.tests.factories import form_data, make_session
from cafe.logs import masked
from cafe.models import DeliveryState, Outgoing
from members.tests.factories import make_user
from newsletters.enums import NewsletterState
from newsletters.models import Departure, LetterDelivery, Newsletter, Subscriber
from newsletters.services.departures import departed
from newsletters.services.links import token_of
from newsletters.services.subscribing import ACCEPTED
from newsletters.tests.factories import make_subscriber
from newsletters.tests.subscribers import subscription_page, unsubscribe_page

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def subscribe(client, email, **more):
    return client.post("/lettres/abonnement/", {"email": email} | more)


def link_in(message):
    return re.search(r"https?://[^/\s]+(/lettres/\S+)", message.body)[1]


def make_delivery(newsletter, subscriber, **fields):
    fields = {"dedupe_key": f"letter:{newsletter.pk}:{subscriber.pk}", "not_before": timezone.now()} | fields
    return LetterDelivery.objects.create(
        newsletter=newsletter, subscriber=subscriber, to=subscriber.email, domain="cafe.example", **fields
    )


def make_sent_letter(**fields):
    now = timezone.now()
    sent = {"state": NewsletterState.SENDING, "scheduled_for": now, "started_at": now, "text": "Bonjour", "html": "x"}
    return Newsletter.objects.create(**{"slug": "rentree", "subject": "La rentrée"} | sent | fields)


# --- Subscribing ----------------------------------------------------------------------------------


def test_an_address_receives_nothing_until_whoever_reads_it_has_pressed_the_button(client, outbox):
    assert subscribe(client, " Louise@Cabinet.example ").url == "/lettres/abonnement/envoye/"
    link = link_in(outbox.deliver()[-1])

    opened = client.get(link)
    assert "Confirmer mon abonnement" in opened.content.decode()
    assert list(Subscriber.objects.active()) == []

    client.post(link, {"confirm": "1"})
    louise = Subscriber.objects.active().get()
    proof = (louise.email, louise.accepted, louise.origin, louise.asked_at <= louise.confirmed_at)
    assert proof == ("louise@cabinet.example", ACCEPTED, "site", True)
    assert "Ce que je souhaite lire" in client.get(link).content.decode()


def test_the_page_is_the_same_whether_the_address_is_new_pending_or_subscribed(client, outbox):
    make_subscriber(email="abonnee@cabinet.example")
    make_subscriber(email="attend@cabinet.example", state="pending")
    for name in ("nouvelle", "attend", "abonnee"):
        assert subscribe(client, f"{name}@cabinet.example").url == "/lettres/abonnement/envoye/"
    assert {mail.to: mail.subject for mail in outbox.rows} == {
        "nouvelle@cabinet.example": "Confirmez votre abonnement aux lettres d’information",
        "attend@cabinet.example": "Confirmez votre abonnement aux lettres d’information",
        "abonnee@cabinet.example": "Vous recevez déjà nos lettres d’information",
    }


def test_a_mailbox_is_written_to_once_an_hour_however_often_its_address_is_given(client, time_machine):
    time_machine.move_to("2026-03-03T12:15:00Z", tick=False)
    for _ in range(3):
        subscribe(client, "louise@cabinet.example")
    assert Outgoing.objects.count() == 1
    time_machine.move_to("2026-03-03T13:15:00Z", tick=False)
    subscribe(client, "louise@cabinet.example")
    assert Outgoing.objects.count() == 2


def test_a_machine_and_a_flood_leave_no_trace(client, monkeypatch):
    assert subscribe(client, "robot@cabinet.example", fax_reference="x").url == "/lettres/abonnement/envoye/"
    monkeypatch.setattr("newsletters.views.subscribing.PER_HOUR", 1)
    subscribe(client, "une@cabinet.example")
    refused = subscribe(client, "deux@cabinet.example")
    assert "Réessayez dans une heure" in refused.content.decode()
    assert list(Subscriber.objects.values_list("email", flat=True)) == ["une@cabinet.example"]


@pytest.mark.parametrize("typed", ["", "louise", "a\0@cabinet.example", "é" * 300 + "@cabinet.example"])
def test_an_address_that_is_none_is_said_to_be_so_and_kept_as_typed(client, typed):
    page = subscribe(client, typed)
    assert (page.status_code, Subscriber.objects.count()) == (200, 0)
    assert "Quelques points à corriger" in page.content.decode()


def test_registering_with_the_box_ticked_asks_to_confirm_and_without_it_does_not(client, outbox):
    session = make_session()
    client.post(session.get_absolute_url(), form_data(email="sans@cabinet.example"))
    client.post(session.get_absolute_url(), form_data(email="avec@cabinet.example", newsletter="on", commune="Lyon"))
    asked = Subscriber.objects.get()
    told = (asked.email, asked.state, asked.origin, asked.first_name, asked.profession, asked.commune)
    assert told == ("avec@cabinet.example", "pending", "registration", "Louise", "infirmier", "Lyon")
    assert "lettres d’information" in asked.accepted
    assert Registration.objects.count() == 2


def test_who_is_subscribed_already_and_ticks_the_box_gets_no_mail_about_it(client, outbox):
    make_subscriber(email="louise@cabinet.example", commune="Lyon")
    session = make_session()
    client.post(session.get_absolute_url(), form_data(email="Louise@cabinet.example", newsletter="on"))
    assert [mail.subject for mail in outbox.rows if "lettre" in mail.subject] == []
    assert Subscriber.objects.get().commune == "Lyon"


def test_an_account_subscribes_its_proved_address_with_one_button(client):
    client.force_login(make_user(email="louise@cabinet.example", commune="Lyon"))
    assert "louise@cabinet.example" in client.get("/lettres/mon-abonnement/").content.decode()
    assert Subscriber.objects.count() == 0
    client.post("/lettres/mon-abonnement/")
    mine = Subscriber.objects.get()
    told = (mine.email, mine.state, mine.origin, mine.commune)
    assert told == ("louise@cabinet.example", "active", "account", "Lyon")
    assert client.get("/lettres/mon-abonnement/").url == subscription_page(mine)


def test_an_account_without_a_proved_address_subscribes_nothing(client):
    client.force_login(make_user(verified=False))
    client.post("/lettres/mon-abonnement/")
    assert Subscriber.objects.count() == 0


# --- Choosing -------------------------------------------------------------------------------------


def test_choices_are_kept_and_count_as_a_sign_of_life(client, time_machine):
    subscriber = make_subscriber(last_sign_on="2020-01-01", asked_to_stay_on="2026-03-01")
    time_machine.move_to("2026-03-03T12:15:00Z", tick=False)
    chosen = {"prevention": "on", "frequency": "monthly", "first_name": "Louise", "profession": "infirmier"}
    client.post(subscription_page(subscriber), chosen)
    subscriber.refresh_from_db()
    topics = (subscriber.agenda, subscriber.prevention, subscriber.life, subscriber.frequency)
    assert topics == (False, True, False, "monthly")
    assert (subscriber.first_name, subscriber.profession) == ("Louise", "infirmier")
    assert (f"{subscriber.last_sign_on}", subscriber.asked_to_stay_on) == ("2026-03-03", None)


def test_no_topic_at_all_is_no_choice(client):
    subscriber = make_subscriber()
    page = client.post(subscription_page(subscriber), {"frequency": "each", "first_name": "Louise"})
    assert "Cochez au moins un sujet" in page.content.decode()
    assert 'value="Louise"' in page.content.decode()
    subscriber.refresh_from_db()
    assert (subscriber.agenda, subscriber.first_name) == (True, "")


def test_choices_do_not_confirm_an_address_that_was_not(client):
    subscriber = make_subscriber(state="pending")
    client.post(subscription_page(subscriber), {"agenda": "on", "frequency": "each"})
    subscriber.refresh_from_db()
    assert subscriber.state == "pending"


def test_an_address_that_was_refused_begins_anew_when_its_holder_says_so(client):
    subscriber = make_subscriber(state="suspended", bounce_score=5, bounced_on="2026-03-01")
    client.post(subscription_page(subscriber), {"confirm": "1"})
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.bounce_score, subscriber.bounced_on) == ("active", 0, None)


# --- Leaving --------------------------------------------------------------------------------------


def test_a_mail_program_unsubscribes_with_one_post_without_cookie_and_stops_what_waits():
    letter, subscriber, other = make_sent_letter(), make_subscriber(email="louise@cabinet.example"), make_subscriber()
    waiting = make_delivery(letter, subscriber)
    left = make_delivery(make_sent_letter(slug="ete"), subscriber, state=DeliveryState.SENT, finished_at=timezone.now())
    kept = make_delivery(letter, other)

    answer = Client(enforce_csrf_checks=True).post(unsubscribe_page(subscriber, letter), ONE_CLICK)

    assert (answer.status_code, answer.cookies.keys()) == (200, {}.keys())
    assert list(Subscriber.objects.all()) == [other]
    assert departed(["louise@cabinet.example", other.email]) == {"louise@cabinet.example"}
    assert Departure.objects.get().newsletter == letter
    for delivery in (waiting, left, kept):
        delivery.refresh_from_db()
    assert [waiting.state, left.state, kept.state] == ["failed", "sent", "pending"]
    assert (waiting.subscriber, left.subscriber, kept.subscriber) == (None, None, other)
    assert "louise" not in waiting.to + left.to


def test_a_scanner_that_follows_links_changes_nothing(client):
    subscriber = make_subscriber(state="pending"), make_subscriber(), make_subscriber(state="suspended")
    before = list(Subscriber.objects.order_by("pk").values())
    for one in subscriber:
        for page in (subscription_page(one), unsubscribe_page(one)):
            assert client.get(page).status_code == client.head(page).status_code == 200
    assert list(Subscriber.objects.order_by("pk").values()) == before


def test_leaving_twice_or_by_an_old_link_shows_a_calm_page(client):
    subscriber = make_subscriber()
    page, choices = unsubscribe_page(subscriber), subscription_page(subscriber)
    assert "C’est fait" in client.post(page).content.decode()
    for answer in (client.post(page), client.get(page), client.get(choices), client.post(choices, {"confirm": "1"})):
        assert (answer.status_code, "il n’y a rien à faire" in answer.content.decode()) == (200, True)
    assert Subscriber.objects.count() == 0


def test_a_forged_link_opens_nothing(client):
    subscriber = make_subscriber()
    forged = signing.Signer(salt="other", sep=".").sign(str(subscriber.pk))
    for token in (forged, token_of(subscriber)[:-1], "x", f"{subscriber.pk}."):
        assert client.get(f"/lettres/abonnement/{token}/").status_code == 404
        assert client.post(f"/lettres/desabonnement/{token}/", ONE_CLICK).status_code == 404
    assert Subscriber.objects.count() == 1


def test_no_link_that_opens_a_subscription_is_written_to_a_log():
    subscriber = make_subscriber()
    assert {masked(subscription_page(subscriber)), masked(unsubscribe_page(subscriber))} == {"/lettres/…"}


def sealed_in(page):
    return re.search(r'name="sealed" value="([^"]+)"', page.content.decode())[1]


def test_whoever_left_by_mistake_finds_everything_again_for_an_hour(client, time_machine):
    time_machine.move_to("2026-03-03T12:15:00Z", tick=False)
    subscriber = make_subscriber(email="louise@cabinet.example", life=False, frequency="monthly", cpts_member=True)
    names = ("email", "state", "life", "frequency", "cpts_member", "accepted", "asked_at", "confirmed_at")
    before = Subscriber.objects.values(*names).get()
    sealed = sealed_in(client.post(unsubscribe_page(subscriber)))
    assert "louise" not in sealed

    back = client.post("/lettres/desabonnement/annuler/", {"sealed": sealed})

    assert Subscriber.objects.values(*names).get() == before
    assert back.url == subscription_page(Subscriber.objects.get())
    assert Departure.objects.count() == 0

    Subscriber.objects.all().delete()
    time_machine.shift(3601)
    assert client.post("/lettres/desabonnement/annuler/", {"sealed": sealed}).url == "/lettres/abonnement/"
    assert Subscriber.objects.count() == 0


def test_who_asked_again_before_thinking_better_of_it_need_not_confirm(client):
    sealed = sealed_in(client.post(unsubscribe_page(make_subscriber(email="louise@cabinet.example", life=False))))
    subscribe(client, "louise@cabinet.example")
    client.post("/lettres/desabonnement/annuler/", {"sealed": sealed})
    assert Subscriber.objects.values_list("state", "life").get() == ("active", False)


def test_why_one_leaves_is_asked_afterwards_and_kept_without_a_name(client):
    sealed = sealed_in(client.post(unsubscribe_page(make_subscriber())))
    client.post("/lettres/desabonnement/pourquoi/", {"sealed": sealed, "reason": "Trop de courriels"})
    client.post("/lettres/desabonnement/pourquoi/", {"sealed": sealed, "reason": "autre chose"})
    client.post("/lettres/desabonnement/pourquoi/", {"sealed": "faux", "reason": "Autre raison"})
    assert Departure.objects.get().reason == "Trop de courriels"


def test_whoever_comes_back_by_herself_is_no_longer_among_those_who_left(client, outbox):
    client.post(unsubscribe_page(make_subscriber(email="louise@cabinet.example")))
    subscribe(client, "louise@cabinet.example")
    assert departed(["louise@cabinet.example"]) == {"louise@cabinet.example"}
    client.post(link_in(outbox.deliver()[-1]), {"confirm": "1"})
    assert departed(["louise@cabinet.example"]) == set()
