"""A newsletter to thousands: two Celery workers against smtplib alone, Django alone, and Celery's plain batches.

Then once more while everything goes wrong: see bench/sink.py; and one process of the two is killed in the middle.
"""

import os
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

DOMAINS = 200
BATCH = 100
PATIENCE = 300  # seconds
QUICK_LEASE = {"EMAIL_TIMEOUT": "5", "MAIL_LEASE_SECONDS": "10", "MAIL_SWEEP_SECONDS": "1"}
TEXT = "Bonjour {prénom},\n\n" + "Deux séances ce mois-ci, près de chez vous. " * 40


def seed_readers(count):
    from django.utils import timezone

    from newsletters.models import Subscriber

    now = timezone.now()
    Subscriber.objects.all().delete()
    Subscriber.objects.bulk_create(
        (
            Subscriber(
                email=f"lectrice-{n}@domaine{n % DOMAINS}.example", first_name="Amélie", state="active", asked_at=now,
                confirmed_at=now, last_sign_on=now.date(),
            )
            for n in range(count)
        ),
        batch_size=50,
    )  # fmt: skip


def scheduled(name):
    """Return a newsletter that is about to leave, though nobody looks at the clock yet."""
    from django.utils import timezone

    from newsletters.models import Newsletter

    newsletter = Newsletter.objects.create(
        slug=name, subject="Les séances du mois", state="scheduled", scheduled_for=timezone.now(), per_minute=30000
    )
    newsletter.blocks.create(position=1, kind="text", content={"markdown": TEXT})
    return newsletter


@contextmanager
def workers(log, *options, **environment):
    """Two processes of a Celery worker, as production runs them."""
    command = ["-m", "celery", "-A", "cafe", "worker", "--concurrency", "2", "--loglevel", "ERROR", *options]
    with Path(log).open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command], env=os.environ | environment, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(done, pause=0.05):
    """Wait, and return the seconds that it took."""
    begun = time.perf_counter()
    while not done():
        if time.perf_counter() - begun > PATIENCE:
            raise SystemExit("The newsletter does not end.")
        time.sleep(pause)
    return time.perf_counter() - begun


def pool_of(process):
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


def work_of(pid):
    """Return how long a process has computed, in clock ticks: beat, beside the pool, does next to nothing."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(words[11]) + int(words[12])


def memory_of(pids):
    """Return the largest RSS in MiB."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return max(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


# --- Floors -------------------------------------------------------------------------------------------------------


def prebuilt(newsletter, count):
    """Return letters per second of smtplib with bytes that are ready."""
    from django.conf import settings

    from bench.tasks import plain_messages
    from newsletters.models import Subscriber

    [message] = plain_messages(newsletter, Subscriber.objects.all()[:1])
    content = message.message().as_bytes(linesep="\r\n")
    with smtplib.SMTP("127.0.0.1", settings.EMAIL_PORT) as line:
        begun = time.perf_counter()
        for n in range(count):
            line.sendmail("cafe@localhost", [f"lectrice-{n}@bench.example"], content)
        return count / (time.perf_counter() - begun)


def built(newsletter, count):
    """Return letters per second of one process of Django that builds each message."""
    from django.core.mail import get_connection

    from bench.tasks import plain_messages
    from newsletters.models import Subscriber

    readers = list(Subscriber.objects.all()[:count])
    begun = time.perf_counter()
    get_connection().send_messages(list(plain_messages(newsletter, readers)))
    return len(readers) / (time.perf_counter() - begun)


def plain_celery(newsletter, count):
    """Return letters per second of Celery's plain batches of a hundred, over the same two workers."""
    from bench.models import Sent
    from bench.tasks import plain_batch
    from newsletters.models import Subscriber

    Sent.objects.all().delete()
    pks = list(Subscriber.objects.order_by("pk").values_list("pk", flat=True)[:count])
    batches = [pks[start : start + BATCH] for start in range(0, len(pks), BATCH)]
    begun = time.perf_counter()
    for batch in batches:
        plain_batch.delay(newsletter.pk, batch[0], batch[-1])
    until(lambda: Sent.objects.count() == len(batches))
    return len(pks) / (time.perf_counter() - begun)


# --- Ours ---------------------------------------------------------------------------------------------------------


def publish(newsletter):
    """Freeze a newsletter and write its deliveries, which wakes the workers; return the seconds."""
    from newsletters.services import sending

    begun = time.perf_counter()
    sending.start(newsletter)
    return time.perf_counter() - begun


def ours(newsletter, process):
    """Return {"publish": seconds, "ours": letters per second, "before", "after": MiB of the larger process}."""
    from newsletters.models import LetterDelivery

    deliveries = LetterDelivery.objects.filter(newsletter=newsletter)
    before, begun = memory_of(pool_of(process)), time.perf_counter()
    published = publish(newsletter)
    until(lambda: not deliveries.filter(state__in=["pending", "claimed"]).exists())
    spent = time.perf_counter() - begun - published
    if deliveries.exclude(state="sent").exists():
        raise SystemExit("The workers did not send every letter.")
    after = memory_of(pool_of(process))
    return {"publish": published, "ours": deliveries.count() / spent, "before": before, "after": after}


def measure_newsletters(scale):
    """Return the figures of a newsletter; the floors are measured before and after it, and their mean counts."""
    seed_readers(scale.letters)
    few = max(BATCH * 2, scale.letters // 5)
    with tempfile.TemporaryDirectory(prefix="cafe-bench-letters-") as folder:
        figures = beside_floors(f"{folder}/workers.log", few)
        return round_all(figures) | {"letters": scale.letters, "faults": measure_faults(Path(folder), scale)}


def beside_floors(log, few):
    """Return what ours returns, and the letters per second of each floor, of `few` letters."""
    with workers(log) as process:
        warm = scheduled("essai")
        publish(warm)
        until(lambda: not warm.deliveries.exclude(state="sent").exists())
        warm.refresh_from_db()
        before = measure_floors(warm, few)
        figures = ours(scheduled("lettre"), process)
        after = measure_floors(warm, few)
    return figures | {name: (speed + after[name]) / 2 for name, speed in before.items()}


def measure_floors(newsletter, few):
    floors = {"prebuilt": prebuilt, "built": built, "celery": plain_celery}
    return {name: floor(newsletter, few) for name, floor in floors.items()}


def round_all(figures):
    return {name: round(value, 2 if name == "publish" else None) for name, value in figures.items()}


# --- While everything goes wrong ----------------------------------------------------------------------------------


def measure_faults(folder, scale):
    """Return {"seconds", states, "twice", "lost", "astray"} of a newsletter whose sending goes wrong in every way.

    twice: addresses that were sent it more than once; lost: deliveries that are not ended; astray: addresses that got
    it though they are neither sent nor unknown, or the contrary.
    """
    from django.utils import timezone

    from newsletters.models import LetterDelivery
    from newsletters.services import sending

    kept = folder / "kept"
    kept.touch()
    sink = subprocess.Popen(
        [sys.executable, "bench/sink.py", str(kept)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    port = sink.stdout.readline().strip()
    newsletter = scheduled("tempete")
    deliveries = LetterDelivery.objects.filter(newsletter=newsletter)

    def half():
        return deliveries.filter(state="sent").count() > scale.letters // 2

    def ended():
        # What was put off for a minute is not waited for.
        deliveries.filter(state="pending").update(not_before=timezone.now())
        sending.wake_workers()
        return not deliveries.filter(state__in=["pending", "claimed"]).exists()

    begun = time.perf_counter()
    try:
        with workers(folder / "faults.log", "-B", "-s", str(folder / "beat"), SINK_PORT=port, **QUICK_LEASE) as process:
            publish(newsletter)
            until(lambda: half() or ended(), pause=0.2)
            os.kill(int(max(pool_of(process), key=work_of)), signal.SIGKILL)
            until(ended, pause=0.5)
    finally:
        sink.kill()
    return accounts(deliveries, kept) | {"seconds": round(time.perf_counter() - begun, 1)}


def accounts(deliveries, kept):
    fates = dict(deliveries.values_list("to", "state"))
    times = Counter(kept.read_text().split())
    took = {name: {address for address, state in fates.items() if state == name} for name in set(fates.values())}
    sent, unknown = took.get("sent", set()), took.get("unknown", set())
    return {
        **Counter(fates.values()),
        "twice": sum(count > 1 for count in times.values()),
        "lost": len(took.get("pending", ())) + len(took.get("claimed", ())),
        "astray": len(sent - set(times)) + len(set(times) - sent - unknown),
    }
