import time

from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from cafe import mail, notices, pdf
from cafe.limits import within_limit
from cafe.models import Hit

TURN_SECONDS = 20


@shared_task
def deliver():
    """Deliver, then once more for the mails whose writers counted on this wake-up (see mail.wake).

    Whoever has a newsletter under way lets the other tasks pass after a while, and queues again behind them.
    """
    end = time.monotonic() + TURN_SECONDS
    mail.deliver_due(seconds=TURN_SECONDS)
    if time.monotonic() >= end:
        queue_again()
        return
    time.sleep(mail.SECONDS_AWAKE)
    mail.deliver_due(seconds=TURN_SECONDS)


def queue_again():
    """One turn a worker: each sweep adds one while a long newsletter is under way, and they would fill the queue."""
    turns = {"limit": settings.CELERY_WORKER_CONCURRENCY, "seconds": TURN_SECONDS}
    if within_limit(scope="deliver", who="turn", **turns):
        mail.call_worker("cafe.tasks.deliver")


@shared_task
def sweep_outbox():
    if mail.sweep():
        mail.wake()


@shared_task
def make_document(key):
    pdf.make_document(key)


@shared_task
def sweep_documents():
    pdf.sweep()


@shared_task
def send_notices():
    notices.send_round()


@shared_task
def purge():
    """Forget what was kept long enough: every app's part, then what has expired of itself."""
    call_command("purge")
    call_command("clearsessions")
    Hit.objects.filter(expires_at__lt=timezone.now()).delete()
