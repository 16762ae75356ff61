from celery import shared_task

from newsletters.services import sending


@shared_task
def tend_letters():
    sending.tend()
