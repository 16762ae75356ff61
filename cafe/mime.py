"""From a row of the outbox to the message that leaves, and to its bytes."""

import base64
import binascii
import hashlib
import hmac
import secrets
from email.header import Header
from email.mime.image import MIMEImage
from email.utils import formatdate
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.core.mail.message import sanitize_address
from django.core.validators import validate_email

LOGO = "cid:logo"
LONGEST_WORD = 45  # bytes


def build(row):
    """Return the message of an Outgoing row: text, HTML with its styles inlined, attachments."""
    headers = {"Message-ID": message_id(row.dedupe_key), "Auto-Submitted": "auto-generated"} | row.headers
    message = EmailMultiAlternatives(subject=row.subject, body=row.text, to=[row.to], headers=headers)
    if row.html:
        message.attach_alternative(inliner().inline(row.html), "text/html")
    for part in row.attachments:
        content = base64.b64decode(part["content"])
        if "cid" in part:
            message.attach(inline_image(content, part["cid"]))
        else:
            message.attach(part["name"], content, part["type"])
    if LOGO in row.html:
        attach_logo(message)
    return message


def message_id(dedupe_key):
    """The same mail sent again keeps its Message-ID, so that mailboxes can show it once. Keyed: the key stays ours."""
    digest = hmac.new(settings.SECRET_KEY.encode(), dedupe_key.encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:40]}@{urlsplit(settings.SITE_URL).hostname}>"


@cache
def inliner():
    # Imported here: the web process writes mails and never inlines one.
    from css_inline import CSSInliner  # noqa: PLC0415

    return CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


def attach_logo(message):
    """The logo travels in the mail: fetching it from the portal would tell us who opens what."""
    from cafe.models import Portal  # noqa: PLC0415

    try:
        with Portal.load().logo.open() as logo:
            image = inline_image(logo.read(), "logo")
    except (OSError, ValueError, TypeError):
        return
    message.attach(image)


def inline_image(content, cid):
    """Return an image that the HTML shows as cid:<cid>."""
    image = MIMEImage(content)
    image.add_header("Content-ID", f"<{cid}>")
    image.add_header("Content-Disposition", "inline", filename=cid)
    return image


def check(message):
    """Raise ValidationError or BadHeaderError for what is no mail: a false address, a header with a line end."""
    for address in message.recipients():
        validate_email(address)
    for value in (message.subject, message.from_email, *message.extra_headers.values()):
        if "\n" in value or "\r" in value:
            raise BadHeaderError


def address(given):
    """Return an address as SMTP and headers take it: a foreign name encoded, a foreign domain in punycode."""
    return given if given.isascii() else foreign(given)


@cache
def foreign(given):
    return sanitize_address(given, "utf-8")


def to_bytes(message):
    """Return the bytes that SMTP carries, of a message that passed check().

    Text and HTML are put together here: Python's generator takes as long as all the rest of a delivery. A message
    with attachments is left to it.
    """
    if message.attachments or len(message.alternatives) != 1:
        return message.message().as_bytes(linesep="\r\n")
    # "=_" is in no quoted-printable text, hence this line is in no part.
    boundary = f"=_{secrets.token_hex(12)}"
    headers = {
        "Subject": message.subject,
        "From": address(message.from_email),
        "To": ", ".join(address(each) for each in message.to),
        "Date": formatdate(),
        **message.extra_headers,
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    head = "".join(f"{name}: {encoded(value)}\r\n" for name, value in headers.items()).encode("ascii")
    html, kind = message.alternatives[0]
    text_part, html_part = part(message.body, "text/plain"), part(html, kind)
    line = f"--{boundary}".encode()
    return b"\r\n".join([head, line, text_part, line, html_part, line + b"--", b""])


def encoded(value):
    """Return a header's value in ASCII; a short one is one encoded word (RFC 2047), 75 characters at most."""
    if value.isascii():
        return value
    data = value.encode()
    if len(data) <= LONGEST_WORD:
        return f"=?utf-8?b?{base64.b64encode(data).decode()}?="
    return Header(value, "utf-8").encode(linesep="\r\n")


def part(text, kind):
    # The end line tells b2a_qp, where there is no other, to break long lines with CRLF too.
    lines = "\r\n".join([*text.splitlines(), ""]).encode()
    head = f'Content-Type: {kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode() + binascii.b2a_qp(lines)
