"""An SMTP server that swallows everything, as fast as Python can: prints its port, then runs until it is ended."""

import socketserver

ANSWERS = {b"EHLO": b"250 sink\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


class Swallow(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            self.wfile.write(ANSWERS.get(verb, b"250 ok\r\n"))
            if verb == b"DATA":
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                self.wfile.write(b"250 swallowed\r\n")
            if verb == b"QUIT":
                return


class Sink(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True


if __name__ == "__main__":
    with Sink(("127.0.0.1", 0), Swallow) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
