"""One line to the mail server, kept open from mail to mail, that tells what surely left from what may have."""

import re
import smtplib
from typing import NamedTuple

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from cafe import mime

ACCEPTED = (250, 251)
CLOSING = 421
PERMANENT = 500


class Temporary(Exception):
    """Not sent, try later."""


class Unreachable(Temporary):
    """Not sent, and the server takes nothing from anybody now."""


class Refused(Exception):
    """Not sent, and trying again would not help."""


class Lost(Exception):
    """The message was handed over and no answer came: it may have left."""


def open_line():
    """Return the line that fits EMAIL_BACKEND."""
    backend = get_connection()
    return SmtpLine(backend) if isinstance(backend, EmailBackend) else Spool()


def code_of(code, reply):
    """Return "550 5.1.1" out of a reply, and none of its words, since they may quote the address."""
    enhanced = re.match(rb"[245]\.\d{1,3}\.\d{1,3}", reply or b"")
    return f"{code} {enhanced[0].decode()}" if enhanced else str(code)


class Letter(NamedTuple):
    sender: str
    recipients: list
    data: bytes


class Spool:
    """Files, console or memory: no envelope, and one backend per message, which gives each its own file."""

    carries_bytes = False

    def prepare(self, message):
        mime.check(message)
        return message

    def address(self, letter):
        pass

    def hand_over(self, letter):
        try:
            get_connection().send_messages([letter])
        except OSError as error:
            raise Lost(type(error).__name__) from error

    def reset(self):
        pass

    def close(self):
        pass


class SmtpLine:
    """Django's SMTP backend driven step by step: it connects, encrypts and signs in; the steps after that are ours."""

    carries_bytes = True

    def __init__(self, backend):
        self.backend = backend

    def prepare(self, message):
        """Return the bytes to send; whatever is wrong with them shows here, before anything is said to the server."""
        mime.check(message)
        recipients = [mime.address(each) for each in message.recipients()]
        return Letter(mime.address(message.from_email), recipients, mime.to_bytes(message))

    def address(self, letter):
        """Say who writes to whom. Nothing has left when this fails. A line gone stale is opened again once."""
        # A server hangs up on a line that was quiet: only a fresh one that fails tells that nobody answers.
        stale = self.backend.connection is not None
        try:
            self._address(letter)
        except Unreachable:
            if not stale:
                raise
            self._address(letter)

    def _address(self, letter):
        try:
            smtp = self._connected()
            self._expect(smtp.mail(letter.sender, self._options(smtp)))
            for recipient in letter.recipients:
                self._expect(smtp.rcpt(recipient))
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            code = getattr(error, "smtp_code", None)
            raise Unreachable(f"{code or ''} {type(error).__name__}".strip()) from error

    def _connected(self):
        if self.backend.connection is None:
            self.backend.open()
            self.backend.connection.ehlo_or_helo_if_needed()
        return self.backend.connection

    def _options(self, smtp):
        return ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []

    def hand_over(self, letter):
        """Send the contents. Only a reply tells that they were not taken; without one, they may have been."""
        try:
            answer = self.backend.connection.data(letter.data)
        except smtplib.SMTPDataError as error:
            answer = (error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise Lost(type(error).__name__) from error
        self._expect(answer)

    def _expect(self, answer):
        """Raise what a reply means, unless it is yes."""
        code, reply = answer
        if code in ACCEPTED:
            return
        if code == CLOSING:
            self.drop()
            raise Unreachable(code_of(code, reply))
        # What was begun must not stick to the next letter on this line.
        self.reset()
        raise (Refused if code >= PERMANENT else Temporary)(code_of(code, reply))

    def reset(self):
        """Forget the message begun, so that the next one may be."""
        try:
            self.backend.connection.rset()
        except (smtplib.SMTPException, OSError):
            self.drop()

    def drop(self):
        """Hang up without a word: the other end is gone or wants us gone."""
        if self.backend.connection is not None:
            self.backend.connection.close()
            self.backend.connection = None

    def close(self):
        self.backend.fail_silently = True
        self.backend.close()
