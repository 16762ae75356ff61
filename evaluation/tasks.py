from celery import shared_task

from evaluation.services import anonymity, mornings


@shared_task
def send_surveys():
    mornings.send_morning()


@shared_task
def shuffle_responses():
    anonymity.shuffle_responses()
