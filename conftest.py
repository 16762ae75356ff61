import os
import uuid

import pytest
from django.core import mail as django_mail
from django.db import connection, connections
from hypothesis import settings as effort
from pytest_django.live_server_helper import LiveServer

from cafe.celery import app

# How long one example takes depends on what else the machine does. Each run tries the same examples;
# HYPOTHESIS_EXPLORE=1 draws new ones.
effort.register_profile("portal", deadline=None, derandomize=not os.environ.get("HYPOTHESIS_EXPLORE"))
effort.load_profile("portal")

# Waking a worker in a test must not reach a real broker, whatever REDIS_URL says.
app.conf.update(broker_url="memory://", broker_transport_options={})


def pytest_collection_modifyitems(items):
    """Tests that start real servers, or a browser, follow one another: side by side on two cores they would starve."""
    for item in items:
        if item.get_closest_marker("server") or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("processes"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """End what the threads of a live server still hold: PostgreSQL drops no database that somebody reads."""
    yield
    # The database is still there: this ends before the fixture of the same name that it wraps.
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


class Outbox:
    """What the portal has written and what leaves when the worker passes."""

    @property
    def rows(self):
        """The rows of the outbox, oldest first."""
        from cafe.models import Outgoing  # noqa: PLC0415

        return list(Outgoing.objects.order_by("pk"))

    def deliver(self):
        """Let a worker pass; return every message that has left so far, as Django's EmailMessage."""
        from cafe.mail import deliver_due  # noqa: PLC0415

        deliver_due()
        return django_mail.outbox


@pytest.fixture
def outbox(db):
    return Outbox()


@pytest.fixture(autouse=True)
def test_settings(settings, tmp_path, monkeypatch):
    """Static files as they lie in the tree, uploads in a folder of the test's own, passwords that cost nothing."""
    from cafe import mail  # noqa: PLC0415
    from listening_cell import vault  # noqa: PLC0415

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # What it draws by lot, hours and pairs, falls alike in every run of one day, unless the run is given another.
    settings.CELL_PEPPER = os.environ.get("CELL_PEPPER") or "5e" * 32
    settings.CELL_SHRED_DIR = tmp_path / "cell"
    settings.CELL_ROOT_FILE = tmp_path / "cell_root_verify_key"
    monkeypatch.setattr(vault, "PASSES", 1)
    monkeypatch.setattr(vault, "MEMORY_KIB", 8)
    # What this process remembers of its broker is of the test before.
    mail.quiet_until = mail.awake_until = 0.0
    # Redis, where there is one, is shared by the processes of a run: no test may see the counters of another.
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid.uuid4().hex}}


@pytest.fixture
def server(transactional_db, monkeypatch):
    """Not live_server, which is started once, before the settings of a test are in place.

    Its threads give their connection back after each request: PostgreSQL drops no database that one of them holds.
    """
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def browser(server, monkeypatch):
    """Chromium."""
    from members.tests.browsing import chromium  # noqa: PLC0415

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop lives in this thread
    with chromium() as browser:
        yield browser
        connections.close_all()  # inside that loop Django has opened one of its own
