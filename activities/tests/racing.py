"""Many clients at once over HTTP against gunicorn, and what the database says afterwards."""

import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

from cafe.tests.processes import free_port, run_manage, run_python, running, wait_for_port

SETUP = "from activities.tests.factories import *; from activities.models import *; import json\n"


@contextmanager
def web(env, *, workers=2, wsgi="cafe.wsgi"):
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
    ]
    if not Path(env["VAR_DIR"], "static").exists():
        run_manage(env, "collectstatic", "--noinput", "--verbosity=0")
    with running(env, command):
        wait_for_port(port)
        yield port


def ask(env, code):
    """Run code in the portal, whose last act is to put an answer in `answer`; return it."""
    return json.loads(run_python(env, f"{SETUP}{code}\nprint(json.dumps(answer))").splitlines()[-1])


class Visitor:
    """A browser's bare minimum: one page fetched for its cookie and token, then forms posted with them."""

    def __init__(self, port, path):
        self.port = port
        status, headers, body = self.request("GET", path)
        assert status == 200, body[:500]
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
        body = urlencode({"csrfmiddlewaretoken": self.token} | fields)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        headers["Referer"] = f"http://localhost:{self.port}{path}"
        return self.request("POST", path, body, headers)[0]


def race(posts):
    """Run all the calls at the same moment, each in its thread; return how often each status came back."""
    barrier = Barrier(len(posts))

    def run(post):
        barrier.wait()
        return post()

    with ThreadPoolExecutor(len(posts)) as pool:
        return Counter(pool.map(run, posts))


def outcome(env, slug):
    """Return the states of a session's registrations, counted, and the numbers of those who wait."""
    return ask(
        env,
        f"""
from collections import Counter
rows = list(Registration.objects.filter(session__slug={slug!r}).order_by("number").values_list("state", "number"))
answer = {{"states": Counter(s for s, _ in rows), "line": [n for s, n in rows if s == "waiting"]}}
""",
    )
