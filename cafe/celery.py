"""Celery application. The broker only wakes workers up: the truth is in the database (see cafe.mail)."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready
from django.conf import settings

import cafe.broker  # noqa: F401  the transport "files"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cafe.settings")

app = Celery("cafe")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep-outbox": {"task": "cafe.tasks.sweep_outbox", "schedule": float(settings.MAIL_SWEEP_SECONDS)},
    "sweep-documents": {"task": "cafe.tasks.sweep_documents", "schedule": float(settings.MAIL_SWEEP_SECONDS)},
    "tend-letters": {"task": "newsletters.tasks.tend_letters", "schedule": float(settings.MAIL_SWEEP_SECONDS)},
    "remind-of-places": {"task": "newsletters.tasks.remind_of_places", "schedule": crontab(hour=9, minute=30)},
    "read-bounces": {"task": "newsletters.tasks.read_bounces", "schedule": crontab(minute="2-59/10")},
    "expire-offers": {"task": "activities.tasks.expire_offers", "schedule": 60.0},
    "send-reminders": {"task": "activities.tasks.send_reminders", "schedule": crontab(minute="*/10")},
    "send-facilitator-lists": {
        "task": "activities.tasks.send_facilitator_lists",
        "schedule": crontab(minute="5-59/10"),
    },
    "send-certificates": {"task": "activities.tasks.send_certificates", "schedule": crontab(minute="5-59/10")},
    "ask-for-answers": {"task": "activities.tasks.ask_for_answers", "schedule": crontab(hour=9, minute=15)},
    "send-surveys": {"task": "evaluation.tasks.send_surveys", "schedule": crontab(hour=10, minute=0)},
    "keep-directory-fresh": {"task": "resources.tasks.keep_fresh", "schedule": crontab(hour=8, minute=45)},
    "send-notices": {
        "task": "cafe.tasks.send_notices",
        "schedule": crontab(minute=0, hour=",".join(map(str, settings.NOTICE_HOURS))),
    },
    # Each day, for what the third of the month had to send.
    "send-month": {"task": "cafe.board.tasks.send_month", "schedule": crontab(hour=8, minute=20)},
    "refresh-summaries": {"task": "cafe.board.tasks.refresh_summaries", "schedule": crontab(minute=50)},
    # Each hour, since a machine may be off at night; what came today waits for tomorrow.
    "shuffle-responses": {"task": "evaluation.tasks.shuffle_responses", "schedule": crontab(minute=40)},
    "open-slots": {"task": "listening_cell.tasks.open_slots", "schedule": crontab(hour=3, minute=10)},
    "purge": {"task": "cafe.tasks.purge", "schedule": crontab(hour=3, minute=30)},
}


@worker_ready.connect
def sweep_at_once(sender, **_):
    """What waited while no worker ran does not wait for the first beat as well."""
    with sender.app.connection_for_write() as connection:
        for task in ("cafe.tasks.sweep_outbox", "cafe.tasks.sweep_documents"):
            sender.app.send_task(task, connection=connection, retry=False, ignore_result=True)
