"""The coordination's list of sheets to verify."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from resources.enums import ChangeOrigin, ResourceState, Verification
from resources.services import sheets, verifying
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db


def aged_sheet(days, **fields):
    on = timezone.localdate() - timedelta(days=days)
    return make_resource(verified_on=on, verification="coordination", **fields)


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Bientôt", "Nécessaire", "Conseillée"]),
        ("?etat=conseillee", ["Conseillée"]),
        ("?etat=necessaire", ["Nécessaire"]),
        ("?etat=bientot-suspendue", ["Bientôt"]),
        ("?etat=suspendues", ["Suspendue"]),
        ("?etat=corrigees", ["Corrigée"]),
        ("?etat=n-importe-quoi", ["Bientôt", "Nécessaire", "Conseillée"]),
    ],
)
def test_the_list_shows_the_oldest_first_and_filters(desk, query, expected):
    aged_sheet(190, name="Conseillée")
    aged_sheet(300, name="Nécessaire")
    aged_sheet(700, name="Bientôt")
    aged_sheet(10, name="À jour")
    aged_sheet(300, name="Brouillon", state=ResourceState.DRAFT)
    sheets.suspend_sheet(resource=aged_sheet(800, name="Suspendue"), origin=ChangeOrigin.PORTAL)
    corrected = aged_sheet(20, name="Corrigée")
    verifying.correct(resource=corrected, values={"hours": "Le mardi"})

    response = desk.get(reverse("stale_resources") + query)

    assert [one.name for one in response.context["object_list"]] == expected


def test_one_click_verifies_and_comes_back_to_the_same_list(desk, coordinator):
    one = aged_sheet(300, name="Médiation")

    response = desk.post(reverse("stale_resource_verify", args=[one.slug]) + "?etat=necessaire&page=2")

    assert response.headers["Location"] == reverse("stale_resources") + "?etat=necessaire&page=2"
    one.refresh_from_db()
    assert (one.verified_on, one.verification, one.verified_by) == (
        timezone.localdate(),
        Verification.COORDINATION,
        coordinator,
    )
    assert told(response) == ["« Médiation » est vérifiée d’aujourd’hui."]


@pytest.mark.parametrize(
    ("name", "back"),
    [
        ("stale_resource_ask", "/coordination/ressources/a-verifier/?"),
        ("manage_resource_ask", "/coordination/ressources/fiches/mediation/"),
    ],
)
def test_a_resource_is_asked_by_hand_once_a_day(desk, outbox, name, back):
    one = aged_sheet(10, name="Médiation", email="port@cafe.example")

    answers = [desk.post(reverse(name, args=[one.slug])) for _ in range(2)]

    assert told(answers[1]) == [
        "La demande part à « Médiation », avec un lien pour répondre.",
        verifying.ASKED_TODAY,
    ]
    assert answers[0].headers["Location"] == back
    assert [row.to for row in outbox.rows] == ["port@cafe.example"]


def test_a_sheet_without_an_address_shows_its_number_and_no_button_to_ask(desk):
    aged_sheet(300, phone="3114")

    text = desk.get(reverse("stale_resources")).content.decode()

    assert ('href="tel:3114"' in text, "Demander à la ressource" in text) == (True, False)


@pytest.mark.parametrize(("days", "warned"), [(800, True), (100, False)])
def test_a_sheet_suspended_for_its_age_says_that_publishing_alone_would_not_last(desk, days, warned):
    one = aged_sheet(days, state=ResourceState.SUSPENDED)

    text = desk.get(reverse("manage_resource", args=[one.slug])).text

    assert ("Personne ne l’a vérifiée depuis deux ans" in text) is warned


def test_an_empty_list_says_that_all_is_well(desk):
    text = desk.get(reverse("stale_resources")).content.decode()

    assert "Il n’y a rien à faire." in text


def test_the_list_costs_the_same_for_one_sheet_and_for_a_page_of_them(desk):
    costs, made = [], 0
    for wanted in (1, 3, 60):
        for _ in range(wanted - made):
            aged_sheet(300, email="port@cafe.example")
        made = wanted
        with CaptureQueriesContext(connection) as queries:
            desk.get(reverse("stale_resources"))
        costs.append(len(queries))

    assert len(set(costs)) == 1
