import pytest
from django.test import Client

from members.enums import Role
from members.tests.factories import make_user


@pytest.fixture
def coordinator(db):
    return make_user(role=Role.COORDINATION, second_factor=True)


@pytest.fixture
def desk(coordinator):
    """A browser where the coordinator is signed in."""
    client = Client()
    client.force_login(coordinator)
    return client
