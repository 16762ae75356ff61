from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMultiAlternatives

from cafe import mime


def message(subject="Séance de jeudi", text="Bonjour,\nà jeudi.\n", **given):
    headers = {"Message-ID": "<1@cafe.example>", "Auto-Submitted": "auto-generated", "Reply-To": "a@cafe.example"}
    usual = {"from_email": "Café des Soignants <cafe@cafe.example>", "to": ["zoe@exemple.fr"], "headers": headers}
    built = EmailMultiAlternatives(subject=subject, body=text, **usual | given)
    built.attach_alternative("<p>Bonjour, à jeudi = 20 h.</p>\n" + "<p>été</p>" * 200, "text/html")
    return built


def read(data):
    """What a mailbox sees of a message's bytes."""
    parsed = message_from_bytes(data, policy=policy.default)
    # Django folds a long subject so that it comes back with a space in front.
    headers = {name: value.strip() for name, value in parsed.items() if name not in {"Date", "Content-Type"}}
    leaves = [part for part in parsed.walk() if not part.is_multipart()]
    parts = [(part.get_content_type(), part.get_content().rstrip()) for part in leaves]
    return headers, parsed.get_content_type(), parts


@pytest.mark.parametrize("given", [
    {},
    {"subject": "Rappel"},
    {"subject": "Être à l’écoute : « se poser, respirer, repartir » " * 4},
    {"subject": "☕" * 60},
    {"text": ".\n..\nFrom ici\n" + "é" * 2000 + "\n\ttabulation et espaces   \n=_limite"},
    {"to": ["zoé@exemple.fr"]},
    {"to": ["zoe@santé.fr"]},
    {"from_email": "cafe@cafe.example"},
])  # fmt: skip
def test_our_bytes_say_what_djangos_say(given):
    built = message(**given)

    assert read(mime.to_bytes(built)) == read(built.message().as_bytes(linesep="\r\n"))


def test_our_bytes_pass_through_any_server():
    lines = mime.to_bytes(message(subject="É" * 150, text="é" * 5000)).split(b"\r\n")

    assert all(line.isascii() and b"\n" not in line and b"\r" not in line for line in lines)
    assert max(len(line) for line in lines) < 100


def test_a_message_with_attachments_is_djangos():
    built = message()
    built.attach("seance.ics", "BEGIN:VCALENDAR", "text/calendar; method=PUBLISH")

    [*_, calendar] = message_from_bytes(mime.to_bytes(built), policy=policy.default).walk()
    assert (calendar.get_content_type(), calendar.get_filename(), calendar.get_param("method")) == (
        "text/calendar",
        "seance.ics",
        "PUBLISH",
    )
