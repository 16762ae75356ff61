from celery import shared_task

from activities.services import attendance_certificates, facilitators, hosting, offers, reconfirming, reminders


@shared_task
def expire_offers():
    offers.expire_offers()


@shared_task
def send_reminders():
    reminders.send_reminders()
    reconfirming.call_again()


@shared_task
def send_facilitator_lists():
    facilitators.send_lists()


@shared_task
def send_certificates():
    attendance_certificates.send_certificates()


@shared_task
def ask_for_answers():
    hosting.ask_for_answers()
