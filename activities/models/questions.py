from django.db import models

from activities.enums import QuestionKind
from activities.models.registrations import Registration
from activities.models.sessions import Session


class Question(models.Model):
    """What the coordinator asks those who register to one session, as in the form it replaces."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="questions")
    text = models.CharField("question", max_length=200)
    kind = models.CharField("forme de la réponse", max_length=7, choices=QuestionKind, default=QuestionKind.TEXT)
    choices = models.TextField("choix proposés", blank=True, max_length=2000, help_text="Un choix par ligne.")
    required = models.BooleanField("réponse obligatoire", default=False)
    position = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "question"
        ordering = ["position", "pk"]

    def __str__(self):
        return self.text

    def choice_list(self):
        return [line.strip() for line in self.choices.splitlines() if line.strip()]


class Answer(models.Model):
    """An answer, as shown and exported: several choices are joined by « ; »."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    value = models.CharField("réponse", max_length=1000)

    class Meta:
        verbose_name = "réponse"
        constraints = [
            models.UniqueConstraint(fields=["registration", "question"], name="answer_once_per_question"),
        ]

    def __str__(self):
        return self.value
