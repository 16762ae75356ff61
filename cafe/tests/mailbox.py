"""The mails that an embedded portal has written as files, read as their recipients would."""

import re
from email import message_from_bytes, policy
from pathlib import Path

from cafe.tests.processes import wait_until

SEPARATOR = b"-" * 79


def mails_to(env, address):
    """Return the messages written so far to one address, oldest first."""
    files = sorted(Path(env["VAR_DIR"], "mail").glob("*"), key=lambda path: path.stat().st_mtime)
    raw = [part.strip(b"\n") for path in files for part in path.read_bytes().split(SEPARATOR) if part.strip()]
    messages = [message_from_bytes(part, policy=policy.default) for part in raw]
    return [message for message in messages if address in message["To"]]


def wait_for_mail(env, address, count=1, seconds=60):
    """Return the mails to an address once there are `count` of them."""
    wait_until(lambda: len(mails_to(env, address)) >= count, seconds, f"{address} has no mail number {count}")
    return mails_to(env, address)


def personal_link(message):
    """Return the path of the registration's link in the text of a mail."""
    text = message.get_body(("plain",)).get_content()
    return re.search(r"https?://[^/\s]+(/inscription/\S+)", text)[1]
