"""A POP and an IMAP server for tests, of the few commands that the portal uses, on 127.0.0.1."""

import re
import socketserver
import threading
from contextlib import contextmanager


class Box:
    """mails: {number: bytes}, from 1. deleted, seen: numbers. said: the commands received, without the password."""

    def __init__(self, mails):
        self.mails = dict(enumerate(mails, 1))
        self.deleted, self.seen, self.said = set(), set(), []


class Pop(socketserver.StreamRequestHandler):
    def say(self, line, body=None):
        self.wfile.write(line.encode() + b"\r\n")
        if body is not None:
            self.wfile.write(re.sub(rb"(?m)^\.", b"..", body) + b"\r\n.\r\n")

    def handle(self):
        box = self.server.box
        self.say("+OK")
        for raw in self.rfile:
            verb, *given = raw.decode().split()
            box.said.append(verb)
            match verb:
                case "STAT":
                    self.say(f"+OK {len(box.mails)} 1000")
                case "TOP":
                    self.say("+OK", box.mails[int(given[0])].partition(b"\r\n\r\n")[0])
                case "RETR":
                    self.say("+OK", box.mails[int(given[0])])
                case "DELE":
                    box.deleted.add(int(given[0]))
                    self.say("+OK")
                case "PASS" if given != ["secret/mot"]:
                    self.say("-ERR non")
                case _:
                    self.say("+OK")
                    if verb == "QUIT":
                        return


class Imap(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line if isinstance(line, bytes) else line.encode() + b"\r\n")

    def handle(self):
        box = self.server.box
        self.say("* OK IMAP4rev1")
        for raw in self.rfile:
            tag, verb, *given = raw.decode().split()
            box.said.append(verb)
            match verb:
                case "CAPABILITY":
                    self.say("* CAPABILITY IMAP4rev1")
                case "SELECT":
                    self.say(f"* {len(box.mails)} EXISTS")
                case "SEARCH":
                    self.say(f"* SEARCH {' '.join(str(number) for number in box.mails if number not in box.seen)}")
                case "FETCH":
                    data = box.mails[int(given[0])]
                    box.seen.add(int(given[0]))
                    self.say(b"* %s FETCH (RFC822 {%d}\r\n%s)\r\n" % (given[0].encode(), len(data), data))
                case "STORE":
                    box.deleted.add(int(given[0]))
            self.say(f"{tag} OK done")
            if verb == "LOGOUT":
                return


@contextmanager
def mailbox(handler, *mails):
    """Yield the Box of a server, its port in box.port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.box = Box(mails)
        server.box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server.box
        finally:
            server.shutdown()
