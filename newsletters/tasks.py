from celery import shared_task

from newsletters.services import bounce_box, bounces, sending


@shared_task
def tend_letters():
    sending.tend()


@shared_task
def read_bounces():
    bounce_box.read()
    bounces.record_refused()
