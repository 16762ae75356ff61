"""A request for a talk and what follows. In clear: random references, weeks, which peers, when they meet.

No creation time finer than the ISO week, no automatic number, no link to an account: what is asked, written and noted
lies in blobs that listening_cell.vault makes.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from listening_cell.enums import CaseState, Weekday
from listening_cell.models.keys import Peer, new_reference


class CellSettings(models.Model):
    """What the referent sets: how soon one is answered, how many first requests a day, where one is received.

    stat_public: the key to which slips are sealed, signed by ROOT (stat_signature).
    """

    answer_days = models.PositiveSmallIntegerField(
        "réponse en jours ouvrés", default=3, validators=[MinValueValidator(1), MaxValueValidator(15)]
    )
    daily_cap = models.PositiveSmallIntegerField(
        "premières demandes par jour, au plus", default=12, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    notice_hours = models.PositiveSmallIntegerField(
        "délai avant un entretien, en heures", default=24, validators=[MaxValueValidator(240)]
    )
    place = models.TextField("où l’on est reçu", max_length=500, blank=True)
    phone_words = models.TextField("comment se passe un entretien par téléphone", max_length=500, blank=True)
    stat_public = models.BinaryField(max_length=32, blank=True)
    stat_signature = models.BinaryField(max_length=64, blank=True)

    class Meta:
        verbose_name = "réglages de la cellule"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="cell_settings_are_single")]

    def __str__(self):
        return "Réglages de la cellule"

    @classmethod
    def load(cls):
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class Case(models.Model):
    """week, last_week: the Mondays of the weeks when it was asked for, and of its last talk or move.

    look_up: by which the receipt finds it. receipt_key: the case's key C, sealed to the receipt; it changes with the
    case's keys, and only then. request: sealed to C. messages, notes: how many were written (files keep both too).
    """

    State = CaseState

    reference = models.CharField(primary_key=True, max_length=26, default=new_reference, editable=False)
    state = models.CharField(max_length=8, choices=CaseState, default=CaseState.ASKED)
    week = models.DateField()
    last_week = models.DateField()
    look_up = models.BinaryField(max_length=32, unique=True)
    receipt_key = models.BinaryField(max_length=3000)
    request = models.BinaryField(max_length=30000)
    messages = models.PositiveSmallIntegerField(default=0)
    notes = models.PositiveSmallIntegerField(default=0)
    replacement_wanted = models.BooleanField(default=False)

    class Meta:
        verbose_name = "suivi"
        ordering = ["reference"]
        constraints = [
            models.CheckConstraint(condition=Q(last_week__gte=F("week")), name="case_last_week_follows"),
        ]

    def __str__(self):
        return self.reference


class CaseEnvelope(models.Model):
    """The keys C and N of a case, sealed to one peer of its pair, with all it takes to give the case other keys.

    opened: this peer has read the request. rounds: how many half-days the peer has been told that something waits, and
    has not come: a count, so that no date is kept. read_up_to: the last message this peer has seen.
    """

    id = models.CharField(primary_key=True, max_length=26, default=new_reference, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="envelopes")
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="envelopes")
    keys = models.BinaryField(max_length=3000)
    opened = models.BooleanField(default=False)
    rounds = models.PositiveSmallIntegerField(default=0)
    read_up_to = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "enveloppe"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "peer"], name="envelope_once_per_peer")]

    def __str__(self):
        return self.id


class CaseBlob(models.Model):
    """Something sealed that is only ever added: a change is another one."""

    id = models.CharField(primary_key=True, max_length=26, default=new_reference, editable=False)
    number = models.PositiveSmallIntegerField()
    blob = models.BinaryField(max_length=60000)

    class Meta:
        abstract = True
        ordering = ["number"]

    def __str__(self):
        return self.id


class Message(CaseBlob):
    """Between the requester and the pair, sealed to C. Who wrote it is inside."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")

    class Meta(CaseBlob.Meta):
        verbose_name = "message"
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="message_number_in_case")]


class Note(CaseBlob):
    """What the pair keeps of a talk, sealed to N, which the requester does not hold."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")

    class Meta(CaseBlob.Meta):
        verbose_name = "compte rendu"
        verbose_name_plural = "comptes rendus"
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="note_number_in_case")]


class WeeklyHour(models.Model):
    """An hour of each week at which a peer can receive, in the portal's time zone."""

    peer = models.ForeignKey(Peer, models.CASCADE, related_name="weekly_hours")
    weekday = models.PositiveSmallIntegerField("jour", choices=Weekday)
    hour = models.PositiveSmallIntegerField("heure", validators=[MinValueValidator(7), MaxValueValidator(21)])

    class Meta:
        verbose_name = "heure de la semaine"
        verbose_name_plural = "heures de la semaine"
        ordering = ["weekday", "hour"]
        constraints = [
            models.UniqueConstraint(fields=["peer", "weekday", "hour"], name="weekly_hour_once"),
            models.CheckConstraint(
                condition=Q(hour__range=(7, 21), weekday__range=(0, 6)),
                name="weekly_hour_is_by_day",
                violation_error_message="De 7 h à 21 h.",
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.hour} h"


class Absence(models.Model):
    """Days when a peer does not receive, whatever the weekly hours say."""

    peer = models.ForeignKey(Peer, models.CASCADE, related_name="absences")
    first_day = models.DateField("du")
    last_day = models.DateField("au")

    class Meta:
        verbose_name = "absence"
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="cell_absence_ends_after_it_begins",
                violation_error_message="Le dernier jour vient après le premier.",
            )
        ]

    def __str__(self):
        return f"{self.first_day:%d/%m/%Y}"


class Slot(models.Model):
    """One hour at which one peer can receive, on the hour. closed: taken back by the peer for this date alone.

    called_off: the talk it held went with its case, of which nothing else is left to say so to the peer.
    """

    peer = models.ForeignKey(Peer, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    closed = models.BooleanField(default=False)
    extra = models.BooleanField(default=False)  # added for this date alone, outside the weekly hours
    called_off = models.BooleanField(default=False)

    class Meta:
        verbose_name = "créneau"
        ordering = ["starts_at", "peer"]
        constraints = [models.UniqueConstraint(fields=["peer", "starts_at"], name="slot_once_per_peer")]

    def __str__(self):
        return f"{self.starts_at:%d/%m/%Y %H:%M}"


class Reservation(models.Model):
    """A talk holds one slot of each peer of its pair: two rows. A slot is held once, which settles every race."""

    slot = models.OneToOneField(Slot, models.PROTECT, primary_key=True, related_name="reservation")
    case = models.ForeignKey(Case, models.CASCADE, related_name="reservations")

    class Meta:
        verbose_name = "entretien"
        ordering = ["slot"]

    def __str__(self):
        return str(self.slot)


class AskedOn(models.Model):
    """How many first requests came on a day, for the daily cap; kept until the next day only."""

    day = models.DateField(primary_key=True)
    count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "demandes du jour"

    def __str__(self):
        return f"{self.day:%d/%m/%Y}"
