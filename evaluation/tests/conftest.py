from datetime import UTC, datetime

import pytest
from django.test import Client

from members.enums import Role
from members.tests.factories import make_user


@pytest.fixture
def clock(time_machine):
    """A clock that stands still on a quiet Tuesday in March, until the test moves it."""
    time_machine.move_to(datetime(2026, 3, 3, 12, 15, tzinfo=UTC), tick=False)
    return time_machine


@pytest.fixture
def coordinator(db):
    return make_user(role=Role.COORDINATION, second_factor=True)


@pytest.fixture
def desk(coordinator):
    """A browser in which the coordination is signed in."""
    client = Client()
    client.force_login(coordinator)
    return client
