"""`make run`: everything starts, everything stops, nothing stays behind."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
import uuid
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from cafe.tests.processes import ROOT, free_port, fresh_postgres, wait_until

pytestmark = pytest.mark.server
OPEN = "Le portail est ouvert"


def processes_marked(mark):
    """Return {pid: command line} of the living processes that carry this mark in their environment."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark.encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


@contextmanager
def launched(tmp_path, **variables):
    """Yield (process, log, mark, port) of a launcher in the state that Ctrl-C would find it in, opened."""
    mark, port, log = uuid.uuid4().hex, free_port(), tmp_path / "launcher.log"
    with ExitStack() as stack:
        env = os.environ | {"VAR_DIR": str(tmp_path / "var"), "MARK": mark, "PORT": str(port)} | variables
        if env.get("DATABASE_URL"):
            env["DATABASE_URL"] = stack.enter_context(fresh_postgres(env["DATABASE_URL"]))
        with log.open("wb") as output:
            process = subprocess.Popen([sys.executable, "scripts/run.py"], cwd=ROOT, env=env, stderr=output)
        try:
            wait_until(lambda: OPEN in log.read_text() or process.poll() is not None, 300, "the portal did not open")
            yield process, log, mark, port
        finally:
            for pid in processes_marked(mark):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait(10)


def test_ctrl_c_stops_everything_in_order(tmp_path):
    with launched(tmp_path, DEMO="0") as (process, log, mark, port):
        titles = " ".join(processes_marked(mark).values())
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/").read().decode()
        process.send_signal(signal.SIGINT)
        code = process.wait(15)
        remaining = processes_marked(mark)
    assert ("gunicorn" in titles, "celery" in titles, "<html" in page) == (True, True, True)
    assert (code, remaining) == (0, {})
    assert "Arrêt du portail…" in log.read_text()
    assert "arrêt forcé" not in log.read_text()


@pytest.mark.parametrize(("name", "title"), [("gunicorn", "Le serveur web"), ("celery", "Le travail de fond")])
def test_a_server_that_dies_stops_the_others_and_says_so(tmp_path, name, title):
    with launched(tmp_path, DEMO="0") as (process, log, mark, _):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        server = next(int(pid) for pid in children if name in processes_marked(mark)[int(pid)])
        os.kill(server, signal.SIGKILL)
        code = process.wait(15)
        remaining = processes_marked(mark)
    assert (code, remaining) == (1, {})
    assert f"{title}" in log.read_text()
    assert "tout le portail s’arrête" in log.read_text()


def test_first_start_loads_the_demo_and_names_its_accounts_then_obeys_sigterm(tmp_path):
    with launched(tmp_path) as (process, log, mark, port):
        written = {path.name for path in (tmp_path / "var").iterdir()}
        process.send_signal(signal.SIGTERM)
        assert (process.wait(15), processes_marked(mark)) == (0, {})
    said = log.read_text()
    assert f"http://localhost:{port}/" in said
    assert "coordination@demo.example" in said
    assert "tisane lampe velours marée sentier" in said
    assert "Code de suivi d’une demande en cours" in said
    assert {"log", "static"} <= written


def test_a_port_already_taken_is_said_plainly(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        env = os.environ | {"PORT": str(port), "VAR_DIR": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "scripts/run.py"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert f"Impossible d’écouter sur 127.0.0.1, port {port}" in done.stderr
    assert "Another port is chosen with PORT=." in done.stderr
