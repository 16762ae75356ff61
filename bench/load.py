"""Load generator, in a process of its own: reads a plan as JSON on stdin, prints what happened as JSON.

Plan: port, clients, paths (taken in turn), headers, and `seconds`; without it each client sends one request, all at
once. For a POST, `body`, in which {n} becomes a number never used before, from `first` on. One connection per request:
gunicorn's sync workers keep none open. Bare sockets: http.client would cost the two cores more than a bare page does.
"""

import itertools
import json
import socket
import sys
import threading
import time
from collections import Counter

REQUEST = (
    "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n"
    "X-Forwarded-For: {address}\r\n{headers}\r\n"
)


def request_bytes(plan, n):
    """Build the nth request; each comes from an address of its own."""
    body = plan.get("body", "").replace("{n}", f"{n:09d}")
    headers = dict(plan["headers"])
    if body:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": len(body)}
    head = REQUEST.format(
        method="POST" if body else "GET",
        path=plan["paths"][n % len(plan["paths"])],
        port=plan["port"],
        address=f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",
        headers="".join(f"{name}: {value}\r\n" for name, value in headers.items()),
    )
    return (head + body).encode()


def exchange(port, content):
    """Send one request, read the whole answer; return its status."""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(content)
        answer = connection.recv(65536)
        while connection.recv(65536):
            pass
    return int(answer[9:12])


def client(plan, numbers, barrier, statuses):
    barrier.wait()
    deadline = time.perf_counter() + plan.get("seconds", 3600)
    for n in numbers:
        try:
            statuses.append(exchange(plan["port"], request_bytes(plan, n)))
        except OSError as error:
            statuses.append(type(error).__name__)
        if time.perf_counter() > deadline:
            return


def main():
    plan = json.load(sys.stdin)
    statuses, barrier = [], threading.Barrier(plan["clients"] + 1)
    shared = itertools.count(plan.get("first", 0))
    threads = []
    for _ in range(plan["clients"]):
        numbers = shared if "seconds" in plan else [next(shared)]
        threads.append(threading.Thread(target=client, args=(plan, numbers, barrier, statuses)))
        threads[-1].start()
    barrier.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    print(json.dumps({"count": len(statuses), "seconds": seconds, "statuses": Counter(map(str, statuses))}))


if __name__ == "__main__":
    main()
