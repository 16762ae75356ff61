"""Questionnaires that should have been closed."""

from django.urls import reverse

from cafe.templatetags.french import short_day
from cafe.todo import Line
from evaluation.services.building import overdue

SHOWN = 10


def lines():
    """One statement, the oldest first."""
    return [
        Line(
            f"« {survey.title} » devait se clore le {short_day(survey.closes_on)} : plus personne ne peut y répondre.",
            reverse("survey_close", args=[survey.pk]),
            "Le clore",
        )
        for survey in overdue().order_by("closes_on", "pk")[:SHOWN]
    ]
