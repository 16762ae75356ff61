import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from cafe.mail import retry
from cafe.models import Outgoing
from cafe.tests.factories import letter

LIST = "/gestion/cafe/outgoing/"


@pytest.fixture
def technician(client, settings, db):
    settings.REQUIRE_MFA = False
    client.force_login(get_user_model().objects.create_superuser(email="technique@exemple.fr", password="x"))
    return client


def refused():
    letter()
    Outgoing.objects.update(state="failed", attempts=3, last_error="550 5.1.1", finished_at="2026-11-20T08:00:00Z")
    return Outgoing.objects.get()


def test_the_technician_sees_how_a_mail_fares_and_not_whose_it_is(technician):
    row = refused()

    pages = [technician.get(url).content.decode() for url in (LIST, f"{LIST}{row.pk}/change/")]

    assert ["550 5.1.1" in page for page in pages] == [True, True]
    for hidden in ("soignante1", "Zoé", "letter-1", "jeton-1"):
        assert [hidden in page for page in pages] == [False, False]


def test_the_technician_sends_a_refused_mail_again(technician, outbox):
    row = refused()

    page = technician.post(LIST, {"action": "send_again", "_selected_action": [row.pk]}, follow=True)

    assert "1 courriel remis en file." in page.content.decode()
    assert [message.to for message in outbox.deliver()] == [["soignante1@exemple.fr"]]


def test_the_technician_neither_writes_nor_deletes_mails(technician):
    row = refused()

    answers = [technician.get(url).status_code for url in (f"{LIST}add/", f"{LIST}{row.pk}/delete/")]

    assert (answers, reverse("admin:cafe_outgoing_changelist")) == ([403, 403], LIST)


@pytest.mark.parametrize(("state", "text", "again"), [
    ("failed", "Bonjour", 1),
    ("unknown", "Bonjour", 1),
    ("failed", "", 0),
    ("sent", "Bonjour", 0),
    ("pending", "Bonjour", 0),
])  # fmt: skip
def test_only_what_has_failed_and_is_still_kept_is_sent_again(db, state, text, again):
    letter()
    Outgoing.objects.update(state=state, text=text)

    assert retry(Outgoing.objects.all()) == again
