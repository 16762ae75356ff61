import re
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from cafe import mail
from cafe.celery import app
from cafe.models import Outgoing, Portal
from cafe.tests.factories import letter
from cafe.tests.processes import free_port

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)


def written(row):
    names = ("to", "subject", "state", "attempts", "headers", "attachments", "carries_token")
    return {name: getattr(row, name) for name in names}


def test_a_mail_is_a_row_of_the_outbox(outbox):
    assert letter(
        carries_token=True, attachments=[{"name": "seance.ics", "type": "text/calendar", "content": b"BEGIN"}]
    )

    [row] = outbox.rows
    assert written(row) == {
        "to": "soignante1@exemple.fr",
        "subject": "Bonjour Zoé",
        "state": "pending",
        "attempts": 0,
        "headers": {"Reply-To": "contact@cafe.example"},
        "attachments": [{"name": "seance.ics", "type": "text/calendar", "content": "QkVHSU4="}],
        "carries_token": True,
    }


def test_the_text_is_a_letter_with_the_portal_at_its_foot(outbox):
    Portal.objects.create(pk=1, name="Le Café", cpts="CPTS d’Armagnac", contact_email="bonjour@cafe.example")

    letter()

    assert outbox.rows[0].text.splitlines() == [
        "Bonjour Zoé, l’atelier a lieu jeudi.",
        "https://cafe.example/inscription/jeton-1/",
        "",
        "--",
        "Le Café, CPTS d’Armagnac",
        "http://localhost:8000/",
        "Une question\N{NO-BREAK SPACE}? Répondez à ce courriel, ou écrivez à bonjour@cafe.example.",
    ]


def test_text_is_not_escaped_and_html_is(outbox):
    letter(context={"name": "<b>L’Hôte & Cie</b>"})

    [row] = outbox.rows
    assert row.subject == "Bonjour <b>L’Hôte & Cie</b>"
    assert "Bonjour <b>L’Hôte & Cie</b>," in row.text
    assert "Bonjour &lt;b&gt;L’Hôte &amp; Cie&lt;/b&gt;," in row.html


def test_the_same_key_is_written_once(outbox):
    assert [letter(), letter(to="autre@exemple.fr"), letter(2)] == [True, False, True]

    assert [row.to for row in outbox.rows] == ["soignante1@exemple.fr", "soignante2@exemple.fr"]


def test_many_mails_tell_how_many_are_new(outbox):
    letter(2)
    given = [
        {"event": "letters/hello", "to": "a@exemple.fr", "context": {}, "dedupe_key": f"letter-{number}"}
        for number in range(250)
    ]

    assert mail.send_many(given) == 249
    assert mail.send_many([]) == 0
    assert len(outbox.rows) == 250


def test_a_mail_costs_one_statement_and_the_identity_one(db, django_assert_num_queries):
    with django_assert_num_queries(2):
        letter(1)
    with django_assert_num_queries(1):
        letter(2, context={"portal": Portal()})


def test_a_transaction_that_fails_writes_to_nobody(outbox):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        letter()
        _ = 1 / 0

    assert outbox.rows == []


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x85", "\u2028", "\x00", "\x0b"])
def test_what_a_person_typed_cannot_add_a_header(outbox, end):
    letter(
        to=f"zoe@exemple.fr{end}Bcc: tous@exemple.fr",
        context={"name": f"Zoé{end}Bcc: tous@exemple.fr"},
        headers={f"X-Liste{end}Bcc": f"1{end}Bcc: tous@exemple.fr"},
        attachments=[{"name": f"a{end}Bcc: x.ics", "type": "text/calendar", "content": b""}],
    )
    letter(2, context={"name": f"Zoé{end}Bcc: tous@exemple.fr"})

    [message] = outbox.deliver()
    assert message.to == ["soignante2@exemple.fr"]
    assert sorted(message.message().keys()) == [
        *("Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Reply-To", "Subject", "To")
    ]
    assert message.subject in {"Bonjour Zoé Bcc: tous@exemple.fr", "Bonjour ZoéBcc: tous@exemple.fr"}
    assert [row.state for row in outbox.rows] == ["failed", "sent"]


def test_the_message_has_its_styles_inline_and_fetches_nothing(outbox):
    letter(lead="Jeudi à 20 h")

    [message] = outbox.deliver()
    html = message.alternatives[0][0]
    assert '<p style="margin: 0 0 16px;">' in html
    assert "Jeudi à 20 h" in html
    assert re.findall(r"src=|background=|url\(|@import|<link", html) == []


def test_the_logo_travels_in_the_mail(outbox, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "logo.png").write_bytes(PIXEL)
    Portal.objects.create(pk=1, logo="logo.png")

    letter()

    [message] = outbox.deliver()
    [image] = [part for part in message.message().walk() if part.get_content_type() == "image/png"]
    assert (image["Content-ID"], image.get_content_disposition()) == ("<logo>", "inline")
    assert 'src="cid:logo"' in message.alternatives[0][0]


def test_a_logo_that_is_gone_stops_no_mail(outbox, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Portal.objects.create(pk=1, logo="gone.png")

    letter()

    assert [message.to for message in outbox.deliver()] == [["soignante1@exemple.fr"]]


@pytest.fixture
def dead_broker():
    """A Redis address where nothing listens."""
    before = app.conf.broker_url
    app.conf.update(broker_url=f"redis://127.0.0.1:{free_port()}/0", broker_transport_options={})
    mail.waking_line.cache_clear()
    yield
    app.conf.update(broker_url=before)
    mail.waking_line.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_neither_breaks_nor_slows_what_writes_a_mail(dead_broker, outbox, caplog):
    started = time.monotonic()
    with transaction.atomic():
        letter(1)
        letter(2)
    for number in range(3, 8):
        letter(number)
    assert time.monotonic() - started < 1

    assert [row.state for row in outbox.rows] == ["pending"] * 7
    assert [record.getMessage() for record in caplog.records] == [
        "The broker does not answer (OperationalError); the sweep will deliver."
    ]
    assert mail.sweep()
    assert len(outbox.deliver()) == 7
    assert not mail.sweep()


def test_old_mails_lose_their_contents_then_their_row(outbox):
    now = timezone.now()
    letter(1)
    with time_machine.travel(now + timedelta(days=5), tick=False):
        letter(2)
        outbox.deliver()
    letter(3, not_before=now + timedelta(days=400))
    in_a_month, in_a_year = now + timedelta(days=36), now + timedelta(days=366)

    said = mail.purge(in_a_month, dry_run=True)
    assert [row.to != "" for row in outbox.rows] == [True, True, True]
    assert mail.purge(in_a_month, dry_run=False) == said
    assert said == [
        "Courriels dont l’adresse et le contenu sont effacés après 30 jours : 2.",
        "Courriels supprimés après 6 mois : 0.",
    ]
    assert [(row.to, row.subject, row.text, row.html) == ("", "", "", "") for row in outbox.rows] == [True, True, False]

    assert mail.purge(in_a_year, dry_run=False) == [
        "Courriels dont l’adresse et le contenu sont effacés après 30 jours : 0.",
        "Courriels supprimés après 6 mois : 2.",
    ]
    assert [row.dedupe_key for row in outbox.rows] == ["letter-3"]


def test_a_person_who_leaves_is_forgotten_in_what_was_sent(outbox):
    letter(1)
    letter(2)
    outbox.deliver()
    letter(3, to="soignante1@exemple.fr")

    mail.forget("Soignante1@exemple.fr")

    assert [(row.to, row.text == "") for row in outbox.rows] == [
        ("", True),
        ("soignante2@exemple.fr", False),
        ("soignante1@exemple.fr", False),
    ]


def test_a_row_says_nothing_of_whom_it_is_for(outbox):
    letter()

    assert str(outbox.rows[0]) == f"courriel {Outgoing.objects.get().pk}"
