"""The box to which refused newsletters come back, read by IMAP or POP.

Reports are deleted once they are written. What is no report is left to a human: under IMAP it is marked as read, under
POP only its headers are fetched.
"""

import imaplib
import logging
import poplib
import ssl
from contextlib import closing, suppress
from urllib.parse import unquote, urlsplit

from django.conf import settings

from newsletters.services.bounces import record
from newsletters.services.reports import read_report

logger = logging.getLogger(__name__)
AT_ONCE = 200
PATIENCE = 30  # seconds
PORTS = {"imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995}


def read():
    """Read the box of BOUNCE_URL, if there is one; return how many reports were new. A box that is down waits."""
    if not settings.BOUNCE_URL:
        return 0
    url = urlsplit(settings.BOUNCE_URL)
    try:
        return {"imap": read_imap, "pop3": read_pop}[url.scheme.removesuffix("s")](url)
    except (OSError, imaplib.IMAP4.error, poplib.error_proto) as error:
        # Its words may quote an address, or the password.
        logger.warning("The box of refused newsletters cannot be read: %s.", type(error).__name__)
        return 0


def host_of(url):
    return url.hostname, url.port or PORTS[url.scheme]


def read_imap(url):
    host, port = host_of(url)
    if url.scheme == "imaps":
        box = imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=PATIENCE)
    else:
        box = imaplib.IMAP4(host, port, timeout=PATIENCE)
    with box:
        box.login(unquote(url.username or ""), unquote(url.password or ""))
        box.select(unquote(url.path.strip("/")) or "INBOX")
        numbers = (box.search(None, "UNSEEN")[1][0] or b"").split()[:AT_ONCE]
        new = sum(read_one(box, number) for number in numbers)
        box.expunge()
    return new


def read_one(box, number):
    """Fetching marks as read; a report is deleted besides."""
    parts = box.fetch(number, "(RFC822)")[1]
    data = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    is_report, is_new = take(data)
    if is_report:
        box.store(number, "+FLAGS", r"(\Deleted)")
    return is_new


def read_pop(url):
    host, port = host_of(url)
    if url.scheme == "pop3s":
        box = poplib.POP3_SSL(host, port, context=ssl.create_default_context(), timeout=PATIENCE)
    else:
        box = poplib.POP3(host, port, timeout=PATIENCE)
    new = 0
    with closing(box):
        box.user(unquote(url.username or ""))
        box.pass_(unquote(url.password or ""))
        count = box.stat()[0]
        for number in range(max(0, count - AT_ONCE) + 1, count + 1):
            if b"multipart/report" not in b"\n".join(box.top(number, 0)[1]).lower():
                continue
            is_report, is_new = take(b"\r\n".join(box.retr(number)[1]))
            new += is_new
            if is_report:
                box.dele(number)
        with suppress(OSError):
            box.quit()
    return new


def take(data):
    """Return (whether a mail is a report, whether it was new). One that nobody can read is left to a human."""
    try:
        report = read_report(data)
    except Exception as error:
        logger.warning("A mail of the box of refused newsletters cannot be read: %s.", type(error).__name__)
        return False, False
    return (True, record(report)) if report else (False, False)
