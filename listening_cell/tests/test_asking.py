"""Asking: what is written and what is not, pairs and slots, the same form twice, races."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell.models import AskedOn, Case, CellSettings, Peer, Reservation, Slot
from listening_cell.services import asking, booking, casework, files
from listening_cell.tests.factories import make_cell, make_peer, make_slot
from members.enums import Profession

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cell():
    return make_cell()


def wish(**fields):
    return casework.Request(**({"for_whom": "self", "profession": Profession.NURSE.value, "mode": "phone"} | fields))


def a_pair(cell, *, days=(3,)):
    peers = [make_peer(cell), make_peer(cell, seasoned=False, profession=Profession.MIDWIFE)]
    slots = [make_slot(peer, days=day) for day in days for peer in peers]
    return peers, sorted({slot.starts_at for slot in slots})


def test_a_talk_is_asked_for_and_holds_an_hour_of_each_peer(cell):
    peers, (starts_at,) = a_pair(cell)

    asked = asking.ask(nonce="n" * 32, request=wish(words="bonjour"), starts_at=starts_at)

    assert {peer.pk for peer in asked.peers} == {peer.pk for peer in peers}
    assert {row.slot.peer_id for row in Reservation.objects.select_related("slot")} == {peer.pk for peer in peers}
    assert booking.coming(asked.opened.case) == starts_at
    assert booking.read_board().free == {}
    assert casework.read_request(casework.open_by_receipt(asked.receipt)).words == "bonjour"


def test_the_same_form_sent_again_shows_the_same_receipt_and_books_nothing_more(cell):
    _, (starts_at, later) = a_pair(cell, days=(3, 4))
    first = asking.ask(nonce="n" * 32, request=wish(), starts_at=starts_at)

    again = asking.ask(nonce="n" * 32, request=wish(words="autre"), starts_at=later)

    assert (again.receipt, again.starts_at) == (first.receipt, starts_at)
    assert (Case.objects.count(), Reservation.objects.count(), AskedOn.objects.get().count) == (1, 2, 1)


def test_a_slot_that_was_taken_gives_three_near_ones_and_leaves_no_trace(cell):
    _, times = a_pair(cell, days=(3, 4, 5, 6, 7, 8, 9))
    asking.ask(nonce="a" * 32, request=wish(), starts_at=times[0])

    with pytest.raises(booking.SlotTaken) as refused:
        asking.ask(nonce="b" * 32, request=wish(), starts_at=times[0])

    assert set(refused.value.near) <= set(times[1:])
    assert 1 <= len(refused.value.near) <= 3
    assert (Case.objects.count(), len(files.references())) == (1, 1)


def test_another_pair_at_the_same_hour_takes_over(cell):
    (starts_at,) = {make_slot(make_peer(cell)).starts_at for _ in range(4)}

    receipts = {asking.ask(nonce=word * 32, request=wish(), starts_at=starts_at).receipt for word in "ab"}

    assert (len(receipts), Reservation.objects.count()) == (2, 4)


def test_without_a_common_hour_a_pair_is_still_chosen(cell):
    peers = [make_peer(cell), make_peer(cell)]

    asked = asking.ask(nonce="n" * 32, request=wish())

    assert {peer.pk for peer in asked.peers} == {peer.pk for peer in peers}
    assert (asked.starts_at, Reservation.objects.count()) == (None, 0)


@pytest.mark.parametrize("excluded", [0, 1])
def test_a_peer_who_was_excluded_is_never_in_the_pair_and_where_nobody_is_left_nothing_is_stored(cell, excluded):
    peers, (starts_at,) = a_pair(cell)

    for at in (starts_at, None):
        with pytest.raises(asking.NoPair):
            asking.ask(nonce="n" * 32, request=wish(excluded=(peers[excluded].pk,)), starts_at=at)

    assert (Case.objects.count(), files.references(), AskedOn.objects.count()) == (0, set(), 0)


def test_beyond_the_daily_cap_one_asks_without_a_slot(cell, time_machine):
    _, times = a_pair(cell, days=(3, 4, 5))
    CellSettings.objects.update(daily_cap=1)
    asking.ask(nonce="a" * 32, request=wish(), starts_at=times[0])

    with pytest.raises(Refusal) as refused:
        asking.ask(nonce="b" * 32, request=wish(), starts_at=times[1])
    asking.ask(nonce="c" * 32, request=wish())
    left = asking.slots_left_today()
    time_machine.move_to(timezone.now() + timedelta(days=1))

    assert (refused.value.sentence, left, asking.slots_left_today()) == (asking.NO_SLOT, False, True)


def test_moving_keeps_the_pair_and_gives_the_first_hour_back(cell):
    peers, (first, second) = a_pair(cell, days=(3, 4))
    case = asking.ask(nonce="n" * 32, request=wish(), starts_at=first).opened.case

    booking.move(case=case, peers=peers, starts_at=second)

    assert booking.coming(case) == second
    assert list(booking.read_board().free) == [first]
    with pytest.raises(booking.SlotTaken):
        booking.move(case=case, peers=peers, starts_at=first - timedelta(hours=1))
    assert booking.coming(case) == second


def test_reading_the_board_takes_as_many_statements_for_three_peers_as_for_six(cell, django_assert_num_queries):
    a_pair(cell, days=(3, 4, 5))
    with django_assert_num_queries(5):
        booking.read_board()
    a_pair(cell, days=(3, 4, 5))
    a_pair(cell)

    with django_assert_num_queries(5):
        booking.read_board()


@pytest.mark.parametrize(
    ("today", "refusal"), [("2026-03-10", asking.NoPair), ("2026-03-30", booking.SlotTaken)], ids=["same month", "next"]
)
def test_a_talk_past_the_limit_of_its_month_is_not_taken(time_machine, today, refusal):
    """Where the limit is that of next month, something else can be had: a request without a slot counts in this one."""
    time_machine.move_to(f"{today}T10:00:00+01:00", tick=False)
    peers, times = a_pair(make_cell(), days=(3,))
    Peer.objects.update(monthly_limit=1)
    extra = [make_slot(peer, days=3, hour=9) for peer in peers]
    asking.ask(nonce="a" * 32, request=wish(), starts_at=times[0])

    with pytest.raises(refusal):
        asking.ask(nonce="b" * 32, request=wish(), starts_at=extra[0].starts_at)
    assert Slot.objects.filter(reservation__isnull=False).count() == 2
