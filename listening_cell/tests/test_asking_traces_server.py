"""Proof 1: words typed in a request have 0 hits in a full dump, WAL, cache, sessions, logs, mail, broker folder.

On a real server, with its own database and files: everything the portal has written is read through.
"""

import io
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
import redis
from psycopg2 import sql

from cafe.tests.processes import portal_env, run_python, wait_until
from cafe.tests.racing import Visitor, web
from listening_cell.tests.asked import ASK, form_of, hits, receipt, run_cell

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]
LOGGED = ("--config", "python:cafe.gunicorn", "--access-logfile", "-", "--error-logfile", "-")
TYPED = {"words": "perroquetmauve", "name": "girafesafran", "reach": "loutreindigo", "commune": "hermineturquoise"}
PAIR = """
cell = make_cell()
for peer in (make_peer(cell), make_peer(cell)):
    for days in range(3, 15):
        make_slot(peer, days=days)
answer = None
"""
CONTROL = "fennecgarance"
LEAVE_CONTROL = f"""
from cafe.models import Portal
Portal.objects.update_or_create(pk=1, defaults={{"cpts": "{CONTROL}"}})
"""


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with portal_env(tmp_path_factory.mktemp("traces")) as env:
        run_cell(env, PAIR)
        yield env


def database(env):
    """Return every row of a PostgreSQL database as COPY writes it; an SQLite one is among the files."""
    out = io.BytesIO()
    if env.get("DATABASE_URL"):
        with psycopg2.connect(env["DATABASE_URL"]) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for (table,) in cursor.fetchall():
                cursor.copy_expert(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table)), out)
        connection.close()
    return out.getvalue()


def shared_cache(env):
    """Return what Redis holds, where there is one; an embedded cache is a table."""
    if not env.get("REDIS_URL"):
        return b""
    store = redis.from_url(env["REDIS_URL"])
    return b"".join(key + (store.dump(key) or b"") for key in store.scan_iter())


def everything(env):
    """Return, by name, all that the portal of `env` has written: files of its folder, rows, cache."""
    folder = Path(env["VAR_DIR"])
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    written = {name: path.read_bytes() for name, path in files.items() if not name.startswith("static")}
    return written | {"rows": database(env), "cache": shared_cache(env)}


def found(env, words):
    """Return (place, word) of every hit."""
    return {(place, word) for place, content in everything(env).items() for word in hits(content, words)}


def test_words_typed_in_a_request_are_nowhere_in_a_dump_wal_cache_session_log_mail_nor_broker_folder(env):
    with web(env, options=LOGGED) as port:
        visitor = Visitor(port, ASK)
        form = form_of(visitor.body, **TYPED)
        wrong = visitor.send(ASK, form | {"mode": ""})
        status, body = visitor.send(ASK, form)
        taken = visitor.send(ASK, form | {"nonce": "a" * 43})
        while_it_runs = found(env, [*TYPED.values(), receipt(body), form["nonce"]])
    run_python(env, LEAVE_CONTROL)

    assert (wrong[0], status, len(receipt(body)), taken[0]) == (200, 200, 16, 409)
    assert (while_it_runs, found(env, [*TYPED.values(), receipt(body), form["nonce"]])) == (set(), set())
    assert {word for _, word in found(env, [CONTROL])} == {CONTROL}


@contextmanager
def without_folder(env):
    """Put a file in the place of the folder of SHRED keys, so that a request breaks halfway."""
    folder = Path(env["VAR_DIR"], "cell")
    aside = folder.rename(folder.with_name("aside"))
    folder.touch()
    yield
    folder.unlink()
    aside.rename(folder)


def test_a_breakdown_while_asking_logs_its_kind_alone_and_the_access_log_nothing(env):
    with web(env, options=LOGGED) as port:
        visitor = Visitor(port, ASK)
        log = max(Path(env["VAR_DIR"]).glob("process-*.log"), key=lambda path: path.stat().st_mtime)
        with without_folder(env):
            status, _ = visitor.send(ASK, form_of(visitor.body, **TYPED))
        visitor.request("GET", "/contact/")
        wait_until(lambda: "/contact/" in log.read_text(), 30, "the access log says nothing at all")

    said = log.read_text()
    assert (status, "/ecoute/…: FileExistsError" in said, "demander" in said) == (500, True, False)
    assert found(env, TYPED.values()) == set()
