"""A newsletter while everything goes wrong at once: real workers, real SMTP, nobody twice and nobody forgotten."""

import os
import signal
from ast import literal_eval
from collections import Counter
from pathlib import Path

import pytest

from cafe.tests.processes import WORKER, kill, portal_env, run_python, running, wait_until
from cafe.tests.smtp import CUT, smtp_sink

pytestmark = pytest.mark.server
READERS = 240
BUSY = "421 4.3.2 revenez plus tard"
UNKNOWN_HERE = "550 5.1.1 inconnue ici"
PUBLISH = f"""
from django.utils import timezone
from newsletters.models import Subscriber
from newsletters.services import sending
from newsletters.tests.factories import make_newsletter
now = timezone.now()
Subscriber.objects.bulk_create(
    Subscriber(email=f"l{{n}}@d{{n % 3}}.example", state="active", asked_at=now, confirmed_at=now, last_sign_on=now)
    for n in range({READERS})
)
letter = make_newsletter(blocks=[("text", {{"markdown": "Bonjour, voici les séances."}})], per_minute=30000)
sending.schedule(letter)
"""
# What was put off for a minute is not waited for; a dead process's lease is.
WATCH = """
import time
from django.utils import timezone
from newsletters.models import LetterDelivery, Newsletter
end = time.monotonic() + 45
while Newsletter.objects.get().state != "sent" and time.monotonic() < end:
    LetterDelivery.objects.filter(state="pending").update(not_before=timezone.now())
    time.sleep(0.3)
print(*LetterDelivery.objects.values_list("to", "state"), Newsletter.objects.get().state, sep="\\n")
"""


@pytest.fixture
def env(tmp_path, sink):
    quick = {"EMAIL_TIMEOUT": 3, "MAIL_LEASE_SECONDS": 3, "MAIL_SWEEP_SECONDS": 1, "WORKER_CONCURRENCY": 2}
    with portal_env(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{sink.port}", **quick) as env:
        yield env


@pytest.fixture
def sink():
    with smtp_sink() as sink:
        yield sink


def work_of(process):
    """Return how long a process has computed, in clock ticks."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(words[11]) + int(words[12])


def kill_one_of(worker):
    """KILL the process of a worker that works most, as the kernel does to one that takes too much memory."""
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    os.kill(int(max(children, key=work_of)), signal.SIGKILL)


def test_each_address_has_one_letter_at_most_and_none_is_forgotten(env, sink):
    sink.delay = 0.003
    # For a while the server takes nothing, then refuses some, then hangs up on others once it has everything.
    sink.script["MAIL"] = [BUSY] * 3
    sink.script["RCPT"] = (["250 OK"] * 20 + [UNKNOWN_HERE]) * 5
    sink.script["END"] = (["250 OK"] * 40 + [CUT]) * 3
    run_python(env, PUBLISH)

    with running(env, WORKER) as [worker]:
        wait_until(lambda: len(sink.kept) >= 80, 30, "nothing leaves")
        kill_one_of(worker)
        *rows, newsletter = run_python(env, WATCH).splitlines()
        kill(worker)  # one that has lost a process takes ten seconds to end by itself

    assert newsletter == "sent"
    ends = dict(literal_eval(row) for row in rows)
    times, fates = Counter(sink.recipients()), Counter(ends.values())
    received = {address for address, state in ends.items() if state == "sent"}
    assert max(times.values()) == 1
    assert len(ends) == READERS
    assert fates["sent"] + fates["failed"] + fates["unknown"] == READERS
    # One may have been refused just as its process died, and taken afterwards.
    assert 4 <= fates["failed"] <= 5
    # Three cuts; and the letter that the dead process had begun, if it had.
    assert 3 <= fates["unknown"] <= 4
    assert received <= set(times)
    assert set(times) - received <= {address for address, state in ends.items() if state == "unknown"}
