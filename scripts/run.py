"""Start the portal for a demo or for work on it: database, demo data, web server, Celery worker with beat.

Ends on Ctrl-C or SIGTERM, or when a child dies; leaves no process behind. Everything it writes is under var/.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
ANYWHERE = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}  # noqa: S104
STARTS_WITHIN, STOPS_WITHIN = 60, 10
ACCOUNTS = {
    "coordination@demo.example": "coordination",
    "equipe@demo.example": "groupe de travail",
    "conseil@demo.example": "conseil d’administration",
    "referent@demo.example": "référent de la cellule d’écoute",
    "ecoute1@demo.example": "pair écoutant",
    "ecoute2@demo.example": "pair écoutant",
    "ecoute3@demo.example": "pair écoutant",
    "soignant@demo.example": "professionnel de santé",
    "admin@demo.example": "administration technique, /gestion/",
}


def say(text):
    print(text, file=sys.stderr, flush=True)


def main():
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    name = "localhost" if host in ANYWHERE else host
    os.environ.setdefault("SITE_URL", f"http://{name}:{port}")
    var = Path(os.environ.setdefault("VAR_DIR", str(BASE_DIR / "var")))
    (var / "log").mkdir(parents=True, exist_ok=True)
    os.chdir(BASE_DIR)
    refuse_taken_port(host, port)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    accounts, cell = prepared(stop)
    if accounts:
        os.environ.setdefault("REQUIRE_MFA", "0")
    if stop.is_set():
        return 0
    children = [web_server(host, port, var), worker(var)]
    try:
        address = f"http://{'127.0.0.1' if name == 'localhost' else host}:{port}/"
        return serve(children, stop, address, accounts, cell)
    finally:
        end(children)


def refuse_taken_port(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            say(f"Impossible d’écouter sur {host}, port {port} ({error.strerror}). Essayez : make run PORT=8001")
            say(f"(Cannot listen on {host}:{port}. Another port is chosen with PORT=.)")
            sys.exit(1)


def prepared(stop):
    """Bring the database up to date in a process of its own.

    Return the demo accounts that exist there, and the sentences that tell what opens the demo's listening cell.
    """
    say("→ Base de données et fichiers du site")
    child = subprocess.Popen(
        [sys.executable, __file__, "prepare"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    output = []
    reader = threading.Thread(target=lambda: output.append(child.stdout.read()), daemon=True)
    reader.start()
    while child.poll() is None and not stop.wait(0.1):
        pass
    if child.poll() is None:
        kill_group(child)
        return [], []
    reader.join()
    if child.returncode:
        say("La préparation a échoué : le portail n’est pas démarré.")
        sys.exit(1)
    return json.loads(output[0])


def prepare():
    """Migrate, gather static files, load the demo where the database is empty; print as JSON what prepared() gives."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cafe.settings")
    sys.path.insert(0, str(BASE_DIR))
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("directory", verbosity=0)
    if not settings.REDIS_URL:
        call_command("createcachetable", verbosity=0)
    if not gathered(settings.STATIC_ROOT / "staticfiles.json"):
        call_command("collectstatic", interactive=False, verbosity=0)
    people = get_user_model().objects
    if os.environ.get("DEMO", "1") != "0" and not people.exists():
        say("→ Données de démonstration")
        call_command("demo", verbosity=0, stdout=sys.stderr)
    from cafe.demo.cell import told

    print(json.dumps([list(people.filter(email__in=ACCOUNTS).values_list("email", flat=True)), told()]))


def gathered(manifest):
    """Tell whether static files were gathered since the last change to ours and to the libraries."""
    sources = [*(BASE_DIR / "static").rglob("*"), *(BASE_DIR / ".venv").glob("installed-*")]
    return manifest.exists() and manifest.stat().st_mtime > max(path.stat().st_mtime for path in sources)


class Child:
    """One server in a process session of its own, so that Ctrl-C reaches the launcher alone."""

    def __init__(self, title, command, log=None):
        self.title, self.log = title, log
        output = log.open("ab") if log else None
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip

    def tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:]) if self.log else ""


def web_server(host, port, var):
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return Child(
        "Le serveur web",
        ["gunicorn", "--config", "python:cafe.gunicorn", "--bind", address, "--log-level", "warning",
         "--access-logfile", str(var / "log" / "access.log"), "cafe.wsgi"],
    )  # fmt: skip


def worker(var):
    return Child(
        "Le travail de fond (Celery)",
        ["celery", "--app", "cafe", "--quiet", "worker", "--beat", "--concurrency", "1", "--loglevel", "WARNING",
         "--without-gossip", "--without-mingle"],
        var / "log" / "celery.log",
    )  # fmt: skip


def serve(children, stop, address, accounts, cell):
    """Wait for the end: 0 when asked to stop, 1 when a child died."""
    if answers(address, children, stop):
        welcome(accounts, cell)
    while not stop.wait(0.3):
        for child in children:
            if child.process.poll() is not None:
                say(f"{child.title} s’est arrêté (code {child.process.returncode}) : tout le portail s’arrête.")
                say(child.tail())
                return 1
    say("Arrêt du portail…")
    return 0


def answers(address, children, stop):
    """Wait until the web server answers anything at all, a child dies or the wait is too long."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and all(child.process.poll() is None for child in children):
        try:
            urllib.request.urlopen(address + "sante", timeout=10).close()
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            if stop.wait(0.2):
                return False
    return False


def welcome(accounts, cell):
    say(f"\nLe portail est ouvert : {os.environ['SITE_URL']}/")
    say("Courriels : var/mail/   Journaux : var/log/   Pour arrêter : Ctrl-C")
    if accounts:
        say("\nComptes de démonstration, mot de passe « cafe-demo » :")
        for email, title in ACCOUNTS.items():
            if email in accounts:
                say(f"  {email:28} {title}")
        for line in cell:
            say(line)


def end(children):
    """TERM to each parent process, which ends its own in order; after ten seconds, KILL to whatever remains."""
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + STOPS_WITHIN
    for child in children:
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{child.title} ne répond pas : arrêt forcé.")
        kill_group(child.process)


def kill_group(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    sys.exit(prepare() if "prepare" in sys.argv[1:] else main())
