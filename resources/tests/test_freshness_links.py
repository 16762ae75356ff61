"""What a resource does by the link of its mail, and what it cannot."""

import json
from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from cafe.errors import Refusal
from resources import todo
from resources.enums import ChangeKind, ChangeOrigin, ResourceState, Verification
from resources.freshness_links import LINK_LIFE, opened, sheet_link_path
from resources.models import Resource, ResourceReport
from resources.services import sheets, verifying
from resources.tests.factories import make_resource
from resources.views import freshness as pages

pytestmark = pytest.mark.django_db


def token_of(resource):
    resource.refresh_from_db()
    return sheet_link_path(resource).split("/")[3]


def address(resource, step=""):
    return reverse(f"sheet_link{step}", args=[token_of(resource)])


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def form_data(resource, **fields):
    """Return what a browser posts from the page of corrections."""
    shown = {name: getattr(resource, name) for name in verifying.CORRECTABLE}
    shown["priority_access"] = "on" if resource.priority_access else ""
    return shown | {"seen": json.dumps(shown | {"priority_access": resource.priority_access}), "word": ""} | fields


def history(resource):
    return [(one.kind, one.origin, one.by, one.fields) for one in resource.changes.order_by("pk")[1:]]


def test_a_scanner_that_follows_every_link_changes_nothing(client):
    one = make_resource(email="port@cafe.example")
    before = Resource.objects.values().get(pk=one.pk)

    answers = [client.get(address(one, step)).status_code for step in ("", "_confirm", "_correct", "_leave", "_again")]

    assert answers == [200, 405, 200, 200, 405]
    assert client.head(address(one)).status_code == 200
    assert (Resource.objects.values().get(pk=one.pk), one.changes.count()) == (before, 1)


def test_one_click_confirms_and_a_second_one_adds_nothing(client):
    one = make_resource(name="Médiation")
    assert "Tout est juste" in client.get(address(one)).content.decode()

    for _ in range(2):
        response = client.post(address(one, "_confirm"), follow=True)

    assert ("C’est noté, merci" in response.content.decode(), "Tout est juste" in response.content.decode()) == (
        True,
        False,
    )
    one.refresh_from_db()
    assert (one.verified_on, one.verification, one.verified_by) == (timezone.localdate(), Verification.ITSELF, None)
    assert [change[:3] for change in history(one)] == [(ChangeKind.VERIFIED, ChangeOrigin.ITSELF, None)]


def test_a_correction_shows_at_once_is_kept_and_told_to_the_coordination(client, desk):
    one = make_resource(name="Médiation", commune="Port-Sauvel", latitude=49.5, longitude=0.1)
    sent = form_data(one, phone="02 61 91 00 99", commune="Montclaret", hours="Le mardi")

    response = client.post(address(one, "_correct"), sent)

    assert told(response) == ["Vos corrections sont enregistrées : la fiche les montre déjà."]
    assert "02 61 91 00 99" in client.get(one.get_absolute_url()).content.decode()
    edited, verified = history(one)
    assert edited == (
        ChangeKind.EDITED,
        ChangeOrigin.ITSELF,
        None,
        {
            "phone": ["02 61 91 00 20", "02 61 91 00 99"],
            "hours": ["", "Le mardi"],
            "commune": ["Port-Sauvel", "Montclaret"],
            "latitude": [49.5, None],
            "longitude": [0.1, None],
        },
    )
    assert verified[:2] == (ChangeKind.VERIFIED, ChangeOrigin.ITSELF)
    sentence = "« Médiation » a corrigé sa fiche : téléphone, horaires, commune."
    assert [line.sentence for line in todo.lines()] == [sentence]
    desk.post(reverse("stale_resource_verify", args=[one.slug]))
    assert todo.lines() == []


def test_a_resource_changes_neither_what_is_said_of_it_nor_who_reads_it(client):
    one = make_resource(name="Médiation", visibility="account", alert_note="Fermé en août")
    more = {
        "name": "Autre", "summary": "Le meilleur.", "visibility": "public", "state": "draft", "alert_note": "",
        "verification_email": "autre@cafe.example", "contact_agreed_on": "2026-01-01",
    }  # fmt: skip

    client.post(address(one, "_correct"), form_data(one, **more))

    assert [kind for kind, _, _, _ in history(one)] == [ChangeKind.VERIFIED]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"phone": ""}, "Laissez au moins un moyen de vous joindre."),
        ({"postcode": "7660"}, "Cinq chiffres."),
        ({"email": "pas une adresse"}, "Saisissez une adresse"),
        ({"website": "pas un site"}, "Saisissez une URL valide."),
        ({"delay": "x" * 121}, "121"),
        ({"hours": "a\x00b"}, "caractère nul"),
        ({"cost": "autre"}, "autre"),
        ({"word": "x" * 1501}, "1501"),
    ],
)
def test_a_correction_that_is_refused_keeps_what_was_typed(client, fields, sentence):
    one = make_resource()

    response = client.post(address(one, "_correct"), form_data(one, accessibility="Deux marches", **fields))

    text = response.content.decode()
    assert (response.status_code, sentence in text, "Deux marches" in text) == (200, True, True)
    assert (history(one), ResourceReport.objects.count()) == ([], 0)


def test_a_page_that_stayed_open_does_not_undo_what_the_coordination_wrote_meanwhile(client):
    one = make_resource(hours="Le lundi", delay="Un mois", own_access="Appelez.\nDites votre nom.")
    page = client.get(address(one, "_correct")).context["form"]
    sent = {name: page[name].value() or "" for name in (*verifying.CORRECTABLE, "seen")} | {"delay": "Une semaine"}
    sheets.update_sheet(resource=one, values={"hours": "Le mardi", "delay": "Deux mois"})

    client.post(address(one, "_correct"), sent | {"own_access": "Appelez.\r\nDites votre nom."})

    assert history(one)[1][3] == {"delay": ["Deux mois", "Une semaine"]}
    one.refresh_from_db()
    assert (one.hours, one.delay) == ("Le mardi", "Une semaine")


@pytest.mark.parametrize("seen", ["", "[]", "{", "null", '{"phone": 3}'])
def test_a_page_whose_memory_was_tampered_with_is_compared_with_the_sheet(client, seen):
    one = make_resource()

    client.post(address(one, "_correct"), form_data(one, hours="Le mardi", seen=seen))

    assert history(one)[0][3] == {"hours": ["", "Le mardi"]}


def test_a_page_sent_as_it_was_opened_confirms_the_sheet(client):
    one = make_resource()

    response = client.post(address(one, "_correct"), form_data(one))

    assert told(response) == ["Rien à corriger : la fiche est confirmée."]
    assert [kind for kind, _, _, _ in history(one)] == [ChangeKind.VERIFIED]


def test_a_word_for_the_coordination_joins_the_reports(client):
    one = make_resource(verification_email="greffe@cafe.example")

    client.post(address(one, "_correct"), form_data(one, word="Nous changeons de nom."))

    assert list(ResourceReport.objects.values_list("kind", "resource", "message", "email", "fields__wrong")) == [
        ("error", one.pk, "De la ressource, par son lien. Nous changeons de nom.", "greffe@cafe.example", "other")
    ]


def test_asking_to_leave_tells_once_changes_nothing_and_ends_the_mails(client, outbox, time_machine):
    one = make_resource(email="port@cafe.example")
    for _ in range(2):
        response = client.post(address(one, "_leave"), {"word": "Retraite."})

    one.refresh_from_db()
    assert told(response)[-1] == "Votre demande est transmise à la coordination, qui retirera la fiche."
    assert (one.state, one.changes.count()) == (ResourceState.PUBLISHED, 1)
    assert [report.message for report in one.reports.all()] == [
        "De la ressource, par son lien. Elle demande à ne plus figurer dans l’annuaire. « Retraite. »"
    ]
    time_machine.move_to(timezone.now() + timedelta(days=300), tick=False)
    assert (verifying.ask_due(), outbox.rows) == (0, [])


def test_a_request_ends_the_link_before_it_and_the_old_page_offers_a_new_one(client, outbox, time_machine):
    time_machine.move_to(date(2026, 1, 5), tick=False)
    one = make_resource(verification_email="greffe@cafe.example")
    old = address(one)
    verifying.ask(resource=one)
    time_machine.move_to(date(2026, 1, 6), tick=False)

    page = client.get(old).content.decode()
    refused = client.post(f"{old}confirmer/").content.decode()
    answer = client.post(f"{old}nouveau-lien/")

    assert ["Ce lien ne fonctionne plus" in text for text in (page, refused)] == [True, True]
    assert ("greffe@cafe.example" in page, told(answer)[-1]) == (
        False,
        "Un nouveau lien vient de partir à l’adresse que nous avons pour cette fiche.",
    )
    assert [row.to for row in outbox.rows] == ["greffe@cafe.example"] * 2
    one.refresh_from_db()
    assert (one.verified_on, opened(token_of(one)).usable) == (None, True)
    again = client.post(f"{old}nouveau-lien/")
    assert (told(again)[-1], len(outbox.rows)) == (verifying.ASKED_TODAY, 2)


def test_a_link_works_for_four_months_and_survives_a_confirmation(client, time_machine):
    time_machine.move_to(date(2026, 1, 5), tick=False)
    one = make_resource()
    token = token_of(one)
    verifying.confirm(resource=one)

    usable = []
    for days in (LINK_LIFE.days - 1, LINK_LIFE.days + 1):
        time_machine.move_to(date(2026, 1, 5) + timedelta(days=days), tick=False)
        usable.append(opened(token).usable)

    assert usable == [True, False]


@pytest.mark.parametrize("token", ["x", "1.abc", "1.abc:1:x", "%00", "é" * 300])
def test_a_forged_link_leads_nowhere(client, token):
    make_resource(pk=1)

    steps = ("", "confirmer/", "corriger/", "retirer/", "nouveau-lien/")

    assert {client.post(f"/ressources/verifier/{token}/{step}").status_code for step in steps} <= {404, 405}


@pytest.mark.parametrize("state", [ResourceState.ARCHIVED, ResourceState.DRAFT, ResourceState.SUGGESTION])
def test_a_sheet_put_away_has_nothing_to_verify(client, state):
    one = make_resource(state=state, email="port@cafe.example")

    text = client.post(address(one, "_confirm")).content.decode()

    assert ("n’est plus dans l’annuaire" in text, one.changes.count()) == (True, 1)
    with pytest.raises(Refusal, match="ne figure plus"):
        verifying.confirm(resource=one)


def test_a_suspended_sheet_may_be_confirmed_and_says_that_it_is_aside(client):
    one = make_resource(state=ResourceState.SUSPENDED)

    response = client.post(address(one, "_confirm"), follow=True)

    one.refresh_from_db()
    assert ("Cette fiche est suspendue pour le moment" in response.content.decode(), one.state, one.verification) == (
        True,
        ResourceState.SUSPENDED,
        Verification.ITSELF,
    )


def test_too_many_tries_from_one_place_are_refused(client):
    one = make_resource()
    for _ in range(30):
        client.post(address(one, "_confirm"))

    response = client.post(address(one, "_correct"), form_data(one, hours="Le mardi"))

    assert "Trop d’envois viennent de cette connexion." in response.content.decode()
    one.refresh_from_db()
    assert one.hours == ""


@pytest.mark.parametrize("step", ["_confirm", "_leave"])
def test_too_many_confirmations_and_requests_are_refused_too(client, step, monkeypatch):
    one = make_resource()
    monkeypatch.setattr(pages, "PER_HOUR", 0)

    response = client.post(address(one, step), {"word": "Je pars."})

    one.refresh_from_db()
    assert (told(response), one.verified_on, one.reports.count()) == ([pages.TOO_MANY], None, 0)


def test_a_word_that_is_too_long_stays_on_the_page(client):
    one, word = make_resource(), "a" * 1501

    response = client.post(address(one, "_leave"), {"word": word})

    assert [said in response.text for said in (word, "comporte au plus 1500")] == [True, True]
    assert ResourceReport.objects.count() == 0


def test_the_link_of_a_sheet_that_was_deleted_leads_nowhere(client):
    one = make_resource()
    link = address(one)
    one.delete()

    assert client.get(link).status_code == 404
