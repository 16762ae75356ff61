from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.models import Registration, Session
from activities.services.offers import expire_offers, offer_deadline
from activities.services.registering import cancel_registration, waiting_position
from activities.tests.factories import make_session, sign_up

State = Registration.State
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ahead", "length"),
    [
        (timedelta(days=30), timedelta(hours=48)),
        (timedelta(days=6), timedelta(hours=48)),
        (timedelta(days=3), timedelta(hours=24)),
        (timedelta(hours=12), timedelta(hours=4)),
        (timedelta(hours=2), timedelta(hours=1)),
        (timedelta(minutes=20), timedelta(minutes=20)),
    ],
)
def test_the_deadline_shortens_as_the_session_nears(ahead, length):
    assert offer_deadline(now=NOW, starts_at=NOW + ahead) == NOW + length


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=400)))
def test_an_offer_never_outlives_the_start_nor_48_hours(ahead):
    deadline = offer_deadline(now=NOW, starts_at=NOW + ahead)

    assert NOW < deadline <= min(NOW + ahead, NOW + timedelta(hours=48))


def test_the_longest_offer_is_a_setting(settings):
    settings.OFFER_HOURS = 12

    assert offer_deadline(now=NOW, starts_at=NOW + 30 * DAY) == NOW + timedelta(hours=12)


@pytest.mark.django_db
def test_an_expired_offer_passes_to_the_next_and_says_so(outbox, clock):
    session = make_session(capacity=1)
    first, second, third = (sign_up(session) for _ in range(3))
    cancel_registration(registration=first)
    clock.shift(timedelta(hours=49))

    ended = expire_offers()
    again = expire_offers()

    states = list(session.registrations.order_by("number").values_list("state", "cancel_reason"))
    assert (ended, again) == (1, 0)
    assert states == [(State.CANCELLED, "person"), (State.CANCELLED, "expired"), (State.OFFERED, "")]
    keys = [row.dedupe_key.split(":")[2] for row in outbox.rows if row.to in {second.email, third.email}]
    assert keys == ["waiting", "waiting", "offered", "offer_expired", "offered"]


@pytest.mark.django_db
def test_a_free_place_left_unoffered_is_offered_by_the_sweep(outbox):
    session = make_session(capacity=1)
    sign_up(session)
    waiting = sign_up(session)
    Session.objects.filter(pk=session.pk).update(capacity=2)

    expire_offers()

    assert Registration.objects.get(pk=waiting.pk).state == State.OFFERED


@pytest.mark.django_db
def test_nothing_is_offered_once_the_session_has_begun_or_is_cancelled(outbox, clock):
    begun, cancelled = make_session(capacity=1), make_session(capacity=1)
    for session in (begun, cancelled):
        sign_up(session)
        sign_up(session)
    Session.objects.filter(pk__in=[begun.pk, cancelled.pk]).update(capacity=2)
    Session.objects.filter(pk=cancelled.pk).update(state=Session.State.CANCELLED)
    clock.shift(timedelta(days=11))

    expire_offers()

    assert not Registration.objects.filter(state=State.OFFERED).exists()


@pytest.mark.django_db
def test_an_offer_holds_its_place_until_it_expires(outbox, clock):
    session = make_session(capacity=1)
    first, second = sign_up(session), sign_up(session)
    cancel_registration(registration=first)

    held = Session.objects.with_counts().get(pk=session.pk)
    newcomer = sign_up(session)
    clock.shift(timedelta(hours=49))
    freed = Session.objects.with_counts().get(pk=session.pk)

    assert (held.occupied, held.places_left, freed.occupied) == (1, 0, 0)
    assert (newcomer.state, waiting_position(newcomer)) == (State.WAITING, 1)
    assert second.state == State.WAITING
