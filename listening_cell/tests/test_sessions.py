"""An opened space: only the cookie opens it, it ends by itself, and its row tells not whose it is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from listening_cell.models import CellSession
from listening_cell.services import sessions
from listening_cell.services.sessions import Space

pytestmark = pytest.mark.django_db
SPACE = Space("peer", "a" * 26, bytes(range(32)))


def test_the_cookie_opens_the_space_and_nothing_else_does():
    cookie = sessions.open_space(SPACE)
    other = sessions.open_space(Space("receipt", "", b"ABCD"))

    assert sessions.opened_space(cookie) == SPACE
    assert sessions.opened_space(other) == Space("receipt", "", b"ABCD")
    for wrong in (None, "", "x", "ab" * 32, cookie[:-2], cookie + "00"):
        assert sessions.opened_space(wrong) is None


def test_the_row_tells_neither_whose_space_it_is_nor_what_opens_it():
    cookies = [sessions.open_space(SPACE), sessions.open_space(Space("receipt", "", b"ABCD" * 4))]
    rows = list(CellSession.objects.all())

    kept = b"".join(bytes(row.id) + bytes(row.blob) for row in rows)
    assert len({len(bytes(row.blob)) for row in rows}) == 1
    for word in (SPACE.owner.encode(), SPACE.secret, SPACE.secret.hex().encode(), b"peer", b"receipt"):
        assert word not in kept
    assert not any(bytes.fromhex(cookie) in kept for cookie in cookies)


def test_a_row_moved_to_another_cookie_does_not_open():
    mine, theirs = sessions.open_space(SPACE), sessions.open_space(Space("peer", "b" * 26, bytes(32)))
    rows = {cookie: CellSession.objects.get(id=sessions.session_id(bytes.fromhex(cookie))) for cookie in (mine, theirs)}
    CellSession.objects.filter(id=rows[mine].id).update(blob=rows[theirs].blob)

    assert sessions.opened_space(mine) is None


def test_a_space_closes_after_fifteen_idle_minutes_and_after_two_hours_at_most(time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    idle, used = sessions.open_space(SPACE), sessions.open_space(SPACE)

    seen = []
    for minutes in range(10, 131, 10):
        time_machine.move_to(start + timedelta(minutes=minutes), tick=False)
        seen.append(sessions.opened_space(used) == SPACE)

    assert seen == [True] * 11 + [False] * 2
    assert sessions.opened_space(idle) is None
    sessions.forget_closed(timezone.now())
    assert not CellSession.objects.exists()


def test_a_closed_space_opens_no_more():
    cookie = sessions.open_space(SPACE)

    sessions.close_space(cookie)
    sessions.close_space("nonsense")

    assert sessions.opened_space(cookie) is None
    assert not CellSession.objects.exists()


def test_reading_pages_quickly_writes_no_row(django_assert_num_queries):
    cookie = sessions.open_space(SPACE)

    with django_assert_num_queries(1):
        sessions.opened_space(cookie)
