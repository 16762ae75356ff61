from celery import shared_task

from cafe.board import monthly, summaries


@shared_task
def send_month():
    monthly.send_month()


@shared_task
def refresh_summaries():
    summaries.refresh()
