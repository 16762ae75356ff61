"""A button pressed twice sends its form twice, at the same moment."""

from functools import partial

import pytest
from django.test import Client

from cafe.errors import Refusal
from members.enums import Role
from members.tests.factories import make_user
from resources.models import Commune, PreventionMessage, PreventionPage, Resource, ResourceReport
from resources.services.reports import propose_resource
from resources.services.sheets import create_sheet
from resources.tests.factories import make_commune, make_resource
from resources.tests.prevention import make_message, make_page
from resources.tests.racing import at_once, one_writer

TYPED = {"name": "Médiation", "kind": "service", "known": "used"}
TEXT = "Dormez bien cette nuit."


@pytest.mark.django_db
def test_a_message_and_a_commune_that_somebody_has_just_added_are_refused_with_a_sentence():
    make_message(TEXT)
    make_commune("Port-Sauvel")

    with pytest.raises(Refusal, match=r"Ce message est déjà dans la liste\."):
        make_message(TEXT)
    with pytest.raises(Refusal, match=r"Cette commune est déjà dans la liste\."):
        make_commune("Port Sauvel")
    assert (PreventionMessage.objects.count(), Commune.objects.count()) == (1, 1)


def sentences(answers):
    return sorted(str(answer) for answer in answers if isinstance(answer, Exception))


@one_writer
@pytest.mark.django_db(transaction=True)
def test_a_proposal_is_kept_once():
    make_resource()
    send = partial(propose_resource, values=TYPED, message="Elle reçoit vite.")

    answers = at_once(*[send] * 4)

    assert {answer.pk for answer in answers} == {ResourceReport.objects.get().pk}


@one_writer
@pytest.mark.django_db(transaction=True)
def test_sheets_and_pages_of_the_same_name_take_an_address_each():
    make_resource()
    make_page()
    add_sheet = partial(create_sheet, values={"name": "Médiation", "kind": "service", "remote": True})
    add_page = partial(make_page, title="Dormir")

    answers = at_once(add_sheet, add_sheet, add_page, add_page)

    assert sentences(answers) == []
    kept = Resource.objects.filter(name="Médiation"), PreventionPage.objects.filter(title="Dormir")
    assert [sorted(rows.values_list("slug", flat=True)) for rows in kept] == [
        ["mediation", "mediation-2"], ["dormir", "dormir-2"],
    ]  # fmt: skip


@one_writer
@pytest.mark.django_db(transaction=True)
def test_messages_and_communes_of_the_same_name_are_kept_once():
    add_message, add_commune = partial(make_message, TEXT), partial(make_commune, "Port-Sauvel")

    answers = at_once(add_message, add_message, add_commune, add_commune)

    assert sentences(answers) == ["Ce message est déjà dans la liste.", "Cette commune est déjà dans la liste."]
    assert (PreventionMessage.objects.count(), Commune.objects.count()) == (1, 1)


@one_writer
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("address", "typed", "kept"),
    [
        ("messages", {"text": TEXT, "tags": "", "published": "on"}, PreventionMessage),
        ("communes", {"name": "Port-Sauvel", "latitude": "49,5", "longitude": "0,1"}, Commune),
    ],
)
def test_the_second_form_finds_what_the_first_has_added(address, typed, kept):
    user = make_user(role=Role.COORDINATION, second_factor=True)
    desks = [Client(), Client(), Client()]
    for desk in desks:
        desk.force_login(user)

    answers = at_once(*[partial(desk.post, f"/coordination/ressources/{address}/ajouter/", typed) for desk in desks])

    assert sorted(answer.status_code for answer in answers) == [200, 200, 302]
    assert ["déjà dans la liste" in answer.text for answer in answers if answer.status_code == 200] == [True, True]
    assert kept.objects.count() == 1
