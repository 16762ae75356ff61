"""What happens to mails when a process or the broker dies: real processes, real SMTP."""

import subprocess
import sys
from collections import Counter

import pytest

from cafe.tests.processes import ROOT, WORKER, free_port, kill, portal_env, run_python, running, wait_until
from cafe.tests.smtp import smtp_sink

pytestmark = pytest.mark.server
LETTERS = """
from django.conf import settings
settings.TEMPLATES[0]["DIRS"].append("cafe/tests/templates")
from django.db import transaction
from cafe.tests.factories import letter
"""
STATES = """
from collections import Counter
from cafe.models import Outgoing
print(sorted(Counter(Outgoing.objects.values_list("state", flat=True)).items()))
"""
CONCURRENCY = 2


@pytest.fixture
def sink():
    with smtp_sink() as sink:
        yield sink


@pytest.fixture
def env(tmp_path, sink):
    quick = {"EMAIL_TIMEOUT": 5, "MAIL_LEASE_SECONDS": 6, "MAIL_SWEEP_SECONDS": 1, "WORKER_CONCURRENCY": CONCURRENCY}
    with portal_env(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{sink.port}", **quick) as env:
        yield env


def together(env, code, times):
    """Run the same code in several processes at once; return what each printed."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    started = [subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) for _ in range(times)]
    return [process.communicate(timeout=60)[0].strip() for process in started]


def everyone(count):
    return [f"soignante{number}@exemple.fr" for number in range(count)]


def all_sent(env, count):
    return run_python(env, STATES) == f"[('sent', {count})]"


def test_a_mail_written_while_the_broker_is_down_leaves_once_when_it_is_back(env, sink):
    without_broker = env | {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    run_python(without_broker, LETTERS + "for number in range(5): letter(number)")
    assert sink.kept == []

    with running(env, WORKER):
        wait_until(lambda: len(sink.kept) >= 5, 30, "the worker has not sent what waited")
        wait_until(lambda: all_sent(env, 5), 10, "not every row is written as sent")

    assert sorted(sink.recipients()) == everyone(5)


def test_a_worker_killed_while_mails_go_out_forgets_nobody(env, sink):
    sink.delay = 0.02
    run_python(env, LETTERS + "with transaction.atomic():\n for number in range(200): letter(number)")

    with running(env, WORKER) as [worker]:
        wait_until(lambda: len(sink.kept) >= 60, 30, "the worker has not begun")
        kill(worker)
    assert len(sink.kept) < 200

    with running(env, WORKER):
        wait_until(lambda: len(set(sink.recipients())) == 200, 30, "somebody is missed")
        wait_until(lambda: all_sent(env, 200), 15, "not every row is written as sent")

    times = Counter(sink.recipients())
    assert sorted(times) == sorted(everyone(200))
    assert sum(times.values()) - 200 <= CONCURRENCY
    assert len({message_id for _, message_id, _ in sink.kept}) == 200


def test_workers_that_race_for_the_same_rows_send_each_once(env, sink):
    run_python(env, LETTERS + "with transaction.atomic():\n for number in range(120): letter(number)")

    patient = env | {"MAIL_LEASE_SECONDS": "120", "EMAIL_TIMEOUT": "30"}
    together(patient, "from cafe.mail import deliver_due; deliver_due()", 4)

    assert sorted(sink.recipients()) == sorted(everyone(120))


def test_the_same_mail_written_by_several_at_once_is_one(env, sink):
    written = together(env, LETTERS + "print(sum(letter(number) for number in range(20)))", 4)

    assert sum(int(count) for count in written) == 20
    assert run_python(env, STATES) == "[('pending', 20)]"
