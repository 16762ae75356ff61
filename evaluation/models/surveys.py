"""Questionnaires and their questions. Once opened, a questionnaire is frozen: its copy is a new version."""

import secrets

from django.db import models
from django.db.models import F, Q

from evaluation.enums import QuestionKind, SurveyAudience, SurveyKind, SurveyState

PUBLISHED_FROM = 5
CELL_PUBLISHED_FROM = 11


def new_public_key():
    """Return the random part of a public questionnaire's address, short enough for a poster."""
    return secrets.token_urlsafe(6)


class SurveyQuerySet(models.QuerySet):
    def running(self):
        return self.filter(state=SurveyState.OPEN)


class Survey(models.Model):
    """A questionnaire. publish_from: below so many answers nothing is shown of it (5, or 11 for the cell's).

    version, previous: a frozen questionnaire is changed by copying it. model_key: the ready-made one it came from.
    conclusion: what the coordination learnt from it, in Markdown, for the report. shuffled_on: the last night when its
    answers were shuffled.
    """

    State = SurveyState

    kind = models.CharField("nature", max_length=9, choices=SurveyKind, default=SurveyKind.OTHER)
    audience = models.CharField("qui répond", max_length=7, choices=SurveyAudience, default=SurveyAudience.INVITED)
    title = models.CharField("titre", max_length=120)
    intro = models.TextField("introduction", max_length=1500, blank=True)
    thanks = models.TextField("remerciement", max_length=1000, blank=True)
    state = models.CharField("état", max_length=6, choices=SurveyState, default=SurveyState.DRAFT, editable=False)
    public_key = models.CharField(max_length=12, unique=True, default=new_public_key, editable=False)
    publish_from = models.PositiveSmallIntegerField("résultats à partir de", default=PUBLISHED_FROM, editable=False)
    reminders = models.PositiveSmallIntegerField("relances au plus", default=1)
    reminder_days = models.PositiveSmallIntegerField("jours entre deux relances", default=7)
    version = models.PositiveSmallIntegerField("version", default=1, editable=False)
    previous = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    model_key = models.SlugField(max_length=40, blank=True, editable=False)
    opened_on = models.DateField("ouvert le", null=True, blank=True, editable=False)
    closes_on = models.DateField("se clôt le", null=True, blank=True)
    closed_on = models.DateField("clos le", null=True, blank=True, editable=False)
    conclusion = models.TextField("ce que nous en retenons", max_length=5000, blank=True)
    shuffled_on = models.DateField(null=True, blank=True, editable=False)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = "questionnaire"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(publish_from__gte=PUBLISHED_FROM)
                & (~Q(kind=SurveyKind.CELL) | Q(publish_from__gte=CELL_PUBLISHED_FROM)),
                name="survey_keeps_its_threshold",
            ),
            models.CheckConstraint(
                condition=Q(reminders__lte=3),
                name="survey_reminds_three_times_at_most",
                violation_error_message="Trois relances au plus.",
            ),
            models.CheckConstraint(
                condition=Q(reminder_days__gte=7),
                name="survey_waits_a_week_between_mails",
                violation_error_message="Une semaine au moins entre deux relances.",
            ),
            models.CheckConstraint(
                condition=Q(state=SurveyState.DRAFT) | Q(opened_on__isnull=False), name="survey_open_has_date"
            ),
            models.CheckConstraint(
                condition=~Q(state=SurveyState.CLOSED) | Q(closed_on__isnull=False), name="survey_closed_has_date"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_frozen(self):
        return self.state in SurveyState.frozen


class Question(models.Model):
    """A question of a questionnaire, in its place.

    section: a heading that begins here. options: [{"key", "label"}] for the kinds whose answers are written; low, high:
    what the ends of a scale mean. comment: an open question attached to this one. Shown only where the answer to
    `condition` is one of condition_values. national_key: the national figure that it is compared with.
    """

    Kind = QuestionKind

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField("ordre")
    section = models.CharField("partie", max_length=120, blank=True)
    kind = models.CharField("sorte", max_length=9, choices=QuestionKind)
    text = models.CharField("question", max_length=300)
    help_text = models.CharField("précision", max_length=300, blank=True)
    required = models.BooleanField("réponse attendue", default=False)
    options = models.JSONField("réponses proposées", default=list, blank=True)
    with_other = models.BooleanField("proposer « autre »", default=False)
    low = models.CharField("bas de l’échelle", max_length=60, blank=True)
    high = models.CharField("haut de l’échelle", max_length=60, blank=True)
    comment = models.CharField("question ouverte attachée", max_length=200, blank=True)
    condition = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="seulement si"
    )
    condition_values = models.JSONField("a pour réponse", default=list, blank=True)
    national_key = models.SlugField(max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = "question"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(condition__isnull=True) | ~Q(condition=F("pk")), name="question_is_not_its_condition"
            ),
        ]

    def __str__(self):
        return self.text


class ResultSnapshot(models.Model):
    """What is shown of a questionnaire, fixed until five more answers have come, or it is closed.

    scope: "all", "season:2025" or "session:12". n: how many answers it was reckoned from. content: plain values.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="snapshots")
    scope = models.CharField(max_length=40)
    n = models.PositiveIntegerField()
    content = models.JSONField()
    made_on = models.DateField()

    class Meta:
        verbose_name = "résultat fixé"
        constraints = [models.UniqueConstraint(fields=["survey", "scope"], name="snapshot_once_per_scope")]

    def __str__(self):
        return self.scope
