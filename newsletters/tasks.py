from celery import shared_task

from newsletters.services import reminders, sending


@shared_task
def tend_letters():
    reminders.look_again()
    sending.tend()


@shared_task
def remind_of_places():
    reminders.remind_of_places()
