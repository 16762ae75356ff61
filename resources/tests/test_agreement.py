"""What becomes of a person's sheet when her agreement is taken back."""

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from resources.enums import ChangeKind, ChangeOrigin, ResourceState
from resources.models import Resource
from resources.services import sheets
from resources.services.reports import make_sheet
from resources.services.retention import wipe
from resources.tests.exchange import csv_of, import_file
from resources.tests.factories import make_resource
from resources.tests.reports import make_proposal
from resources.tests.test_manage import form_data

pytestmark = pytest.mark.django_db
AGREED = date(2026, 3, 2)
PHONE = "02 61 91 00 30"


def published_person(by):
    """Return the sheet of a person whom a visitor proposed, and who agreed."""
    report = make_proposal(kind="personne", phone=PHONE, commune="Port-Sauvel")
    sheet = make_sheet(report=report, by=by)
    sheets.update_sheet(resource=sheet, values={"summary": "Psychologue.", "contact_agreed_on": AGREED}, by=by)
    return sheets.publish_sheet(resource=sheet, by=by)


def last_moves(sheet):
    return [(one.kind, one.origin, one.fields) for one in sheet.changes.order_by("pk")][-2:]


def test_the_sheet_of_a_person_who_was_proposed_is_suspended(coordinator):
    one = published_person(coordinator)

    kept, changed = sheets.update_sheet(resource=one, values={"contact_agreed_on": None}, by=coordinator)

    moved = {"state": [ResourceState.PUBLISHED, ResourceState.SUSPENDED]}
    assert (kept.state, changed) == (ResourceState.SUSPENDED, {"contact_agreed_on": ["2026-03-02", None]} | moved)
    assert last_moves(one) == [
        (ChangeKind.EDITED, ChangeOrigin.COORDINATION, {"contact_agreed_on": ["2026-03-02", None]}),
        (ChangeKind.SUSPENDED, ChangeOrigin.COORDINATION, moved),
    ]
    assert Client().get(one.get_absolute_url()).status_code == 404


def test_an_import_that_takes_it_back_suspends_it_too(coordinator):
    one = published_person(coordinator)
    titles = ["Adresse de la fiche", "Accord pour montrer ses coordonnées (interne)"]

    import_file(csv_of([titles, [one.slug, ""]]), coordinator)

    one.refresh_from_db()
    assert (one.state, one.contact_agreed_on) == (ResourceState.SUSPENDED, None)
    assert [(kind, origin) for kind, origin, _ in last_moves(one)] == [
        (ChangeKind.EDITED, ChangeOrigin.IMPORT),
        (ChangeKind.SUSPENDED, ChangeOrigin.IMPORT),
    ]


def test_it_holds_once_what_was_proposed_is_forgotten(coordinator):
    one = published_person(coordinator)
    wipe(one.reports.all())
    one.reports.all().delete()

    sheets.update_sheet(resource=one, values={"contact_agreed_on": None}, by=coordinator)

    one.refresh_from_db()
    assert one.state == ResourceState.SUSPENDED


def test_whom_the_coordination_chose_keeps_a_sheet_without_a_contact(coordinator):
    one = make_resource(kind="personne", contact_agreed_on=AGREED, phone=PHONE)

    kept, changed = sheets.update_sheet(resource=one, values={"contact_agreed_on": None}, by=coordinator)

    page = Client().get(one.get_absolute_url()).text
    assert (kept.state, list(changed), PHONE in page) == (ResourceState.PUBLISHED, ["contact_agreed_on"], False)


def test_the_coordinator_reads_why_the_sheet_is_no_longer_shown(desk, coordinator):
    one = published_person(coordinator)
    typed = form_data(name=one.name, kind="personne", summary="Psychologue.", phone=PHONE, contact_agreed_on="")

    response = desk.post(f"/coordination/ressources/fiches/{one.slug}/modifier/", typed)

    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "Les changements sont enregistrés. Sans l’accord de cette personne, sa fiche est suspendue."
    ]
    assert Resource.objects.get(pk=one.pk).state == ResourceState.SUSPENDED
