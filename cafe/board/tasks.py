from celery import shared_task

from cafe.board import monthly


@shared_task
def send_month():
    monthly.send_month()
