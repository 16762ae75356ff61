from django.conf import settings
from django.db import models

from activities.models.sessions import Session


class ImportDraft(models.Model):
    """A file of registrations read and waiting for its columns to be confirmed; deleted once imported, or next day."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    headers = models.JSONField()  # [text]
    rows = models.JSONField()  # [[text]]
    columns = models.JSONField(default=dict)  # {field: index of its column}
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "import en préparation"

    def __str__(self):
        return f"import {self.pk}"
