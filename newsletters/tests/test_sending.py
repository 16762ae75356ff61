"""From a draft to its last letter: whom it reaches, once each, and who says when."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import cafe.tests
from cafe import mail, outbox, tasks
from cafe.errors import Refusal
from cafe.tests.factories import letter
from cafe.tests.smtp import CUT, smtp_sink
from newsletters import todo_sending
from newsletters.enums import NewsletterState, SubscriberState
from newsletters.models import LetterDelivery, Newsletter, Subscriber
from newsletters.services import figures, leaving, press, sending
from newsletters.tests.factories import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db
WORDS = [("text", {"markdown": "Bonjour {prénom},\n\nDeux séances ce mois-ci, près de chez vous."})]


@pytest.fixture
def sink(settings):
    """A real SMTP server to which the letters go."""
    with smtp_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 1
        settings.SITE_URL = "https://cafe.example"
        yield sink


def under_way(count=3, **fields):
    """Return a newsletter that has begun, to so many readers."""
    for number in range(count):
        make_subscriber(email=f"lectrice{number}@exemple.fr", first_name=f"Zoé{number}")
    newsletter = make_newsletter(blocks=WORDS, **fields)
    sending.start(sending.schedule(newsletter))
    newsletter.refresh_from_db()
    return newsletter


def fates(newsletter):
    return list(newsletter.deliveries.order_by("pk").values_list("state", "last_error"))


def everyone(count):
    return [f"lectrice{number}@exemple.fr" for number in range(count)]


# --- Its life -------------------------------------------------------------------------------------


def test_a_letter_leaves_once_to_each_reader_over_one_connection(sink):
    newsletter = under_way(3)

    assert mail.deliver_due() == 3
    sending.tend()
    newsletter.refresh_from_db()

    assert (newsletter.state, newsletter.finished_at is not None) == (NewsletterState.SENT, True)
    assert sink.recipients() == everyone(3)
    assert sink.connections == 1
    assert (sending.start(newsletter), mail.deliver_due()) == (0, 0)


def test_a_letter_to_nobody_or_in_the_past_is_refused_and_stays_a_draft(db):
    newsletter = make_newsletter(blocks=WORDS)
    with pytest.raises(Refusal, match="Personne"):
        sending.schedule(newsletter)
    make_subscriber()
    with pytest.raises(Refusal, match="à venir"):
        sending.schedule(newsletter, at=timezone.now() - timedelta(minutes=1))
    newsletter.refresh_from_db()
    assert newsletter.state == NewsletterState.DRAFT


def test_what_is_no_draft_any_more_is_neither_aimed_nor_scheduled_again(db):
    make_subscriber()
    newsletter = make_newsletter(blocks=WORDS)
    sending.schedule(newsletter, at=timezone.now() + timedelta(days=1))
    for verb in (partial(sending.choose, segment={}, per_minute=10), sending.schedule):
        with pytest.raises(Refusal) as refused:
            verb(newsletter)
        assert refused.value.sentence == sending.NOT_DRAFT


def test_a_letter_that_somebody_has_just_deleted_is_said_to_be_gone_whatever_is_asked(db):
    newsletter = make_newsletter(blocks=WORDS)
    Newsletter.objects.filter(pk=newsletter.pk).delete()
    verbs = [sending.schedule, sending.cancel, sending.start, sending.pause, sending.resume, sending.stop]
    for verb in (partial(sending.choose, segment={}, per_minute=10), *verbs):
        with pytest.raises(Refusal) as refused:
            verb(newsletter)
        assert refused.value.sentence == sending.GONE


def test_a_scheduled_letter_leaves_at_its_moment_and_may_be_called_off_before(db):
    make_subscriber()
    at = timezone.now() + timedelta(hours=2)
    kept, dropped = (sending.schedule(make_newsletter(blocks=WORDS), at=at) for _ in range(2))
    sending.cancel(dropped)

    sending.tend()
    assert LetterDelivery.objects.count() == 0
    with time_machine.travel(at + timedelta(minutes=1)):
        sending.tend()
        sending.tend()

    assert [row.newsletter for row in LetterDelivery.objects.all()] == [kept]
    kept.refresh_from_db()
    dropped.refresh_from_db()
    assert (kept.state, dropped.state, dropped.scheduled_for) == ("sending", "draft", None)
    with pytest.raises(Refusal, match="déjà partie"):
        sending.cancel(kept)


def test_one_that_cannot_be_written_does_not_hold_up_the_others(db, monkeypatch, caplog):
    make_subscriber()
    broken, whole = (sending.schedule(make_newsletter(blocks=WORDS)) for _ in range(2))
    render = sending.rendered

    def fails_once(newsletter):
        return 1 / 0 if newsletter.pk == broken.pk else render(newsletter)

    monkeypatch.setattr(sending, "rendered", fails_once)
    sending.start_due()

    assert [row.newsletter for row in LetterDelivery.objects.all()] == [whole]
    assert f"Newsletter {broken.pk} cannot be written" in caplog.text
    broken.refresh_from_db()
    assert broken.state == NewsletterState.DRAFT


def test_one_that_the_database_put_off_begins_at_the_next_turn(db, monkeypatch):
    make_subscriber()
    letter = sending.schedule(make_newsletter(blocks=WORDS))
    with monkeypatch.context() as busy:
        busy.setattr(sending, "publish", raiser(OperationalError("deadlock")))
        sending.start_due()
    letter.refresh_from_db()
    assert letter.state == NewsletterState.SCHEDULED

    sending.start_due()

    letter.refresh_from_db()
    assert letter.state == NewsletterState.SENDING


def raiser(error):
    def fail(*_):
        raise error

    return fail


def test_one_that_has_become_faulty_is_held_and_said_until_it_is_sent_again(db):
    make_subscriber()
    newsletter = sending.schedule(make_newsletter(blocks=WORDS))
    newsletter.blocks.all().delete()
    sending.start_due()

    newsletter.refresh_from_db()
    [line] = todo_sending.lines()
    assert (newsletter.state, line.action) == (NewsletterState.DRAFT, "La corriger")
    assert "devait partir" in line.sentence
    newsletter.blocks.create(position=1, kind="text", content=WORDS[0][1])
    sending.start(sending.schedule(newsletter))
    assert todo_sending.lines() == []
    sending.pause(newsletter)
    assert [line.action for line in todo_sending.lines()] == ["Reprendre ou arrêter"]


def test_paused_nothing_leaves_resumed_the_rest_does(sink):
    newsletter = under_way(3)
    mail.deliver_due(limit=1)
    sending.pause(newsletter)

    assert (mail.deliver_due(), mail.sweep()) == (0, False)
    sending.finish_done()
    sending.resume(newsletter)
    assert mail.deliver_due() == 2

    assert sink.recipients() == everyone(3)


def test_a_batch_in_hand_when_it_is_paused_waits_and_when_it_is_stopped_ends(sink):
    newsletter = under_way(2)
    rows = outbox.claim(LetterDelivery, 2)
    sending.pause(newsletter)
    line = outbox.open_line()
    outbox.deliver_all(rows, line)
    assert fates(newsletter) == [("pending", "")] * 2

    sending.resume(newsletter)
    rows = outbox.claim(LetterDelivery, 2)
    sending.stop(newsletter)
    outbox.deliver_all(rows, line)
    line.close()
    sending.tend()

    assert (sink.kept, fates(newsletter)) == ([], [("failed", LetterDelivery.STOPPED)] * 2)


def test_stopped_what_has_not_left_never_will(sink):
    newsletter = under_way(3)
    mail.deliver_due(limit=1)
    sending.stop(newsletter)

    assert mail.deliver_due() == 0
    counts = figures.counts_of(newsletter)
    assert {name: counts[name] for name in ("sent", "stopped", "refused", "done")} == {
        "sent": 1, "stopped": 2, "refused": 0, "done": 100,
    }  # fmt: skip
    for verb in (sending.pause, sending.resume, sending.stop):
        with pytest.raises(Refusal):
            verb(newsletter)


# --- Who receives nothing -------------------------------------------------------------------------


def test_who_leaves_or_is_suspended_between_planning_and_sending_receives_nothing(sink):
    newsletter = under_way(4)
    leaving.leave(pk=Subscriber.objects.get(email="lectrice0@exemple.fr").pk)
    Subscriber.objects.filter(email="lectrice1@exemple.fr").update(state=SubscriberState.SUSPENDED)
    Subscriber.objects.filter(email="lectrice2@exemple.fr").delete()

    mail.deliver_due()

    assert sink.recipients() == ["lectrice3@exemple.fr"]
    assert fates(newsletter) == [("failed", LetterDelivery.LEFT)] * 3 + [("sent", "")]


def test_who_leaves_while_a_worker_holds_her_letter_receives_nothing(sink):
    under_way(1)
    [row] = press.fit(outbox.claim(LetterDelivery, 1))
    line = outbox.open_line()
    ready = press.prepare(row, line)
    Subscriber.objects.all().delete()

    outbox.deliver(row, ready, line)
    line.close()

    assert sink.kept == []


def test_a_letter_of_unknown_fate_is_never_repeated(sink):
    newsletter = under_way(2)
    sink.script["END"] = [CUT]
    mail.deliver_due()
    sending.tend()
    mail.deliver_due()

    assert [state for state, _ in fates(newsletter)] == ["unknown", "sent"]
    assert len(sink.kept) == 2


def test_a_confirmation_passes_before_the_rest_of_a_newsletter(sink, settings, monkeypatch):
    first = settings.TEMPLATES[0]
    settings.TEMPLATES = [first | {"DIRS": [*first["DIRS"], Path(cafe.tests.__file__).parent / "templates"]}]
    monkeypatch.setattr(outbox, "BATCH", 2)
    under_way(4)
    deliver_all = outbox.deliver_all

    def written_meanwhile(rows, line):
        letter(len(sink.kept))
        return deliver_all(rows, line)

    monkeypatch.setattr(outbox, "deliver_all", written_meanwhile)
    mail.deliver_due(limit=4)

    assert sink.recipients()[:3] == [*everyone(2), "soignante0@exemple.fr"]


# --- Pace and cost --------------------------------------------------------------------------------


def test_a_domain_gets_so_many_letters_a_minute_and_the_others_do_not_wait(sink):
    with time_machine.travel("2026-11-20 08:00:10+00:00", tick=False) as now:
        make_subscriber(email="ailleurs@autre.example")
        for number in range(5):
            make_subscriber(email=f"lectrice{number}@Exemple.fr")
        newsletter = make_newsletter(blocks=WORDS, per_minute=2)
        sending.start(sending.schedule(newsletter))
        by_minute = []
        for _ in range(4):
            before = len(sink.kept)
            mail.deliver_due()
            by_minute.append(sorted(sink.recipients()[before:]))
            now.shift(60)

    domains = [[address.split("@")[1].lower() for address in minute] for minute in by_minute]
    assert domains == [["autre.example", "exemple.fr", "exemple.fr"], ["exemple.fr"] * 2, ["exemple.fr"], []]
    assert set(newsletter.deliveries.values_list("attempts", flat=True)) == {1}


def test_a_batch_costs_the_same_whatever_its_size(db):
    newsletter = under_way(30)
    press.fit(outbox.claim(LetterDelivery, 1))

    def statements(size):
        rows = outbox.claim(LetterDelivery, size)
        with CaptureQueriesContext(connection) as captured:
            for row in press.fit(rows):
                press.prepare(row, outbox.open_line())
        return len(captured)

    statements(1)
    assert statements(2) == statements(20) <= 4
    assert newsletter.deliveries.filter(state="claimed").count() == 24


def test_beginning_costs_the_same_for_one_and_three_hundred(db):
    def statements(count):
        Subscriber.objects.all().delete()
        Subscriber.objects.bulk_create(
            Subscriber(
                email=f"l{number}@exemple.fr", state="active", asked_at=timezone.now(), confirmed_at=timezone.now(),
                last_sign_on=timezone.localdate(),
            )
            for number in range(count)
        )  # fmt: skip
        newsletter = sending.schedule(make_newsletter(blocks=WORDS))
        with CaptureQueriesContext(connection) as captured:
            assert sending.start(newsletter) == count
        return len(captured)

    statements(1)
    assert statements(1) == statements(300)


def test_the_outbox_delivers_no_longer_than_its_turn(sink, monkeypatch):
    monkeypatch.setattr(outbox, "BATCH", 1)
    under_way(3)

    assert mail.deliver_due(seconds=0.000001) == 1


def test_a_long_newsletter_keeps_one_turn_a_worker_in_the_queue(db, settings, monkeypatch):
    settings.CELERY_WORKER_CONCURRENCY = 2
    asked = []
    monkeypatch.setattr(mail, "call_worker", asked.append)

    with time_machine.travel("2026-11-20 08:00:05+00:00", tick=False) as now:
        for _ in range(5):
            tasks.queue_again()
        assert asked == ["cafe.tasks.deliver"] * 2
        now.shift(tasks.TURN_SECONDS)
        tasks.queue_again()

    assert len(asked) == 3
