from celery import shared_task

from listening_cell.services import availability


@shared_task
def open_slots():
    availability.refresh_slots()
