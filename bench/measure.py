"""Measure one database: seeds it, starts gunicorn and the mail sink, prints the figures as JSON.

Run by bench/run.py with VAR_DIR in a temporary folder and, where there is one, DATABASE_URL of an empty database.
Floors and pages are measured in turn, in short slices, so that whatever else the machine does weighs on both alike.
"""

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import django

from bench import board, cell, directory, newsletters, surveys, tables
from bench.scale import QUICK, WHOLE

SESSIONS, RACE_PLACES = 100, 20
FORM = {
    "first_name": "Camille",
    "last_name": "Martin",
    "email": "personne-{n}@bench.example",
    "profession": "infirmier",
    "cpts_member": "true",
    "commitment": "on",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, **environment):
    return subprocess.Popen(
        [sys.executable, *command], env=os.environ | environment, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def end(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def prepare(scale):
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    seed(scale)


def seed(scale):
    """One hundred published sessions with places for everyone, a few of twenty places to race for, and the floors'."""
    from django.utils import timezone

    from activities.models import Activity, Place, Session
    from bench.models import Parent

    activity = Activity.objects.create(title="Yoga", summary="Se poser une heure.")
    place = Place.objects.create(name="Maison de santé", address="1 rue des Tilleuls", commune="Villeneuve")
    first = timezone.now() + timedelta(days=20)
    names = [f"seance-{n}" for n in range(SESSIONS)] + [f"course-{n}" for n in range(scale.races)]
    Session.objects.bulk_create(
        Session(
            activity=activity, place=place, slug=name, state=Session.State.PUBLISHED, published_at=timezone.now(),
            starts_at=first + timedelta(days=n), capacity=1000 if n < SESSIONS else RACE_PLACES,
        )
        for n, name in enumerate(names)
    )  # fmt: skip
    Parent.objects.bulk_create(Parent(pk=n + 1, title=f"Plancher {n}") for n in range(len(names)))


def signed_in():
    """Return the cookie of somebody who is signed in, as the floor's page and the portal's pages are asked for."""
    from django.conf import settings
    from django.test import Client

    from members.models import User

    client = Client()
    client.force_login(
        User.objects.create_user("lecture@bench.example", first_name="Camille", last_name="Martin"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client, f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def statements(client, method, path, data=None):
    """Count the SQL statements of one request; Returns (statements, BEGIN and COMMIT, answer)."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer = getattr(client, method)(path, data, HTTP_HOST="localhost")
    bounds = sum(one["sql"].split()[0] in {"BEGIN", "COMMIT"} for one in captured)
    return len(captured) - bounds, bounds, answer


def count_statements(client):
    """Count for the pages (signed in) and for a registration without account: page, POST, confirmation."""
    from django.test import Client

    figures = {
        "agenda": statements(client, "get", "/activites/")[:2],
        "session": statements(client, "get", "/activites/seance-0/")[:2],
    }
    visitor = Client()
    page = statements(visitor, "get", "/activites/seance-0/")
    data = FORM | {"email": "compte@bench.example"}
    post = statements(visitor, "post", "/activites/seance-0/", data)
    if post[2].status_code != 302:
        raise SystemExit(f"The registration was refused: {post[2].content.decode()[:3000]}")
    done = statements(visitor, "get", post[2].url)
    figures |= {"post": post[:2], "whole": (page[0] + post[0] + done[0], page[1] + post[1] + done[1])}
    return figures


class Server:
    """Gunicorn as production runs it, with the bench's URLs."""

    def __init__(self):
        self.port = free_port()
        log = Path(os.environ["VAR_DIR"]) / "access.log"
        self.process = start(
            ["-m", "gunicorn", "--config", "python:cafe.gunicorn", "--bind", f"127.0.0.1:{self.port}", "--workers", "2",
             "--log-level", "error", "--access-logfile", str(log), "cafe.wsgi"],
        )  # fmt: skip
        self.taken = 0
        self.headers = {}
        self.form = ""
        self.wait()

    def wait(self):
        for _ in range(150):
            try:
                return self.load(clients=1, paths=["/plancher/"])
            except SystemExit:
                time.sleep(0.2)
        raise SystemExit("gunicorn did not start")

    def fetch_token(self):
        """Read a session's page once, as a browser does: its cookie and token serve every registration."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(b"GET /activites/seance-0/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
            page = connection.makefile("rb").read().decode()
        cookie = re.search(r"csrftoken=(\w+)", page)[1]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        self.form = urlencode(FORM | {"csrfmiddlewaretoken": token}, safe="{}")
        self.headers = {"Cookie": f"csrftoken={cookie}"}

    def load(self, *, clients, paths, headers=None, seconds=None, body=""):
        """Run the load generator; return its figures. Anything but 200 and 302 ends the bench."""
        plan = {"port": self.port, "clients": clients, "paths": paths, "headers": headers or {}, "body": body}
        plan |= {"first": self.taken} | ({"seconds": seconds} if seconds else {})
        generator = subprocess.run(
            [sys.executable, "bench/load.py"], input=json.dumps(plan), capture_output=True, text=True, check=True
        )
        result = json.loads(generator.stdout)
        self.taken += result["count"]
        if set(result["statuses"]) - {"200", "302"}:
            raise SystemExit(f"{paths[0]}: {result['statuses']}")
        return result

    def post(self, *, clients, paths, seconds=None):
        return self.load(clients=clients, paths=paths, seconds=seconds, headers=self.headers, body=self.form)

    def memory(self):
        """Return {"rss": MiB, "uss": MiB, "weasyprint": bool} for each web worker."""
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [worker_memory(Path("/proc") / child) for child in children]


def worker_memory(process):
    lines = [line.split() for line in (process / "smaps_rollup").read_text().splitlines()[1:]]
    kib = {words[0].rstrip(":"): int(words[1]) for words in lines}
    return {
        "rss": round(kib["Rss"] / 1024),
        "uss": round((kib["Private_Clean"] + kib["Private_Dirty"]) / 1024),
        "weasyprint": "pango" in (process / "maps").read_text(),
    }


def measure_pages(server, cookie, scale):
    """Return {clients: {name: requests per second}}. The floor is signed in; visitors come to pages without account."""
    sessions = [f"/activites/seance-{n}/" for n in range(SESSIONS)]
    reading = {"Cookie": cookie}
    runs = {
        "bare page": lambda **plan: server.load(paths=["/plancher/"], headers=reading, **plan),
        "bare page, visitor": lambda **plan: server.load(paths=["/plancher/"], **plan),
        "session page": lambda **plan: server.load(paths=sessions, **plan),
        "session page, signed in": lambda **plan: server.load(paths=sessions, headers=reading, **plan),
        "agenda page": lambda **plan: server.load(paths=["/activites/"], **plan),
        "agenda page, signed in": lambda **plan: server.load(paths=["/activites/"], headers=reading, **plan),
        "bare POST": lambda **plan: server.post(paths=[f"/plancher/{n + 1}/" for n in range(SESSIONS)], **plan),
        "registration POST": lambda **plan: server.post(paths=sessions, **plan),
    }
    for run in runs.values():
        run(clients=2, seconds=scale.seconds / 3)
    figures = {}
    for clients in scale.clients:
        totals = {name: [0, 0.0] for name in runs}
        for _ in range(scale.rounds):
            for name, run in runs.items():
                result = run(clients=clients, seconds=scale.seconds)
                totals[name][0] += result["count"]
                totals[name][1] += result["seconds"]
        figures[clients] = {name: round(count / spent, 1) for name, (count, spent) in totals.items()}
    return figures


def measure_race(server, scale):
    """Two hundred at once for twenty places, three times in turn with the floor; return the median seconds of both."""
    racers = scale.racers
    floor, race, outcomes = [], [], []
    for n in range(scale.races):
        floor.append(server.post(clients=racers, paths=[f"/plancher/{SESSIONS + n + 1}/"])["seconds"])
        race.append(server.post(clients=racers, paths=[f"/activites/course-{n}/"])["seconds"])
        outcomes.append(outcome(f"course-{n}"))
    return {"floor": statistics.median(floor), "race": statistics.median(race), "racers": racers, "outcomes": outcomes}


def outcome(slug):
    from activities.models import Registration

    lines = Registration.objects.filter(session__slug=slug)
    confirmed, waiting = (lines.filter(state=state) for state in ("confirmed", "waiting"))
    return {
        "confirmed": confirmed.count(),
        "waiting": waiting.count(),
        "numbers": lines.values("number").distinct().count(),
    }


def measure_mails(count, rounds):
    """Return mails per second, of Django's own loop and of the outbox, to the same sink, three times in turn."""
    from cafe import mail
    from cafe.models import Outgoing

    bare, ours = [], []
    for n in range(rounds):
        bare.append(bare_loop(count))
        Outgoing.objects.all().delete()
        mail.send_many(
            {"event": "bench/letter", "to": f"lettre-{n}-{m}@bench.example", "context": {}, "dedupe_key": f"{n}-{m}"}
            for m in range(count)
        )
        begun = time.perf_counter()
        mail.deliver_due()
        ours.append(count / (time.perf_counter() - begun))
        if Outgoing.objects.filter(state="sent").count() != count:
            raise SystemExit("The outbox did not send every mail.")
    return {"bare": round(statistics.median(bare)), "ours": round(statistics.median(ours))}


def bare_loop(count):
    """Django's SMTP backend, one connection, the message rendered once, its bytes reused, one row per message."""
    from django.conf import settings
    from django.core.mail import EmailMultiAlternatives, get_connection
    from django.template.loader import render_to_string

    from bench.models import Sent
    from cafe.models import Portal

    shared = {"portal": Portal.load(), "site_url": settings.SITE_URL}
    message = EmailMultiAlternatives(
        "Une lettre", render_to_string("bench/email/letter_body.txt", shared), to=["x@bench.example"]
    )
    message.attach_alternative(render_to_string("bench/email/letter_body.html", shared), "text/html")
    content = message.message().as_bytes(linesep="\r\n")
    line = get_connection()
    line.open()
    begun = time.perf_counter()
    for n in range(count):
        line.connection.sendmail("cafe@localhost", [f"lettre-{n}@bench.example"], content)
        Sent.objects.create(to=f"lettre-{n}@bench.example")
    spent = time.perf_counter() - begun
    line.close()
    return count / spent


def measure_poster():
    """Return what bench.papers prints: in a process of its own, since WeasyPrint must not be loaded where pages are."""
    child = subprocess.run([sys.executable, "-m", "bench.papers"], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(child.stdout)


def measure(server, cookie, scale):
    figures = {"pages": measure_pages(server, cookie, scale), "race": measure_race(server, scale)}
    # Before long lists and exports: what a worker weighs when nothing but the public has come.
    figures["memory"] = server.memory()
    figures["mail"] = measure_mails(scale.mails, scale.rounds)
    tables.seed_tables(scale)
    client, cookie = tables.signed_in_as_coordination()
    figures["attendance"] = tables.measure_roll(server, cookie, scale)
    figures["exports"] = tables.measure_exports(client, scale)
    figures["results"] = surveys.measure_results(client, scale)
    # Before the directory is filled, which the board's page counts too.
    figures["board"] = board.measure_board(client, scale)
    figures["search"] = directory.measure_search(scale)
    figures["cell"] = cell.measure_cell(server, scale)
    figures["poster"] = measure_poster()
    figures["newsletter"] = newsletters.measure_newsletters(scale)
    return figures


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true")
    options.add_argument("--seconds", type=float)
    chosen = options.parse_args()
    scale = QUICK if chosen.quick else WHOLE
    scale = replace(scale, seconds=chosen.seconds or scale.seconds)
    sink = start(["bench/sink.py"])
    os.environ |= {"SINK_PORT": sink.stdout.readline().strip(), "DJANGO_SETTINGS_MODULE": "bench.settings"}
    django.setup()
    server = None
    try:
        prepare(scale)
        client, cookie = signed_in()
        figures = {"statements": count_statements(client)}
        server = Server()
        server.fetch_token()
        figures |= measure(server, cookie, scale)
    finally:
        end(sink)
        if server:
            end(server.process)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
