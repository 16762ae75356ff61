"""An SMTP server that swallows everything, as fast as Python can: prints its port, then runs until it is ended.

With a file as its argument it misbehaves now and then, and writes there who was sent what it has taken whole, one
address a line: 421 for a while, 550 to one in a hundred, and a line cut after the text for one in two thousand.
"""

import itertools
import socketserver
import sys
import threading
from pathlib import Path

ANSWERS = {b"EHLO": b"250 sink\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
BUSY = range(3000, 3010)  # these MAILs, counted from the first
REFUSED, CUT = 100, 2000
kept = Path(sys.argv[1]).open("ab", buffering=0) if len(sys.argv) > 1 else None  # noqa: SIM115
mails, recipients, ends = itertools.count(1), itertools.count(1), itertools.count(1)
writing = threading.Lock()


class Swallow(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 sink\r\n")
        recipient = b""
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if kept and verb == b"MAIL" and next(mails) in BUSY:
                self.wfile.write(b"421 4.3.2 later\r\n")
                return
            if kept and verb == b"RCPT":
                recipient = line[line.index(b"<") + 1 : line.index(b">")]
                if next(recipients) % REFUSED == 0:
                    self.wfile.write(b"550 5.1.1 unknown\r\n")
                    continue
            self.wfile.write(ANSWERS.get(verb, b"250 ok\r\n"))
            if verb == b"DATA":
                if not self.swallow(recipient):
                    return
                self.wfile.write(b"250 swallowed\r\n")
            if verb == b"QUIT":
                return

    def swallow(self, recipient):
        """Read a text to its end; False where the line is to be cut, the text being kept all the same."""
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
        if not kept:
            return True
        with writing:
            kept.write(recipient + b"\n")
            return next(ends) % CUT != 0


class Sink(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True

    def handle_error(self, request, client_address):
        """A client that was killed is nothing to write home about."""


if __name__ == "__main__":
    with Sink(("127.0.0.1", 0), Swallow) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
