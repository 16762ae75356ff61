"""Real processes for tests: the portal's web server and worker, on a database and files of their own."""

import atexit
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import cache
from pathlib import Path

import psycopg2
from psycopg2 import sql

ROOT = Path(__file__).resolve().parents[2]
WORKER = ("-m", "celery", "-A", "cafe", "worker", "-B", "--loglevel=INFO")


@contextmanager
def portal_env(tmp_path, **variables):
    """Yield the environment of a fresh, migrated portal under tmp_path.

    DATABASE_URL and REDIS_URL are taken from ours where set; the PostgreSQL database is a new one, dropped at the end.
    """
    env = own_env(tmp_path / "var") | {key: str(value) for key, value in variables.items()}
    (tmp_path / "var").mkdir(exist_ok=True)
    with ExitStack() as stack:
        if env.get("DATABASE_URL"):
            migrated = migrated_postgres(env["DATABASE_URL"])
            env["DATABASE_URL"] = stack.enter_context(fresh_postgres(env["DATABASE_URL"], like=migrated))
        else:
            copy = sqlite3.connect(tmp_path / "var" / "db.sqlite3")
            with closing(sqlite3.connect(migrated_sqlite())) as migrated, closing(copy):
                migrated.backup(copy)
        yield env


def own_env(var_dir):
    env = {key: value for key, value in os.environ.items() if key not in {"DJANGO_SETTINGS_MODULE", "EMAIL_URL"}}
    return env | {"VAR_DIR": str(var_dir), "PYTHONUNBUFFERED": "1", "REQUIRE_MFA": "0"}


@cache
def migrated_sqlite():
    """Migrate an empty database once, to be copied: migrating takes longer than most tests. Return its path."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    migrate(own_env(folder.name))
    return Path(folder.name) / "db.sqlite3"


@cache
def migrated_postgres(url):
    """The same on the server of `url`, dropped when the tests end. Return its name."""
    fresh = fresh_postgres(url)
    address = fresh.__enter__()
    atexit.register(fresh.__exit__, None, None, None)
    with tempfile.TemporaryDirectory() as folder:
        migrate(own_env(folder) | {"DATABASE_URL": address})
    return re.search(r"/([^/?]*)(?=\?|$)", address)[1]


def migrate(env):
    run_manage(env, "migrate", "--verbosity=0")
    run_manage(env, "createcachetable")


@contextmanager
def fresh_postgres(url, like="template1"):
    """Create a database beside the one of `url`, a copy of `like`; yield its address; drop it."""
    name = f"cafe_live_{uuid.uuid4().hex[:12]}"
    maintain(url, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(like)))
    try:
        yield beside(url, name)
    finally:
        maintain(url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def beside(url, name):
    """Return the address of database `name` on the server of `url`."""
    return re.sub(r"/[^/?]*(?=\?|$)", f"/{name}", url, count=1)


def maintain(url, statement):
    with closing(psycopg2.connect(beside(url, "postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


def run_manage(env, *arguments, timeout=120):
    """Run manage.py and return what it printed; its errors are shown where it fails."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=timeout, check=False)
    assert done.returncode == 0, f"{' '.join(arguments[:2])}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout.strip()


def run_python(env, code):
    """Run code inside the portal of `env` and return what it printed."""
    return run_manage(env, "shell", "--no-imports", "-c", code)


@contextmanager
def running(env, *commands):
    """Run `python <command>` for each command, in a process session of its own; yield them; end them all.

    What they print goes to <VAR_DIR>/process-<n>.log.
    """
    started = []
    try:
        for command in commands:
            started.append(start(env, command))
        yield started
    finally:
        for process in started:
            stop(process)


def start(env, command):
    folder = Path(env["VAR_DIR"])
    log = folder / f"process-{len(list(folder.glob('process-*.log'))) + 1}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True
        )
    process.log = log
    return process


def stop(process):
    """TERM to the parent process; after 10 s, or for children left behind, KILL to its whole session."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
    kill(process)


def kill(process):
    """KILL a process and its children at once, as a machine that loses power does."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def free_port():
    with closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_for_port(port, seconds=20):
    """Return once something listens on the port of this machine."""

    def listens():
        with closing(socket.socket()) as sock:
            return sock.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens, seconds, f"nothing listens on port {port}")


def wait_until(happens, seconds, otherwise):
    """Return once happens() is true, asked ten times a second; fail with `otherwise` after so many seconds."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)
