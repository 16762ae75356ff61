"""`make bench`: the portal against floors measured in the same run, on SQLite and, with DATABASE_URL, on PostgreSQL.

Prints tables, or everything as JSON with --json. It judges goals and never fails on them: a time is no test.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg2

BASE_DIR = Path(__file__).resolve().parent.parent
# name: (its floor, the ratio that is wanted or None). Pages are judged as a visitor, without account, is served.
PAIRS = {
    "session page": ("bare page", 1 / 3),
    "session page, signed in": ("bare page", None),
    "agenda page": ("bare page", 1 / 3),
    "agenda page, signed in": ("bare page", None),
    "bare page, visitor": ("bare page", None),
    "registration POST": ("bare POST", 1 / 2),
}
JUDGED_CLIENTS = "8"


@contextmanager
def empty_database(url):
    """Make an empty database beside the one of DATABASE_URL, which is left alone; yield its URL, then drop it."""
    name = f"cafe_bench_{os.getpid()}"
    administer(url, f"CREATE DATABASE {name}")
    try:
        yield re.sub(r"/[^/?]*(\?.*)?$", rf"/{name}\1", url)
    finally:
        administer(url, f"DROP DATABASE {name} WITH (FORCE)")


def administer(url, statement):
    connection = psycopg2.connect(re.sub(r"^\w+://", "postgresql://", url))
    connection.autocommit = True
    connection.cursor().execute(statement)
    connection.close()


def measure(options, database=""):
    """Measure in a process and a folder of its own; return its figures."""
    with tempfile.TemporaryDirectory(prefix="cafe-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if name not in {"SITE_URL", "DATABASE_URL"}}
        environment |= {"VAR_DIR": folder, "REQUIRE_MFA": "0", "EMAIL_URL": "smtp://127.0.0.1:25"}
        environment |= {"DATABASE_URL": database} if database else {"REDIS_URL": ""}
        child = subprocess.run(
            [sys.executable, "-m", "bench.measure", *options],
            cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    if child.returncode:
        sys.exit(f"The measure failed on {database or 'SQLite'}.")
    return json.loads(child.stdout)


def judged(figures):
    """Return [(goal, wanted, measured, True where it is met)] for one database."""
    pages, statements, race = figures["pages"][JUDGED_CLIENTS], figures["statements"], figures["race"]
    rows = []
    for name, (floor, wanted) in PAIRS.items():
        ratio = pages[name] / pages[floor]
        if wanted:
            rows.append((f"{name} / {floor}, 8 clients", f"≥ {wanted:.2f}", f"{ratio:.2f}", ratio >= wanted))
    limits = {"session": 8, "agenda": 8, "post": 12, "whole": 25}
    titles = {
        "session": "session page, statements",
        "agenda": "agenda page, statements",
        "post": "registration POST, statements",
        "whole": "page + POST + confirmation, statements",
    }
    for name, limit in limits.items():
        count, bounds = statements[name]
        rows.append((titles[name], f"≤ {limit}", f"{count} (+ {bounds} BEGIN/COMMIT)", count <= limit))
    ratio = race["race"] / race["floor"]
    all_of_them, late = race["racers"], race["racers"] - 20
    right = {"confirmed": 20, "waiting": late, "numbers": all_of_them}
    fair = all(one == right for one in race["outcomes"])
    title = f"{all_of_them} at once for 20 places / floor"
    rows.append((title, "≤ 4.00", f"{ratio:.2f} ({race['race']:.2f} s)", ratio <= 4))
    title = f"20 confirmed, {late} waiting, {all_of_them} numbers"
    rows.append((title, "each time", "yes" if fair else str(race["outcomes"]), fair))
    rss, uss = (max(worker[kind] for worker in figures["memory"]) for kind in ("rss", "uss"))
    rows.append(("web worker, RSS (USS) MiB", "< 125", f"{rss} ({uss})", rss < 125))
    clean = not any(worker["weasyprint"] for worker in figures["memory"])
    rows.append(("WeasyPrint in a web worker", "absent", "absent" if clean else "present", clean))
    slowest = max(one["ours"] / one["bare"] for one in figures["search"]["questions"].values())
    title = f"search in {figures['search']['sheets']} sheets / bare SQL, the slowest question"
    rows.append((title, "≤ 3.00", f"{slowest:.2f}", slowest <= 3))
    results = figures["results"]
    title = f"results, {results['responses']} responses × {results['questions']} questions / bare SQL counts"
    slowest = max(results[look] for look in ("first", "pending", "again"))
    rows.append((title, "≤ 3.00", f"{slowest / results['bare']:.2f} ({slowest:.2f} s)", slowest <= 3 * results["bare"]))
    cell = figures["cell"]
    rows.append(("unlocking a space, Argon2id as it is", "< 1.00 s", f"{cell['unlock']:.2f} s", cell["unlock"] < 1))
    ratio = cell["today"] / cell["bare"]
    title = f"peers’ page of {cell['cases']} cases / bare page"
    rows.append((title, "≥ 0.20", f"{ratio:.2f} ({cell['today']:.0f} / {cell['bare']:.0f} per s)", ratio >= 1 / 5))
    mail = figures["mail"]
    ratio = mail["ours"] / mail["bare"]
    rows.append(
        ("mails / bare SMTP loop", "≥ 0.50", f"{ratio:.2f} ({mail['ours']} / {mail['bare']} per s)", ratio >= 0.5)
    )
    return rows + list(judged_board(figures["board"])) + list(judged_newsletter(figures["newsletter"]))


def judged_board(figures):
    """The same of the board's pages; the counting is that of a period of twelve months."""
    people, sessions, registrations, _ = figures["sizes"]
    ratio = figures["live"] / figures["bare"]
    title = f"/conseil/ counted at once, {registrations} registrations, {sessions} sessions / bare SQL"
    yield title, "≤ 2.00", f"{ratio:.2f} ({figures['live']:.2f} / {figures['bare']:.2f} s)", ratio <= 2
    kept = figures["kept"]
    yield f"/conseil/ from summaries, {people} people", "< 50 ms", f"{kept * 1000:.0f} ms", kept < 0.05
    few, many = figures["statements"]
    yield "/coordination/, statements, small and large", "< 30, equal", f"{few}, {many}", few == many < 30
    ratio = figures["report"] / figures["weasyprint"]
    title = f"report of a season, {figures['pages']} pages / WeasyPrint, same HTML"
    yield title, "≤ 2.00", f"{ratio:.2f} ({figures['report']:.1f} s)", ratio <= 2


def judged_newsletter(figures):
    """The same of a newsletter, two workers; and that nobody had it twice, or was forgotten, when all went wrong."""
    ratio, count = figures["ours"] / figures["celery"], figures["letters"]
    found = f"{ratio:.2f} ({figures['ours']} / {figures['celery']} per s)"
    yield f"newsletter to {count} / Celery’s plain batches, 2 workers", "≥ 1.50", found, ratio >= 1.5
    yield f"publishing {count} deliveries", "< 1.00 s", f"{figures['publish']:.2f} s", figures["publish"] < 1
    before, after = figures["before"], figures["after"]
    yield "mail worker before and after, RSS MiB", "flat", f"{before}, then {after}", after - before <= 5
    faults = figures["faults"]
    fates = ", ".join(f"{faults[state]} {state}" for state in ("sent", "failed", "unknown") if state in faults)
    whole = sum(faults.get(state, 0) for state in ("sent", "failed", "unknown")) == count
    right = whole and not (faults["twice"] or faults["lost"] or faults["astray"])
    yield "421, 550, cuts, kill -9: twice, lost", "0, 0", f"{faults['twice']}, {faults['lost']} ({fates})", right


def table(header, rows):
    """Return a Markdown table, its columns aligned for a terminal."""
    lines = [header, *rows]
    widths = [max(len(str(line[column])) for line in lines) for column in range(len(header))]
    shown = [
        "| " + " | ".join(str(cell).ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    return "\n".join([shown[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *shown[1:]])


def speeds(figures):
    """Return the rows of requests per second and ratios, by number of clients."""
    for name, (floor, _) in PAIRS.items():
        cells = []
        for pages in figures["pages"].values():
            cells.append(f"{pages[name]:.0f} / {pages[floor]:.0f} = {pages[name] / pages[floor]:.2f}")
        yield (f"{name} / {floor}", *cells)


def others(figures):
    """Return the rows (what, measured, floor, ratio) of what has no goal: long lists, exports, searches, a poster."""
    roll, poster, newsletter = figures["attendance"], figures["poster"], figures["newsletter"]
    floors = {"prebuilt": "smtplib, bytes ready", "built": "Django builds each", "celery": "Celery’s plain batches"}
    for floor, words in floors.items():
        yield (
            f"newsletter to {newsletter['letters']}, 2 workers", f"{newsletter['ours']} per s",
            f"{words}: {newsletter[floor]} per s", f"{newsletter['ours'] / newsletter[floor]:.2f}",
        )  # fmt: skip
    for question, one in figures["search"]["questions"].items():
        yield (
            f"search « {question} »", f"{one['ours'] * 1000:.0f} ms",
            f"bare SQL: {one['bare'] * 1000:.0f} ms", f"× {one['ours'] / one['bare']:.1f}",
        )  # fmt: skip
    yield (
        f"index of {figures['search']['sheets']} sheets, after a change",
        f"{figures['search']['index']:.2f} s",
        "",
        "",
    )
    looks = {"first": "first look", "pending": "some answers wait", "again": "nothing new"}
    for look, words in looks.items():
        spent, bare = figures["results"][look], figures["results"]["bare"]
        yield f"results, {words}", f"{spent * 1000:.0f} ms", f"bare SQL: {bare * 1000:.0f} ms", f"× {spent / bare:.1f}"
    board = figures["board"]
    waits = {"live": "/conseil/ counted at once", "marks": "its marks after sessions alone", "kept": "/conseil/, kept"}
    waits |= {"live_seasons": "/conseil/saisons/ counted at once", "kept_seasons": "/conseil/saisons/, kept"}
    for name, words in (waits | {"coordination": "/coordination/, large"}).items():
        yield words, f"{board[name] * 1000:.0f} ms", f"bare SQL: {board['bare'] * 1000:.0f} ms", ""
    yield "counting the kept periods again, each hour", f"{board['refresh']:.1f} s", "", ""
    cell = figures["cell"]
    yield (
        f"a peer’s page of {cell['cases']} cases, 2 clients", f"{cell['today']:.1f} per s",
        f"bare page: {cell['bare']:.0f} per s", f"{cell['today'] / cell['bare']:.3f}",
    )  # fmt: skip
    yield (
        "one case, its request and 4 messages, 2 clients", f"{cell['case']:.1f} per s",
        f"bare page: {cell['bare']:.0f} per s", f"{cell['case'] / cell['bare']:.3f}",
    )  # fmt: skip
    yield "opening one request: two envelopes, SHRED file", f"{cell['open'] * 1000:.2f} ms", "", ""
    yield (
        f"attendance page, {roll['people']} people, 8 clients", f"{roll['attendance']:.1f} per s",
        f"bare page: {roll['bare']:.0f} per s", f"{roll['attendance'] / roll['bare']:.3f}",
    )  # fmt: skip
    for extension, one in figures["exports"].items():
        yield (
            f"export of {one['rows']} rows, {extension.upper()}, {one['kib']} KiB",
            f"{one['seconds']:.2f} s, {one['rows'] / one['seconds']:.0f} rows/s",
            f"library alone: {one['floor']:.2f} s", f"× {one['seconds'] / one['floor']:.1f}",
        )  # fmt: skip
    yield (
        f"season poster A3, PDF/UA, {poster['pages']} page(s)", f"{poster['poster']:.2f} s",
        f"bare page drawn: {poster['floor']:.2f} s", f"× {poster['poster'] / poster['floor']:.1f}",
    )  # fmt: skip


def show(name, figures):
    print(f"\n{name}, 2 sync workers: requests per second, and ratio to the floor\n")
    print(table(("", *(f"{clients} clients" for clients in figures["pages"])), list(speeds(figures))))
    print(f"\n{name}: goals\n")
    rows = [(goal, wanted, found, "met" if met else "missed") for goal, wanted, found, met in judged(figures)]
    print(table(("goal", "wanted", "measured", ""), rows))
    print(f"\n{name}: long lists and paper, against floors of the same run\n")
    print(table(("what", "measured", "floor", "ratio"), list(others(figures))))


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--quick", action="store_true", help="few requests: to see that it runs, not to judge")
    options.add_argument("--seconds", help="length of one slice; there are about seventy")
    chosen = options.parse_args()
    passed = ["--quick"] * chosen.quick + (["--seconds", chosen.seconds] if chosen.seconds else [])
    results = {"SQLite": measure(passed)}
    if url := os.environ.get("DATABASE_URL"):
        with empty_database(url) as database:
            results["PostgreSQL"] = measure(passed, database)
    for figures in results.values():
        goals = judged(figures)
        figures["goals"] = [dict(zip(("goal", "wanted", "measured", "met"), goal, strict=True)) for goal in goals]
    if chosen.json:
        print(json.dumps(results, indent=2))
        return
    for name, figures in results.items():
        show(name, figures)


if __name__ == "__main__":
    main()
