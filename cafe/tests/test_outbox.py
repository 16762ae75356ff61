import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from cafe import mail, outbox
from cafe.models import Outgoing
from cafe.tests.factories import letter
from cafe.tests.smtp import CUT, SILENCE

pytestmark = pytest.mark.django_db
REFUSES = "550 5.1.1 <soignante1@exemple.fr> inconnue ici"
CLOSES = "421 4.3.2 soignante1@exemple.fr : revenez plus tard"
GREYLISTS = "451 4.7.1 soignante1@exemple.fr : revenez plus tard"


def fates():
    names = ("state", "attempts", "repeats", "last_error")
    return [tuple(getattr(row, name) for name in names) for row in Outgoing.objects.order_by("pk")]


def in_an_hour():
    return time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1))


def test_mails_leave_over_one_connection(sink):
    for number in range(3):
        letter(number)

    assert mail.deliver_due() == 3

    assert sink.recipients() == ["soignante0@exemple.fr", "soignante1@exemple.fr", "soignante2@exemple.fr"]
    assert sink.connections == 1
    assert fates() == [("sent", 1, 0, "")] * 3
    assert mail.deliver_due() == 0


def test_what_is_not_due_waits(sink):
    letter(1, not_before=timezone.now() + timedelta(minutes=50))

    assert (mail.deliver_due(), sink.recipients()) == (0, [])
    with in_an_hour():
        assert (mail.deliver_due(), sink.recipients()) == (1, ["soignante1@exemple.fr"])


def test_a_limit_is_kept(sink):
    for number in range(5):
        letter(number)

    assert mail.deliver_due(limit=2) == 2
    assert len(sink.kept) == 2


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        (REFUSES, ("failed", 1, 0, "550 5.1.1")),
        (GREYLISTS, ("pending", 1, 0, "451 4.7.1")),
        (CLOSES, ("pending", 1, 0, "421 4.3.2")),
    ],
)
def test_an_answer_decides_and_its_words_are_not_kept(sink, step, answer, fate):
    sink.script[step] = [answer]
    letter()

    mail.deliver_due()

    assert fates() == [fate]


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
@pytest.mark.parametrize("trouble", [CUT, SILENCE])
def test_a_line_that_breaks_before_the_text_is_tried_later(sink, step, trouble):
    sink.script[step] = [trouble]
    letter()

    mail.deliver_due()

    assert [(state, attempts, repeats) for state, attempts, repeats, _ in fates()] == [("pending", 1, 0)]
    with in_an_hour():
        mail.deliver_due()
    assert sink.recipients() == ["soignante1@exemple.fr"]


@pytest.mark.parametrize("trouble", [CUT, SILENCE])
def test_a_confirmation_of_unknown_fate_is_repeated_once(sink, trouble):
    sink.script["END"] = [trouble, trouble]
    letter()

    mail.deliver_due()
    assert {(recipient, message_id) for recipient, message_id, _ in sink.kept} == {
        ("soignante1@exemple.fr", sink.kept[0][1])
    }
    for _ in range(3):
        with in_an_hour():
            mail.sweep()
            mail.deliver_due()

    assert [(state, attempts, repeats) for state, attempts, repeats, _ in fates()] == [("unknown", 2, 1)]
    assert [message_id for _, message_id, _ in sink.kept] == [sink.kept[0][1]] * 2


def test_a_kind_that_is_not_repeated_stays_unknown(sink, monkeypatch):
    monkeypatch.setattr(Outgoing, "repeats_unknown", False)
    sink.script["END"] = [CUT]
    letter()

    mail.deliver_due()
    mail.deliver_due()

    assert fates() == [("unknown", 1, 0, "SMTPServerDisconnected")]
    assert len(sink.kept) == 1


def test_a_server_that_takes_nothing_is_left_alone_and_the_rest_waits_untouched(sink):
    sink.script["MAIL"] = [CLOSES]
    for number in range(1, 4):
        letter(number)

    mail.deliver_due()

    assert fates() == [("pending", 1, 0, "421 4.3.2"), ("pending", 0, 0, ""), ("pending", 0, 0, "")]
    mail.deliver_due()
    assert sink.recipients() == ["soignante2@exemple.fr", "soignante3@exemple.fr"]


def test_a_server_that_is_away_keeps_everything_for_later(sink, settings):
    settings.EMAIL_PORT = 1
    letter(1)
    letter(2)

    mail.deliver_due()

    assert fates() == [("pending", 1, 0, "ConnectionRefusedError"), ("pending", 0, 0, "")]


@pytest.mark.parametrize("trouble", [CUT, CLOSES])
def test_a_line_dropped_between_two_mails_is_opened_again(sink, trouble):
    line = outbox.open_line()
    for number in range(3):
        letter(number)
    rows = outbox.claim(Outgoing, 3)
    outbox.deliver_all(rows[:1], line)
    sink.script["MAIL"] = [trouble]

    assert outbox.deliver_all(rows[1:], line)
    line.close()

    assert fates() == [("sent", 1, 0, "")] * 3
    assert sink.connections == 2


def test_one_refused_address_does_not_stop_the_others(sink):
    sink.script["RCPT"] = ["250 OK", REFUSES]
    for number in range(3):
        letter(number)

    mail.deliver_due()

    assert [state for state, *_ in fates()] == ["sent", "failed", "sent"]
    assert sink.connections == 1


def test_a_row_that_is_no_mail_fails_alone(sink):
    letter(1, to="pas une adresse")
    letter(2, headers={"X-Objet": "x"})
    Outgoing.objects.filter(dedupe_key="letter-2").update(headers={"X-Objet": "x\r\nBcc: tous@exemple.fr"})
    letter(3)

    mail.deliver_due()

    assert fates() == [("failed", 1, 0, "ValidationError"), ("failed", 1, 0, "BadHeaderError"), ("sent", 1, 0, "")]
    assert sink.recipients() == ["soignante3@exemple.fr"]


def test_waits_double_up_to_an_hour_and_end_after_three_days(db):
    with time_machine.travel("2026-11-20 08:00:00+00:00", tick=False):
        now = timezone.now()
        waits = [(outbox.later(tried)["not_before"] - now).total_seconds() / 60 for tried in range(1, 80)]

    assert waits[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert 3 < sum(waits) / 60 / 24 < 3.2
    assert outbox.later(80) == {"state": "failed"}


def test_a_claim_is_for_one_worker(sink):
    for number in range(3):
        letter(number)

    first, second, third = outbox.claim(Outgoing, 2), outbox.claim(Outgoing, 2), outbox.claim(Outgoing, 2)

    assert [[row.dedupe_key for row in rows] for rows in (first, second, third)] == [
        ["letter-0", "letter-1"],
        ["letter-2"],
        [],
    ]


def test_a_lease_that_ends_before_the_text_gives_the_mail_to_another(sink, settings):
    letter()
    outbox.claim(Outgoing, 1)

    assert (mail.sweep(), mail.deliver_due()) == (False, 0)
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.MAIL_LEASE_SECONDS + 1)):
        assert (mail.sweep(), mail.deliver_due()) == (True, 1)

    assert fates() == [("sent", 2, 0, "")]
    assert len(sink.kept) == 1


def test_a_lease_that_ends_after_the_text_began_is_an_unknown_fate(sink, settings):
    letter()
    for repeats, state in ((1, "pending"), (1, "unknown"), (1, "unknown")):
        for row in outbox.claim(Outgoing, 1):
            assert outbox.start(row)
        with time_machine.travel(timezone.now() + timedelta(seconds=settings.MAIL_LEASE_SECONDS + 1)):
            mail.sweep()
        assert [fate[:3:2] for fate in fates()] == [(state, repeats)]

    assert (mail.deliver_due(), sink.kept) == (0, [])


def test_a_mail_that_kills_its_worker_each_time_ends(settings):
    letter()
    Outgoing.objects.update(attempts=79)
    outbox.claim(Outgoing, 1)

    with time_machine.travel(timezone.now() + timedelta(seconds=settings.MAIL_LEASE_SECONDS + 1)):
        mail.sweep()

    assert fates() == [("failed", 80, 0, "")]


def test_who_has_lost_the_lease_sends_nothing_and_writes_nothing(sink, settings):
    letter()
    [slow] = outbox.claim(Outgoing, 1)
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.MAIL_LEASE_SECONDS + 1)):
        mail.sweep()
        [quick] = outbox.claim(Outgoing, 1)

        with_line = outbox.open_line()
        outbox.deliver_all([slow], with_line)
        outbox.settle(slow, state="failed")
        outbox.give_back([slow])
        with_line.close()

    held = Outgoing.objects.get()
    assert (held.state, held.claim_token, held.started_at) == ("claimed", quick.claim_token, None)
    assert sink.kept == []


def test_a_lease_that_has_ended_is_not_used_even_before_the_sweep(sink, settings):
    letter()
    [late] = outbox.claim(Outgoing, 1)

    with time_machine.travel(timezone.now() + timedelta(seconds=settings.MAIL_LEASE_SECONDS + 1)):
        assert not outbox.start(late)


def test_two_beats_send_nothing_twice(sink):
    letter()

    for _ in range(2):
        mail.sweep()
        mail.deliver_due()

    assert len(sink.kept) == 1


def test_a_body_that_carries_a_token_is_wiped_once_it_has_left(sink):
    attached = [{"name": "a.ics", "type": "text/calendar", "content": b"BEGIN"}]
    letter(1, carries_token=True, attachments=attached)
    letter(2, attachments=attached)

    mail.deliver_due()

    kept = [
        (row.text != "", row.html != "", row.headers != {}, row.attachments != []) for row in Outgoing.objects.all()
    ]
    assert kept == [(False,) * 4, (True,) * 4]


def test_a_body_that_carries_a_token_stays_while_the_mail_may_be_tried_again(sink):
    sink.script["RCPT"] = [REFUSES]
    letter(1, carries_token=True)

    mail.deliver_due()

    assert Outgoing.objects.get().text != ""


def test_a_claimed_row_has_a_lease(db):
    letter()

    with pytest.raises(IntegrityError, match="outgoing_claimed_has_lease"), transaction.atomic():
        Outgoing.objects.update(state="claimed", claim_token=uuid.uuid4())
