from datetime import timedelta

import pytest
from django.utils import timezone

from activities.tests.factories import make_session
from cafe.coordination import mails
from cafe.models import Outgoing
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    return client


def write(state, count=1, days=0):
    start = Outgoing.objects.count()
    for number in range(start, start + count):
        mail = Outgoing.objects.create(
            dedupe_key=str(number), to="qui@cafe.example", subject="Quoi", state=state, not_before=timezone.now()
        )
        Outgoing.objects.filter(pk=mail.pk).update(created_at=timezone.now() - timedelta(days=days))


def test_refused_and_lost_mails_are_counted_for_a_week():
    write("failed", 2)
    write("failed", days=8)
    write("unknown", days=3)
    write("sent", 5)

    assert [(line.sentence, line.url) for line in mails.lines()] == [
        ("Courriels refusés depuis une semaine : 2.", "/coordination/courriels/"),
        ("Courriels peut-être non arrivés depuis une semaine : 1.", "/coordination/courriels/"),
    ]


def test_mails_are_shown_as_numbers_never_to_whom_nor_about_what(desk):
    write("failed")
    write("failed", days=3)
    write("failed", days=20)

    page = desk.get("/coordination/courriels/")

    refused = next(row for row in page.context["rows"] if row["state"] == "failed")
    assert (refused["day"], refused["week"], refused["month"]) == (1, 2, 3)
    assert "qui@cafe.example" not in page.text
    assert "Quoi" not in page.text


def test_the_first_page_shows_what_waits_and_what_comes(desk):
    session = make_session()

    page = desk.get("/coordination/")

    assert f"« {session.activity.title} »" in page.text
    assert page.context["month"].next_session == session


def test_with_nothing_to_do_the_first_page_says_what_to_do_next(desk):
    page = desk.get("/coordination/")

    assert "Rien ne vous attend pour le moment." in page.text
    assert "En préparer une" in page.text
