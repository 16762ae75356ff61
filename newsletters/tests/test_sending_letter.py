"""What leaves for one person: headers that a strict parser takes, her own links, images inside."""

import re
from email import message_from_bytes, policy

import pytest
from django.core import mail as django_mail
from django.core.files.base import ContentFile

from cafe import mail, outbox
from cafe.models import Portal
from cafe.tests.smtp import smtp_sink
from newsletters.models import LetterDelivery, Newsletter
from newsletters.placeholders import MARKS, filled_html, filled_text
from newsletters.services import press, sending
from newsletters.services.links import opened
from newsletters.tests.factories import make_newsletter, make_subscriber
from newsletters.tests.writing import picture

pytestmark = pytest.mark.django_db
ACCENTS = "Bonjour {prénom},\n\nÀ bientôt « peut-être » : " + "très long " * 60 + "\n\n.\n\n[agenda](/activites/)"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://cafe.example"


def sent_bytes(first_name="Zoé <b>", **fields):
    """Return the bytes of the one letter of a newsletter, and its row."""
    make_subscriber(email="zoe@exemple.fr", first_name=first_name)
    newsletter = make_newsletter(blocks=[("text", {"markdown": ACCENTS})], **fields)
    sending.start(sending.schedule(newsletter))
    [row] = press.fit(outbox.claim(LetterDelivery, 1))
    return sheet_letter(row), row


def sheet_letter(row):
    return press.sheet_of(row.newsletter_id, row.newsletter.started_at).letter(row).data


def parsed(data):
    message = message_from_bytes(data, policy=policy.strict.clone(raise_on_defect=True))
    assert [defect for part in message.walk() for defect in part.defects] == []
    return message


def test_headers_are_those_of_a_list_that_one_leaves_by_a_click(db):
    data, row = sent_bytes(subject="Les séances d’hiver à deux pas de chez vous, et ce qui change pour les remplaçants")
    message = parsed(data)

    assert list(message.keys()) == [
        *("To", "Date", "Message-ID", "List-Unsubscribe", "From", "Reply-To", "Subject", "List-Id"),
        *("List-Unsubscribe-Post", "Auto-Submitted", "MIME-Version", "Content-Type"),
    ]
    assert message["Subject"] == "Les séances d’hiver à deux pas de chez vous, et ce qui change pour les remplaçants"
    assert (message["To"], message["List-Id"]) == ("zoe@exemple.fr", "<lettres.cafe.example>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [token] = re.fullmatch(
        r"<https://cafe\.example/lettres/desabonnement/([^/]+)/>", message["List-Unsubscribe"]
    ).groups()
    named = opened(token)
    assert (named.subscriber_pk, named.newsletter_pk) == (row.subscriber_id, row.newsletter_id)
    assert message["Message-ID"].startswith(f"<{row.pk}.")


def test_the_words_are_hers_and_html_in_a_name_is_text(db):
    data, row = sent_bytes()
    message = parsed(data)
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()

    assert "Bonjour Zoé <b>," in text
    assert "Bonjour Zoé &lt;b&gt;," in html
    assert "À bientôt « peut-être » : très long" in html
    assert message["List-Unsubscribe"][1:-1] in text
    assert message["List-Unsubscribe"][1:-1] in html
    assert not [mark for mark in MARKS if mark in text + html]
    newsletter = Newsletter.objects.get()
    whole = filled_html(newsletter.html, press.Sheet(newsletter).values(row))
    assert html.splitlines() == whole.splitlines()
    assert text.splitlines() == filled_text(newsletter.text, press.Sheet(newsletter).values(row)).splitlines()


@pytest.mark.parametrize("first_name", ["", "Zoé", "Marie-Clémentine Évangéline Théodora " * 2])
def test_lines_are_short_and_ascii_whatever_takes_a_mark_s_place(db, first_name):
    data, _ = sent_bytes(first_name=first_name)
    head, _, body = data.partition(b"\r\n\r\n")

    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert max(map(len, head.split(b"\r\n"))) <= 998


def test_two_letters_of_one_newsletter_differ_in_their_own_bytes_alone(db):
    make_subscriber(email="a@exemple.fr")
    make_subscriber(email="b@exemple.fr")
    newsletter = make_newsletter(blocks=[("text", {"markdown": ACCENTS})])
    sending.start(sending.schedule(newsletter))
    first, second = (sheet_letter(row).split(b"\r\n") for row in press.fit(outbox.claim(LetterDelivery, 2)))
    other = [line for line, twin in zip(first, second, strict=True) if line != twin]

    assert {line.split(b":")[0] for line in other[:3]} <= {b"To", b"Date", b"Message-ID", b"List-Unsubscribe"}
    assert len(other) < 12


def test_images_travel_in_the_letter(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Portal.objects.update_or_create(pk=1, defaults={"logo": ContentFile(picture().read(), "logo.png")})
    data, _ = sent_bytes()
    message = parsed(data)

    assert [part.get_content_type() for part in message.walk()] == [
        *("multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"),
    ]
    [image] = [part for part in message.walk() if part.get_content_maintype() == "image"]
    assert (image["Content-ID"], image.get_content()[:4]) == ("<logo>", b"\x89PNG")
    assert "cid:logo" in message.get_body(("related", "html")).as_string()


def test_into_files_the_same_letter_goes_as_a_message(db):
    make_subscriber(email="zoe@exemple.fr", first_name="Zoé")
    newsletter = make_newsletter(blocks=[("text", {"markdown": ACCENTS})])
    sending.start(sending.schedule(newsletter))

    mail.deliver_due()

    [message] = django_mail.outbox
    assert (message.to, "Bonjour Zoé," in message.body) == (["zoe@exemple.fr"], True)
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.message()["List-Unsubscribe"][1:-1] in message.body


def test_refusals_come_back_to_their_own_box(db, settings):
    settings.BOUNCE_ADDRESS = "retours@cafe.example"
    with smtp_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        senders = []
        handle = sink.handle_MAIL

        async def noted(server, session, envelope, address, options):
            senders.append(address)
            return await handle(server, session, envelope, address, options)

        sink.handle_MAIL = noted
        make_subscriber()
        sending.start(sending.schedule(make_newsletter(blocks=[("text", {"markdown": ACCENTS})])))
        mail.deliver_due()

    assert senders == ["retours@cafe.example"]
