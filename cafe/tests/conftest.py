from pathlib import Path

import pytest

from cafe.tests.smtp import smtp_sink


@pytest.fixture(autouse=True)
def letters(settings):
    """The templates of a mail for tests, event "letters/hello"."""
    first = settings.TEMPLATES[0]
    settings.TEMPLATES = [first | {"DIRS": [*first["DIRS"], Path(__file__).parent / "templates"]}]


@pytest.fixture
def sink(settings):
    """A real SMTP server to which the portal's mail goes."""
    with smtp_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 1
        yield sink
