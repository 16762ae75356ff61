from django.conf import settings
from django.db import models
from django.db.models import Q

from resources.enums import ChangeKind, ChangeOrigin, ReportKind, ReportState
from resources.models.resources import Resource


class ResourceChange(models.Model):
    """Who changed a sheet, when, and what: fields is {name: [before, after]}."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="changes")
    kind = models.CharField("changement", max_length=10, choices=ChangeKind)
    origin = models.CharField("par", max_length=12, choices=ChangeOrigin)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField("le", auto_now_add=True)
    fields = models.JSONField("champs", default=dict, blank=True)

    class Meta:
        verbose_name = "changement"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.get_kind_display()} {self.at:%d/%m/%Y}"


class ResourceReport(models.Model):
    """« Signaler une erreur » on a sheet, or « Proposer une ressource », sent by anyone.

    fields: for an error {"wrong": a Fault}, and "by": "itself" where the resource says it by its own link; for a
    proposal what was typed, {name of a Resource's field: value}, the list of "needs" and "known", an Acquaintance. For
    a proposal, resource is the suggestion that was made of it, if any. An empty message has been wiped: none is ever
    received so.
    """

    kind = models.CharField("nature", max_length=8, choices=ReportKind)
    resource = models.ForeignKey(
        Resource, models.CASCADE, null=True, blank=True, related_name="reports", verbose_name="ressource"
    )
    message = models.TextField("message", max_length=2000)
    fields = models.JSONField("champs proposés", default=dict, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    state = models.CharField("état", max_length=8, choices=ReportState, default=ReportState.RECEIVED)
    created_at = models.DateTimeField("reçu le", auto_now_add=True)
    handled_at = models.DateTimeField("examiné le", null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.TextField("réponse", max_length=1000, blank=True)

    class Meta:
        verbose_name = "signalement"
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ReportKind.PROPOSAL) | Q(resource__isnull=False),
                name="report_error_is_about_a_sheet",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.created_at:%d/%m/%Y}"

    @property
    def is_open(self):
        return self.state == ReportState.RECEIVED

    @property
    def is_proposal(self):
        return self.kind == ReportKind.PROPOSAL

    @property
    def subject(self):
        """What it is about, on one line. Wants resource selected in a list."""
        return self.resource.name if self.resource else self.fields.get("name", "Proposition effacée")
