"""Many clients at once over HTTP against gunicorn."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

from cafe.tests.processes import free_port, run_manage, running, wait_for_port


@contextmanager
def web(env, *, workers=2, wsgi="cafe.wsgi", options=()):
    """Serve the portal of `env` with gunicorn, all workers ready at once, and yield its port."""
    port = free_port()
    command = [
        "-m",
        "gunicorn",
        wsgi,
        f"--bind=127.0.0.1:{port}",
        f"--workers={workers}",
        "--no-control-socket",
        "--preload",
        *options,
    ]
    if not Path(env["VAR_DIR"], "static").exists():
        run_manage(env, "collectstatic", "--noinput", "--verbosity=0")
    with running(env, command):
        wait_for_port(port)
        yield port


class Visitor:
    """A browser's bare minimum: one page fetched for its cookie and token, then forms posted with them."""

    def __init__(self, port, path):
        self.port = port
        status, headers, body = self.request("GET", path)
        assert status == 200, body[:500]
        self.body = body
        self.cookie = re.search(r"csrftoken=[^;]+", headers["Set-Cookie"])[0]
        self.token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)[1]

    def request(self, method, path, body=None, headers=None):
        connection = HTTPConnection("localhost", self.port, timeout=120)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, response.headers, text

    def post(self, path, fields):
        return self.send(path, fields)[0]

    def send(self, path, fields):
        """Post a form; return (status, body)."""
        body = urlencode({"csrfmiddlewaretoken": self.token} | fields)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        headers["Referer"] = f"http://localhost:{self.port}{path}"
        status, _, answer = self.request("POST", path, body, headers)
        return status, answer


def race(posts):
    """Run all the calls at the same moment, each in its thread; return how often each status came back."""
    barrier = Barrier(len(posts))

    def run(post):
        barrier.wait()
        return post()

    with ThreadPoolExecutor(len(posts)) as pool:
        return Counter(pool.map(run, posts))
