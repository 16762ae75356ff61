"""Who was invited on one side, what was answered on the other, and nothing between them.

Ids are random. A response keeps its day only. Until the night's shuffle an administrator of the database could still
join the two by the order of rows: the page says so before the first question.
"""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from activities.models import Session
from evaluation.enums import ResponseSource
from evaluation.models.surveys import Question, Survey


def new_random_id():
    """Return a random positive number of 62 bits: an id that tells no order."""
    return secrets.randbits(62)


def new_token_hash():
    """Return the hash of a token that nobody holds, until a link is mailed."""
    return secrets.token_hex(32)


class Sending(models.Model):
    """One round of invitations: to those present at a session, or to a list of addresses.

    invited: how many, kept when the invitations are deleted at its end. last_sent_on: the last morning when it mailed
    anybody. closed_on: no more answers, no more reminders; the invitations are gone, the links are dead.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="sendings")
    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="+")
    label = models.CharField("à qui", max_length=80, blank=True)
    invited = models.PositiveIntegerField(default=0, editable=False)
    starts_on = models.DateField("premier envoi le")
    last_sent_on = models.DateField(null=True, editable=False)
    closes_on = models.DateField("se clôt le", null=True, blank=True)
    closed_on = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = "envoi"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "session"],
                condition=Q(session__isnull=False),
                name="sending_once_per_session",
                violation_error_message="Ce questionnaire a déjà été envoyé après cette séance.",
            )
        ]

    def __str__(self):
        return self.label


class InvitationQuerySet(models.QuerySet):
    def holding(self, token_hash):
        """The invitation that a link was made for: of the last mail, or of the one before."""
        return self.filter(Q(token_hash=token_hash) | Q(earlier_hash=token_hash))


class Invitation(models.Model):
    """Someone was asked to answer. answered is read by the sending alone, and shown to nobody.

    token_hash: of the token in the link, spent when the answer is stored; earlier_hash: of the link mailed before,
    which still opens, since somebody may be answering when a reminder leaves. sent_times, last_sent_on: what was
    mailed; once answered the night wipes both, or the reminders that did not leave would tell when somebody answered.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sending = models.ForeignKey(Sending, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True, default=new_token_hash)
    earlier_hash = models.CharField(max_length=64, blank=True, db_index=True)
    answered = models.BooleanField(default=False)
    sent_times = models.PositiveSmallIntegerField(default=0)
    last_sent_on = models.DateField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        constraints = [
            models.UniqueConstraint(
                fields=["sending", "email"],
                name="invitation_once_per_person",
                violation_error_message="Cette adresse est déjà dans la liste.",
            ),
        ]
        indexes = [models.Index(fields=["email", "last_sent_on"])]

    def __str__(self):
        return str(self.id)


class Response(models.Model):
    """One person's answers. wave: how many reminders the questionnaire had sent by then (0: none yet)."""

    id = models.BigIntegerField(primary_key=True, default=new_random_id, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="responses")
    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="+")
    day = models.DateField()
    wave = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=6, choices=ResponseSource, default=ResponseSource.WEB)

    class Meta:
        verbose_name = "réponse"
        indexes = [models.Index(fields=["survey", "session"])]

    def __str__(self):
        return "Réponse"


class Answer(models.Model):
    """The answer to one question. value: a number, for a closed or numeric kind; text: words.

    Agreement: 1 (strongly no) to 4 (strongly yes). Yes, no, don't know: 1, 0, 2. A choice: the rank of the option, 99
    for « autre »; several choices are several rows. WHO-5: the index from 0 to 100. comment: text answers the open
    question attached to this one.
    """

    OTHER = 99

    id = models.BigIntegerField(primary_key=True, default=new_random_id, editable=False)
    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    value = models.SmallIntegerField(null=True)
    text = models.TextField(max_length=5000, blank=True)
    comment = models.BooleanField(default=False)

    class Meta:
        verbose_name = "réponse à une question"
        verbose_name_plural = "réponses à une question"
        constraints = [
            models.CheckConstraint(condition=Q(value__isnull=False) | ~Q(text=""), name="answer_says_something"),
            models.UniqueConstraint(fields=["response", "question", "value", "comment"], name="answer_value_once"),
        ]
        indexes = [models.Index(fields=["question", "value"])]

    def __str__(self):
        return "Réponse à une question"


class Heading(models.Model):
    """A heading made while reading the answers to an open question."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="headings")
    label = models.CharField("rubrique", max_length=100)

    class Meta:
        verbose_name = "rubrique"
        ordering = ["label"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "label"],
                name="heading_once_per_question",
                violation_error_message="Cette rubrique existe déjà.",
            )
        ]

    def __str__(self):
        return self.label


class Coding(models.Model):
    """A coder put an answer under a heading, or several. It outlives the shuffle, which keeps the answers' ids."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="codings", db_constraint=False)
    heading = models.ForeignKey(Heading, models.CASCADE, related_name="codings")
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "codage"
        constraints = [models.UniqueConstraint(fields=["answer", "heading", "coder"], name="coding_once")]

    def __str__(self):
        return str(self.heading)


class Reading(models.Model):
    """What was decided of one verbatim: read, chosen to be quoted, and in which words, names taken out."""

    answer = models.OneToOneField(Answer, models.CASCADE, related_name="reading", db_constraint=False)
    cleared = models.BooleanField("aucun nom ni lieu qui désigne quelqu’un", default=False)
    quoted = models.BooleanField("à citer", default=False)
    words = models.TextField("tel qu’il sera cité", max_length=5000, blank=True)

    class Meta:
        verbose_name = "lecture"
        constraints = [
            models.CheckConstraint(
                condition=Q(quoted=False) | (Q(cleared=True) & ~Q(words="")),
                name="quoted_is_cleared",
                violation_error_message="Avant de citer, vérifiez qu’aucun nom ni lieu ne désigne quelqu’un.",
            )
        ]

    def __str__(self):
        return "Lecture"
