"""A real SMTP server for tests, which keeps what it is given and misbehaves when told to."""

import asyncio
from collections import defaultdict
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, syntax

from cafe.tests.processes import free_port

CUT = "cut"  # hang up without a word
SILENCE = "silence"  # say nothing for three seconds


class Sink:
    """`script` tells what to answer at a step ("MAIL", "RCPT", "DATA" before the text, "END" after it), in turn.

    After its script a step answers yes. At "END" the message is kept whatever the answer, as a server may do that dies
    before answering.
    """

    def __init__(self):
        self.script = defaultdict(list)
        self.kept = []  # (recipient, Message-ID, bytes)
        self.connections = 0
        self.delay = 0

    def recipients(self):
        return [recipient for recipient, _, _ in self.kept]

    async def answer(self, server, step, usual):
        told = self.script[step].pop(0) if self.script[step] else usual
        if told == SILENCE:
            await asyncio.sleep(3)
            return usual
        if told == CUT:
            server.transport.abort()
        return told

    async def handle_MAIL(self, server, session, envelope, address, options):
        told = await self.answer(server, "MAIL", "250 OK")
        if told.startswith("250"):
            envelope.mail_from = address
        return told

    async def handle_RCPT(self, server, session, envelope, address, options):
        told = await self.answer(server, "RCPT", "250 OK")
        if told.startswith("250"):
            envelope.rcpt_tos.append(address)
        return told

    async def handle_DATA(self, server, session, envelope):
        lines = envelope.content.decode("utf-8", "replace").splitlines()
        message_id = next(line.split(": ", 1)[1] for line in lines if line.startswith("Message-ID: "))
        self.kept += [(recipient, message_id, envelope.content) for recipient in envelope.rcpt_tos]
        await asyncio.sleep(self.delay)
        return await self.answer(server, "END", "250 2.0.0 OK")


class ScriptedSMTP(SMTP):
    def connection_made(self, transport):
        self.event_handler.connections += 1
        super().connection_made(transport)

    @syntax("DATA")
    async def smtp_DATA(self, arg):
        told = await self.event_handler.answer(self, "DATA", "")
        if told:
            await self.push(told)
        else:
            await super().smtp_DATA(arg)


class ScriptedController(Controller):
    def factory(self):
        return ScriptedSMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def smtp_sink(port=None):
    """Yield a Sink that listens on 127.0.0.1, at `sink.port`."""
    sink = Sink()
    sink.port = port or free_port()
    controller = ScriptedController(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    sink.connections = 0  # the controller has tried its own door
    try:
        yield sink
    finally:
        controller.stop()
