from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import Attendance, ImportDraft, Session
from activities.tests.exports_of_google import BAD, csv_file, row, rows
from activities.tests.factories import make_session
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
URL = "/coordination/seances/ancienne/importer/"


@pytest.fixture
def held():
    return make_session(slug="ancienne", state=Session.State.HELD, starts_in=timedelta(days=-20))


def send(desk, upload, purpose="presences"):
    return desk.post(URL, {"file": upload, "purpose": purpose})


def test_a_file_is_looked_at_then_imported_whole(desk, held):
    preview = send(desk, csv_file()).url

    page = desk.get(preview)
    assert f'<td class="num" data-label="Ligne">{BAD}</td>' in page.text
    assert "zoe.chez.exemple.fr" in page.text
    assert [one.number for one in page.context["page_obj"]][:3] == [BAD, 2, 3]

    refused = desk.post(preview, {})
    assert "Rien n’est importé" in refused.text
    assert (held.registrations.count(), ImportDraft.objects.count()) == (0, 1)

    done = desk.post(preview, {"skip_errors": "on"})
    assert (done.status_code, done.url) == (302, "/coordination/seances/ancienne/")
    assert Attendance.objects.count() == 293
    assert desk.post(preview, {"skip_errors": "on"}).url == URL


def test_columns_are_corrected_on_the_page(desk, held):
    preview = send(desk, csv_file([["Petit", "l@cafe.example"]], headers=["A", "B"])).url
    assert "Indiquez la colonne du nom." in desk.get(preview).text

    twice = desk.post(preview, {"columns": "1", "last_name": "0", "email": "0"})
    assert "déjà celle de" in twice.text
    assert desk.post(preview, {"columns": "1", "last_name": "0", "email": "1"}).url == preview

    assert "l@cafe.example" in desk.get(preview).text


def test_a_session_to_come_asks_whether_to_mail(desk):
    make_session(slug="ancienne")
    preview = send(desk, csv_file([row(2)]), purpose="").url

    page = desk.post(preview, {})

    assert "Choisissez si un courriel part." in page.text
    assert desk.post(preview, {"mail_people": "non"}).status_code == 302


def test_a_refused_file_leaves_nothing_behind(desk, held):
    page = send(desk, csv_file([], headers=["<svg>"]))

    assert (page.status_code, ImportDraft.objects.count()) == (200, 0)
    assert page.context["form"].errors["file"]


def test_another_coordinator_s_file_is_not_there(desk, held, client):
    preview = send(desk, csv_file([row(2)])).url
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))

    assert client.get(preview).url == URL
    client.post(f"{URL}{ImportDraft.objects.get().pk}/abandonner/")
    assert ImportDraft.objects.count() == 1


def test_an_import_given_up_is_forgotten(desk, held):
    send(desk, csv_file([row(2)]))

    desk.post(f"{URL}{ImportDraft.objects.get().pk}/abandonner/")

    assert ImportDraft.objects.count() == 0


def test_previewing_and_importing_take_as_many_statements_for_3_rows_as_for_300(desk, held):
    counts = []
    for table in (rows(bad=False)[:3], rows(bad=False)[3:100], rows(bad=False)[100:]):
        preview = send(desk, csv_file(table)).url
        with CaptureQueriesContext(connection) as looked:
            desk.get(preview)
        counts.append(len(looked))

    assert counts == [counts[0]] * 3


def test_the_summary_says_what_becomes_of_people_who_came(desk, held):
    came = desk.get(send(desk, csv_file()).url).context["totals"]
    registered = desk.get(send(desk, csv_file(), purpose="inscriptions").url).context["totals"]

    assert dict(came)["À ajouter, et à noter présente"] == dict(registered)["Nouvelle inscription"] == 293
