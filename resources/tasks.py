from celery import shared_task

from resources.services import freshness, verifying


@shared_task
def keep_fresh():
    freshness.suspend_overdue()
    verifying.ask_due()
