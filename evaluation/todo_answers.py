"""Questionnaires that few people answer: no more is told than their page of sendings tells."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from cafe.todo import Line
from evaluation.models import Survey
from evaluation.services.rates import rates_of_all

SETTLED = timedelta(days=14)
FEWEST_INVITED = 20
LOW = 0.2
SHOWN = 3
LOOKED_AT = 20


def lines():
    """Say which, two weeks after it opened, has under a fifth of answers. Three statements, the latest first."""
    opened = Survey.objects.running().filter(opened_on__lte=timezone.localdate() - SETTLED)
    surveys = list(opened.only("title", "publish_from").order_by("-opened_on", "-pk")[:LOOKED_AT])
    rates = rates_of_all(surveys) if surveys else {}
    return [line_of(survey, rates[survey.pk].whole) for survey in surveys if is_low(rates[survey.pk].whole)][:SHOWN]


def is_low(rate):
    if rate.invited < FEWEST_INVITED:
        return False
    return rate.answered is None or (rate.share is not None and rate.share < LOW)


def line_of(survey, rate):
    sentence = f"« {survey.title} » : {rate.words}. En parler à l’accueil, ou montrer son affiche, aide souvent."
    return Line(sentence, reverse("survey_sending", args=[survey.pk]), "Voir les envois")
