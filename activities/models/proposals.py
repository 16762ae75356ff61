import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from activities.enums import ProposalState
from activities.models.registrations import new_link_key
from activities.models.sessions import Activity


def private_path(proposal, filename):
    """A name of our own: nothing that was typed outside reaches the disk."""
    return f"proposals/{uuid.uuid4().hex}"


class Proposal(models.Model):
    """What a facilitator offers to lead, by the terms of reference; examined by the working group."""

    State = ProposalState

    state = models.CharField("état", max_length=10, choices=ProposalState, default=ProposalState.RECEIVED)
    link_key = models.CharField(max_length=22, unique=True, default=new_link_key, editable=False)
    name = models.CharField("prénom et nom", max_length=120)
    title = models.CharField("qualité", max_length=120)
    email = models.EmailField("adresse e-mail")
    phone = models.CharField("téléphone", max_length=30, blank=True)
    practice = models.CharField("pratique proposée", max_length=120)
    description = models.TextField("déroulé", max_length=5000)
    certificate = models.FileField("diplôme ou certificat", upload_to=private_path, blank=True)
    certificate_type = models.CharField(max_length=40, blank=True, editable=False)
    place_needed = models.BooleanField("a besoin d’un lieu", default=True)
    place = models.CharField("lieu proposé", max_length=300, blank=True)
    activity_minutes = models.PositiveSmallIntegerField("minutes d’activité", default=45)
    capacity = models.PositiveSmallIntegerField("nombre maximal de participants", default=12)
    equipment = models.CharField("matériel nécessaire", max_length=300, blank=True)
    clothing = models.CharField("tenue conseillée", max_length=300, blank=True)
    fee = models.DecimalField(
        "participation demandée (€)", max_digits=4, decimal_places=2, default=0,
        validators=[MinValueValidator(0), MaxValueValidator(10)],
    )  # fmt: skip
    committed_at = models.DateTimeField("engagements pris le", auto_now_add=True)
    decided_at = models.DateTimeField("décision le", null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    decision = models.TextField("mot de décision", blank=True, max_length=2000)
    conclusion = models.TextField("conclusion de la discussion", blank=True, max_length=2000)
    concluded_at = models.DateTimeField("discussion close le", null=True, editable=False)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    activity = models.ForeignKey(Activity, models.SET_NULL, null=True, editable=False, related_name="proposals")

    class Meta:
        verbose_name = "proposition d’intervenant"
        ordering = ["-committed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fee=0) | Q(fee__gte=5, fee__lte=10),
                name="proposal_fee_free_or_5_to_10",
                violation_error_message="La participation est gratuite, ou va de 5 à 10 €.",
            ),
            models.CheckConstraint(
                condition=Q(place_needed=True) | ~Q(place=""),
                name="proposal_names_its_place",
                violation_error_message="Indiquez le lieu, ou dites que vous en cherchez un.",
            ),
            models.CheckConstraint(
                condition=Q(capacity__gte=1, capacity__lte=1000, activity_minutes__gte=1, activity_minutes__lte=720),
                name="proposal_plausible",
                violation_error_message="Indiquez un nombre de participants et une durée plausibles.",
            ),
        ]

    def __str__(self):
        return f"{self.practice}, {self.name}"

    @property
    def is_open(self):
        return self.state in ProposalState.open


class ProposalDate(models.Model):
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="dates")
    starts_at = models.DateTimeField("date possible")

    class Meta:
        verbose_name = "date possible"
        ordering = ["starts_at"]
        constraints = [models.UniqueConstraint(fields=["proposal", "starts_at"], name="proposal_date_once")]

    def __str__(self):
        return str(self.starts_at)


class ProposalMessage(models.Model):
    """A question of the working group, the facilitator's answer (no author), or a word between members (internal)."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    from_team = models.BooleanField("de l’équipe")
    internal = models.BooleanField("entre membres", default=False)
    text = models.TextField("message", max_length=3000)
    created_at = models.DateTimeField("écrit le", auto_now_add=True)

    class Meta:
        verbose_name = "message"
        ordering = ["created_at"]

    def __str__(self):
        return f"message {self.pk}"


class Vote(models.Model):
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    favourable = models.BooleanField("favorable")
    comment = models.TextField("commentaire", blank=True, max_length=1000)
    voted_at = models.DateTimeField("voté le", auto_now=True)

    class Meta:
        verbose_name = "avis"
        constraints = [models.UniqueConstraint(fields=["proposal", "user"], name="vote_once_per_person")]

    def __str__(self):
        return "favorable" if self.favourable else "défavorable"
