"""From a frozen newsletter to the letters of a batch: its bytes are made once, a few change from person to person.

A worker keeps those of the last newsletters. Headers come in one order, everything is ASCII in lines of 76 characters
(but for the addresses of links in headers), so that a signature laid on them holds (DKIM).
"""

import base64
import binascii
import hashlib
import re
from email.mime.base import MIMEBase
from email.utils import formatdate
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.utils import timezone

from cafe import mime
from cafe.models import DeliveryState, Portal
from cafe.transport import Letter
from newsletters.enums import NewsletterState
from newsletters.models import LetterDelivery, Newsletter, Subscriber
from newsletters.placeholders import MARKS, UNSUBSCRIBE, filled_html, filled_text, personal
from newsletters.rendering import inline_parts
from newsletters.services.links import subscription_url, unsubscribe_url
from newsletters.services.pace import within_pace

SHEETS_KEPT = 2
MARK = re.compile("|".join(MARKS))
SOFT_BREAK = b"=\r\n"


# --- Of a claimed batch, what may leave -----------------------------------------------------------


def fit(rows):
    """Return the rows that may leave now, each with its reader and its newsletter: see cafe.outbox.Way.

    Whoever has left or is suspended since the letter was planned gets nothing. What was paused or stopped meanwhile,
    or is too much for this minute, waits again.
    """
    newsletters = Newsletter.objects.filter(pk__in={row.newsletter_id for row in rows}, state=NewsletterState.SENDING)
    under_way = newsletters.only("pk", "per_minute", "started_at").in_bulk()
    readers = Subscriber.objects.active().only("pk", "first_name").in_bulk([row.subscriber_id for row in rows])
    lots, gone, held = {}, [], []
    for row in rows:
        row.reader = readers.get(row.subscriber_id)
        lot = lots.setdefault(row.newsletter_id, []) if row.newsletter_id in under_way else held
        (lot if row.reader else gone).append(row)
    release(gone, state=DeliveryState.FAILED, last_error=LetterDelivery.LEFT, finished_at=timezone.now())
    release(held, state=DeliveryState.PENDING)
    ready = []
    for pk, lot in lots.items():
        ready += within_pace(lot, under_way[pk].per_minute) if lot else []
    for row in ready:
        row.newsletter = under_way[row.newsletter_id]
    return ready


def release(rows, **changes):
    """Let claimed rows go, in one statement."""
    if rows:
        claimed = LetterDelivery.objects.filter(pk__in=[row.pk for row in rows], state=DeliveryState.CLAIMED)
        claimed.filter(claim_token=rows[0].claim_token).update(claim_token=None, lease_until=None, **changes)


def prepare(row, line):
    """Return what the line carries for a row that is fit: bytes, or a message where they go to a file."""
    validate_email(row.to)
    sheet = sheet_of(row.newsletter_id, row.newsletter.started_at)
    return sheet.letter(row) if line.carries_bytes else line.prepare(sheet.message(row))


@lru_cache(SHEETS_KEPT)
def sheet_of(pk, started_at):
    return Sheet(Newsletter.objects.get(pk=pk))


def message_id(row):
    """Begins with the row's key, so that what comes back is found; the rest, keyed, cannot be made up."""
    return f"<{row.pk}.{mime.message_id(row.dedupe_key)[1:]}"


def sender():
    """Return the address to which refusals come back."""
    return mime.address(settings.BOUNCE_ADDRESS or settings.DEFAULT_FROM_EMAIL)


# --- The bytes ------------------------------------------------------------------------------------


class Sheet:
    """A newsletter ready to be printed: its parts between the marks, encoded once."""

    def __init__(self, newsletter):
        portal = Portal.load()
        self.newsletter, self.sender = newsletter, sender()
        self.images = inline_parts(newsletter, newsletter.html)
        digest = hashlib.sha256(f"{newsletter.pk}{newsletter.html}{newsletter.text}".encode()).hexdigest()
        # "=_" is in no quoted-printable text, hence these lines are in no part.
        self.boundaries = [f"=_{name}{digest[:24]}" for name in "ab"]
        self.fixed = {
            "From": mime.address(settings.DEFAULT_FROM_EMAIL),
            "Reply-To": portal.contact_email,
            "Subject": newsletter.subject,
            "List-Id": f"<lettres.{urlsplit(settings.SITE_URL).hostname}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "no",
            "MIME-Version": "1.0",
        }
        kind = f'multipart/alternative;\r\n boundary="{self.boundaries[0]}"'
        lines = [f"{name}: {mime.encoded(value)}" for name, value in self.fixed.items()]
        self.head = "\r\n".join([*lines, f"Content-Type: {kind}", "", ""]).encode("ascii")
        self.pieces = in_pieces(newsletter.text, str, self.text_head(), b"\r\n")
        self.pieces += in_pieces(newsletter.html, escape, self.html_head(), self.tail())

    def text_head(self):
        return f"--{self.boundaries[0]}\r\n{part_head('text/plain')}".encode()

    def html_head(self):
        """Images lie beside the HTML that shows them, where there are any."""
        outer, inner = self.boundaries
        related = f'Content-Type: multipart/related;\r\n boundary="{inner}"\r\n\r\n--{inner}\r\n' if self.images else ""
        return f"--{outer}\r\n{related}{part_head('text/html')}".encode()

    def tail(self):
        outer, inner = self.boundaries
        related = b"".join(b"\r\n--%s\r\n%s" % (inner.encode(), image_part(one)) for one in self.images)
        related += f"\r\n--{inner}--\r\n".encode() if self.images else b""
        return related + f"\r\n--{outer}--\r\n".encode()

    def values(self, row):
        return personal(
            unsubscribe_url=unsubscribe_url(row.reader, self.newsletter),
            preferences_url=subscription_url(row.reader),
            first_name=row.reader.first_name,
        )

    def own_headers(self, row, values):
        """The headers that change from letter to letter."""
        return {
            "To": mime.address(row.to),
            "Date": formatdate(),
            "Message-ID": message_id(row),
            "List-Unsubscribe": f"<{values[UNSUBSCRIBE]}>",
        }

    def letter(self, row):
        values = self.values(row)
        shown = {(how, mark): quoted_line(how(value)) for mark, value in values.items() for how in (str, escape)}
        own = "".join(f"{name}: {value}\r\n" for name, value in self.own_headers(row, values).items()).encode("ascii")
        body = [piece if isinstance(piece, bytes) else shown[piece] for piece in self.pieces]
        return Letter(self.sender, [mime.address(row.to)], b"".join([own, self.head, *body]))

    def message(self, row):
        """The same letter as a message of Django."""
        values = self.values(row)
        headers = {name: value for name, value in self.fixed.items() if name not in {"From", "Subject", "MIME-Version"}}
        own = {name: value for name, value in self.own_headers(row, values).items() if name != "To"}
        text = filled_text(self.newsletter.text, values)
        message = EmailMultiAlternatives(self.newsletter.subject, text, to=[row.to], headers=headers | own)
        message.attach_alternative(filled_html(self.newsletter.html, values), "text/html")
        for image in self.images:
            message.attach(attachment(image))
        return message


def part_head(kind):
    return f'Content-Type: {kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'


def in_pieces(text, how, head, tail):
    """Return [bytes or (how, mark)] of a part: quoted-printable, cut at the marks.

    A soft line break stands on both sides of a mark, so that no line grows with what takes its place.
    """
    pieces, marks = MARK.split(text), MARK.findall(text)
    found = [head + quoted(pieces[0])]
    for mark, piece in zip(marks, pieces[1:], strict=True):
        found += [SOFT_BREAK, (how, mark), SOFT_BREAK + quoted(piece)]
    return [*found, tail]


def quoted(text):
    """Return a text in quoted-printable, with CRLF. Ends in no space: a line that goes on does so by a soft break."""
    lines = text.replace("\r\n", "\n").split("\n")
    return b"\r\n".join(quoted_line(line) for line in lines)


def quoted_line(line):
    # The end line tells b2a_qp to break long lines with CRLF; one character less leaves room for a soft break.
    return binascii.b2a_qp(line.encode() + b"\r\n").removesuffix(b"\r\n") if line else b""


def image_part(image):
    head = (
        f"Content-Type: {image['type']}\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <{image['cid']}>\r\n"
        f'Content-Disposition: inline; filename="{image["name"]}"\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(image["content"]).replace(b"\n", b"\r\n")


def attachment(image):
    part = MIMEBase(*image["type"].split("/"))
    part.set_payload(base64.encodebytes(image["content"]).decode())
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-ID"] = f"<{image['cid']}>"
    part.add_header("Content-Disposition", "inline", filename=image["name"])
    return part
