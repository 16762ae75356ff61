from datetime import date

import pytest
from django.db import IntegrityError, transaction

from cafe.errors import Refusal
from resources.enums import AreaKind, ChangeKind, ChangeOrigin, ResourceState, Verification
from resources.models import Resource
from resources.services import sheets
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db


def history(resource):
    """Return the changes, oldest first: (kind, origin, who, fields)."""
    return [(one.kind, one.origin, one.by, one.fields) for one in resource.changes.order_by("pk")]


def test_a_sheet_begins_as_a_draft_with_its_own_address_and_a_history(coordinator):
    values = {"name": "L’Écoute du port", "kind": "service", "remote": True}

    one = sheets.create_sheet(values=values, needs=["entraide--ecoute", "inconnu"], by=coordinator)
    other = sheets.create_sheet(values=values)

    assert (one.slug, other.slug, one.state) == ("l-ecoute-du-port", "l-ecoute-du-port-2", ResourceState.DRAFT)
    assert [row.need for row in one.needs.all()] == ["entraide--ecoute"]
    assert history(one) == [(ChangeKind.CREATED, ChangeOrigin.COORDINATION, coordinator, {})]


def test_a_name_that_is_an_address_of_the_directory_gets_a_number():
    assert make_resource(name="Livret").slug == "livret-2"


def test_a_change_keeps_before_and_after_and_only_what_differs(coordinator):
    one = make_resource(name="Médiation", needs=["droit--avocat"], phone="02 61 91 00 20")
    values = {"name": "Médiation", "phone": "02 61 91 00 21", "charter_signed_on": date(2026, 1, 5)}

    sheets.update_sheet(resource=one, values=values, needs=["droit--ordre", "droit--avocat"], by=coordinator)

    assert history(one)[1:] == [
        (
            ChangeKind.EDITED,
            ChangeOrigin.COORDINATION,
            coordinator,
            {
                "phone": ["02 61 91 00 20", "02 61 91 00 21"],
                "charter_signed_on": [None, "2026-01-05"],
                "needs": [["droit--avocat"], ["droit--avocat", "droit--ordre"]],
            },
        )
    ]


def test_saving_what_is_there_already_writes_nothing():
    one = make_resource(needs=["droit--ordre", "droit--avocat"])

    kept, changed = sheets.update_sheet(
        resource=one, values={"phone": one.phone}, needs=["droit--avocat", "droit--ordre"]
    )

    assert (changed, kept.updated_at, one.changes.count()) == ({}, one.updated_at, 1)


def test_a_sheet_moves_from_state_to_state_and_every_move_is_kept(coordinator):
    one = make_resource(state=ResourceState.SUGGESTION)

    for service in (sheets.publish_sheet, sheets.suspend_sheet, sheets.publish_sheet, sheets.archive_sheet):
        service(resource=one, by=coordinator)

    assert [(kind, fields["state"]) for kind, _, _, fields in history(one)[1:]] == [
        (ChangeKind.PUBLISHED, ["suggestion", "published"]),
        (ChangeKind.SUSPENDED, ["published", "suspended"]),
        (ChangeKind.PUBLISHED, ["suspended", "published"]),
        (ChangeKind.ARCHIVED, ["published", "archived"]),
    ]


@pytest.mark.parametrize(
    ("service", "state"),
    [
        (sheets.publish_sheet, ResourceState.PUBLISHED),
        (sheets.suspend_sheet, ResourceState.DRAFT),
        (sheets.archive_sheet, ResourceState.ARCHIVED),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(service, state):
    one = make_resource(state=state)

    with pytest.raises(Refusal, match="Cette fiche est déjà dans l’état"):
        service(resource=one)
    assert one.changes.count() == 1


@pytest.mark.parametrize("missing", [{"summary": ""}, {"phone": ""}])
def test_a_sheet_without_a_sentence_or_a_way_to_reach_it_is_not_published(missing):
    one = make_resource(state=ResourceState.DRAFT, **missing)

    with pytest.raises(Refusal, match="Avant de publier"):
        sheets.publish_sheet(resource=one)
    one.refresh_from_db()
    assert one.state == ResourceState.DRAFT


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"on_site": False}, "sur place, à distance, ou les deux"),
        ({"latitude": 48.8}, "la latitude et la longitude"),
        ({"latitude": 148.8, "longitude": 2.0}, "la latitude et la longitude"),
        ({"area_kind": AreaKind.REGION}, "Nommez la zone couverte"),
    ],
)
def test_a_rule_that_is_broken_says_so(fields, sentence):
    with pytest.raises(Refusal, match=sentence):
        make_resource(**fields)


def test_the_database_refuses_what_a_service_would():
    one = make_resource()

    with pytest.raises(IntegrityError), transaction.atomic():
        Resource.objects.filter(pk=one.pk).update(summary="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Resource.objects.filter(pk=one.pk).update(verified_on=date(2026, 1, 5))


def test_a_verification_keeps_with_whom_and_ends_the_reminders(coordinator):
    one = make_resource()
    Resource.objects.filter(pk=one.pk).update(asked_on=date(2026, 1, 5), asked_times=2)

    done = sheets.verify_sheet(resource=one, by=coordinator, on=date(2026, 2, 1))

    kept = (done.verified_on, done.verification, done.verified_by, done.asked_on, done.asked_times)
    assert kept == (date(2026, 2, 1), Verification.COORDINATION, coordinator, None, 0)
    assert history(one)[-1][:3] == (ChangeKind.VERIFIED, ChangeOrigin.COORDINATION, coordinator)


def test_the_numbers_that_take_only_text_are_written_to():
    urls = [Resource(phone=phone).tel_uri for phone in ("114", "0805 23 23 36", "3114")]

    assert urls == ["sms:114", "tel:0805232336", "tel:3114"]
