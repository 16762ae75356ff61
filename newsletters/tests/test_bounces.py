"""What comes back: read, counted once, a point a day, until an address is left in peace."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from cafe import mail
from cafe.tests.smtp import smtp_sink
from newsletters.models import Bounce, Departure, LetterDelivery, Subscriber
from newsletters.services import bounce_box, bounces, figures, press, sending
from newsletters.services.reports import read_report
from newsletters.tests.factories import make_newsletter, make_subscriber
from newsletters.tests.mailboxes import Imap, Pop, mailbox

pytestmark = pytest.mark.django_db
WORDS = [("text", {"markdown": "Bonjour."})]
PERSON = "zoe@exemple.fr"


def crlf(text):
    return text.replace("\n", "\r\n").encode()


def refusal(message_id="", status="5.1.1", action="failed", number=1, diagnostic="smtp; 550 {status} inconnue"):
    """A refusal as Postfix writes it."""
    headers = (
        f"Content-Type: text/rfc822-headers\n\nFrom: cafe@exemple.fr\nMessage-ID: {message_id}\n" if message_id else ""
    )
    return crlf(f"""From: MAILER-DAEMON@mx.exemple.fr
To: retours@cafe.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <rapport-{number}@mx.exemple.fr>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="limite"

--limite
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--limite
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.exemple.fr

Final-Recipient: rfc822; {PERSON}
Original-Recipient: rfc822;Zoe@Exemple.fr
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic.format(status=status)}

--limite
{headers}
--limite--
""")


def complaint(message_id, kind="abuse"):
    return crlf(f"""From: abuse@fournisseur.example
Message-ID: <plainte@fournisseur.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="limite"

--limite
Content-Type: text/plain

This is an email abuse report.

--limite
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <{PERSON}>

--limite
Content-Type: message/rfc822

From: cafe@exemple.fr
Message-ID: {message_id}
Subject: Les séances

Bonjour

--limite--
""")


OUT_OF_OFFICE = crlf(f"""From: {PERSON}
Subject: Absence
Auto-Submitted: auto-replied
In-Reply-To: <1.{"a" * 40}@cafe.example>
Content-Type: text/plain

Je suis en vacances. 550 5.1.1
""")
RECEIPT = crlf("""From: zoe@exemple.fr
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"

--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822;zoe@exemple.fr
Disposition: manual-action/MDN-sent-manually; displayed
--b--
""")


def one_letter(email=PERSON):
    """Send a newsletter to one person; return its delivery."""
    if not Subscriber.objects.filter(email=email).exists():
        make_subscriber(email=email)
    newsletter = make_newsletter(blocks=WORDS)
    sending.start(sending.schedule(newsletter))
    mail.deliver_due()
    return LetterDelivery.objects.get(newsletter=newsletter)


def score(email=PERSON):
    subscriber = Subscriber.objects.get(email=email)
    return subscriber.bounce_score, subscriber.state


# --- Reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [("5.1.1", "hard"), ("5.1.10", "hard"), ("5.0.0", "hard"), ("5.2.2", "soft"), ("5.7.1", "soft"), ("4.4.7", "soft")],
)
def test_a_status_tells_an_address_that_is_gone_from_what_may_pass(status, kind):
    found = read_report(refusal(f"<12.{'a' * 40}@cafe.example>", status, diagnostic="x-unix; non"))

    assert (found.kind, found.status, found.recipient) == (kind, status, PERSON)
    assert (found.delivery_pk, found.proof) == (12, "a" * 40)


def test_a_vague_status_gives_way_to_the_server_s_own_words():
    assert read_report(refusal(status="5.0.0", diagnostic="smtp; 552 5.2.2 boîte pleine")).kind == "soft"
    assert read_report(refusal(status="", diagnostic="smtp; 550 inconnue")).status == "5.0.0"


@pytest.mark.parametrize(
    "data",
    [
        OUT_OF_OFFICE, RECEIPT, refusal(action="delayed"), refusal(action="delivered"),
        complaint("<1.x@y>", "not-spam"), b"", b"\x00\xff" * 50,
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\nrien',
    ],
)  # fmt: skip
def test_what_is_no_refusal_says_nothing(data):
    assert read_report(data) is None


# --- Counting -----------------------------------------------------------------------------------------------------


def test_a_report_counts_once_and_a_day_has_one_point_at_most():
    first = press.message_id(one_letter())

    taken = [bounces.record(read_report(refusal(first, number=number))) for number in (1, 1, 2)]

    assert taken == [True, False, True]
    assert score() == (Decimal("1.0"), "active")
    assert Bounce.objects.count() == 2


def test_five_refusals_suspend_even_a_month_apart_and_soft_ones_take_ten():
    with time_machine.travel(timezone.now(), tick=False) as now:
        seen = []
        for number in range(5):
            delivery = one_letter()
            bounces.record(read_report(refusal(press.message_id(delivery), number=number)))
            seen.append(score())
            now.shift(timedelta(days=30))
        with pytest.raises(Exception, match="Personne"):
            sending.schedule(make_newsletter(blocks=WORDS))

    assert [points for points, _ in seen] == [1, 2, 3, 4, 5]
    assert [state for _, state in seen] == ["active"] * 4 + ["suspended"]


def test_a_passing_refusal_counts_half():
    bounces.record(read_report(refusal(press.message_id(one_letter()), status="4.2.2")))

    assert score() == (Decimal("0.5"), "active")


@pytest.mark.parametrize(("days", "expected"), [(7, 2), (8, 1)])
def test_a_score_is_forgotten_once_a_letter_was_taken_for_more_than_seven_days(days, expected):
    with time_machine.travel(timezone.now(), tick=False) as now:
        bounces.record(read_report(refusal(press.message_id(one_letter()))))
        now.shift(timedelta(days=2))
        one_letter()
        now.shift(timedelta(days=days) + timedelta(minutes=-1 if days == 7 else 0))
        bounces.record(read_report(refusal(press.message_id(one_letter()), number=2)))

    assert score()[0] == expected


def test_a_forged_proof_is_not_believed_nor_a_stranger_s_address():
    delivery = one_letter()
    forged = f"<{delivery.pk}.{'0' * 40}@cafe.example>"

    assert not bounces.record(read_report(refusal(forged)))
    assert not bounces.record(read_report(complaint(forged)))
    assert score()[0] == 0
    Subscriber.objects.update(email="autre@exemple.fr")
    assert not bounces.record(read_report(refusal()))


def test_without_our_headers_the_address_is_believed_for_two_weeks_and_never_in_a_complaint():
    with time_machine.travel(timezone.now(), tick=False) as now:
        one_letter()
        assert not bounces.record(read_report(complaint("<autre@exemple.fr>")))
        assert bounces.record(read_report(refusal()))
        now.shift(timedelta(days=15))
        assert not bounces.record(read_report(refusal(number=2)))

    assert score()[0] == 1


def test_a_complaint_is_a_departure_and_is_counted():
    delivery = one_letter()

    assert bounces.record(read_report(complaint(press.message_id(delivery))))
    assert not bounces.record(read_report(complaint(press.message_id(delivery))))

    assert not Subscriber.objects.exists()
    assert Departure.objects.get().newsletter_id == delivery.newsletter_id
    effects = figures.effects_of(delivery.newsletter)
    assert (effects["complaints"], effects["departures"]) == (1, 1)


# --- Refused while sending ----------------------------------------------------------------------------------------


def refused_letter(settings, answers, readers):
    for number in range(readers):
        make_subscriber(email=f"l{number}@exemple.fr")
    newsletter = make_newsletter(blocks=WORDS)
    sending.start(sending.schedule(newsletter))
    with smtp_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        sink.script["RCPT"] = answers
        mail.deliver_due()


def test_an_address_refused_while_sending_counts_once_as_one_that_came_back(settings):
    refused_letter(settings, ["550 5.1.1 non", "550 5.7.1 non", "451 4.7.1 non", "550 non"], 5)

    assert [bounces.record_refused() for _ in range(2)] == [3, 0]
    assert [score(f"l{number}@exemple.fr")[0] for number in range(5)] == [1, Decimal("0.5"), 0, 1, 0]


def test_a_server_that_refuses_us_suspends_nobody(settings):
    refused_letter(settings, ["550 5.1.1 non"] * 12, 14)

    assert bounces.record_refused() == 0


# --- The box ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scheme", "handler"), [("pop3", Pop), ("imap", Imap)])
def test_a_box_is_read_reports_are_deleted_and_letters_of_people_stay(settings, scheme, handler):
    delivery = one_letter()
    mails = [OUT_OF_OFFICE, refusal(press.message_id(delivery)), refusal(number=9)]
    with mailbox(handler, *mails) as box:
        settings.BOUNCE_URL = f"{scheme}://retours:secret%2Fmot@127.0.0.1:{box.port}"
        assert bounce_box.read() == 2

    assert box.deleted == {2, 3}
    assert score()[0] == 1


def test_a_report_that_nobody_can_read_stays_in_the_box_and_holds_up_no_other(settings, caplog):
    delivery = one_letter()
    garbled = refusal(number=8).replace(b"<rapport-8@mx.exemple.fr>", b"<[")
    with mailbox(Pop, garbled, refusal(press.message_id(delivery))) as box:
        settings.BOUNCE_URL = f"pop3://retours:secret%2Fmot@127.0.0.1:{box.port}"
        assert bounce_box.read() == 1

    assert box.deleted == {2}
    assert "cannot be read" in caplog.text


def test_a_box_that_is_down_or_closed_to_us_waits_and_says_no_password(settings, caplog):
    settings.BOUNCE_URL = "imap://retours:secret@127.0.0.1:1"
    assert bounce_box.read() == 0
    with mailbox(Pop) as box:
        settings.BOUNCE_URL = f"pop3://retours:faux@127.0.0.1:{box.port}"
        assert bounce_box.read() == 0
    settings.BOUNCE_URL = ""
    assert bounce_box.read() == 0

    assert "ConnectionRefusedError" in caplog.text
    assert "error_proto" in caplog.text
    assert "faux" not in caplog.text
