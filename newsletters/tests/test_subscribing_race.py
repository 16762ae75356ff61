"""Two people at once, or one who presses twice: PostgreSQL lets both in, the rows decide."""

from functools import partial

import pytest
from django.utils import timezone

from newsletters.models import Departure, LetterDelivery, Newsletter, Subscriber
from newsletters.services.leaving import leave
from newsletters.services.sending import start_due
from newsletters.services.subscribing import ask, confirm
from newsletters.tests.factories import make_newsletter, make_subscriber
from resources.tests.racing import at_once, one_writer

pytestmark = [one_writer, pytest.mark.django_db(transaction=True)]


def test_an_address_given_twice_at_once_is_kept_once_and_written_to_once(outbox):
    assert at_once(*[partial(ask, email="louise@cafe.example")] * 4) == [None] * 4
    assert (Subscriber.objects.count(), len(outbox.rows)) == (1, 1)


def test_leaving_twice_at_once_is_leaving_once_and_confirming_meanwhile_brings_nobody_back():
    subscriber = make_subscriber(state="pending")
    *sealed, confirmed = at_once(*[partial(leave, pk=subscriber.pk)] * 3, partial(confirm, subscriber=subscriber))
    assert sorted(map(type, sealed), key=str) == [type(None), type(None), str]
    assert not isinstance(confirmed, Exception)
    assert (Subscriber.objects.count(), Departure.objects.count()) == (0, 1)


def test_who_leaves_while_a_newsletter_begins_is_not_written_to():
    words = [("text", {"markdown": "Bonjour"})]
    letter = make_newsletter(blocks=words, state="scheduled", scheduled_for=timezone.now())
    make_subscriber()
    subscriber = make_subscriber(email="louise@cafe.example")
    _, sealed = at_once(start_due, partial(leave, pk=subscriber.pk))
    assert isinstance(sealed, str)
    start_due()  # the next minute: a beginning that met the departure begins anew
    assert Newsletter.objects.get(pk=letter.pk).state == "sending"
    ready = LetterDelivery.objects.filter(subscriber__isnull=False, state="pending")
    assert ready.count() == 1
    assert not LetterDelivery.objects.filter(to="louise@cafe.example").exists()
