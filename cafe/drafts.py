"""A table that waits to be imported: kept for a day as a Document, one person's alone, one of a kind at a time."""

from django.db import transaction
from django.utils import timezone

from cafe import pdf
from cafe.errors import Refusal
from cafe.models import Document, DocumentState

NAME_LENGTH = 150
GONE = "Ce fichier n’attend plus : il a été importé, abandonné, ou effacé au bout d’un jour. Envoyez-le de nouveau."


def drafts_of(user, kind):
    now = timezone.now()
    return Document.objects.filter(kind=kind, requested_by=user, state=DocumentState.READY, expires_at__gt=now)


@transaction.atomic
def keep_draft(*, kind, upload, params, user):
    """Keep what was read of an uploaded file, in place of an earlier one; the file itself is kept nowhere."""
    name = upload.name[:NAME_LENGTH]
    Document.objects.filter(kind=kind, requested_by=user).delete()
    return Document.objects.create(
        kind=kind, requested_by=user, filename=name, params={"name": name} | params,
        state=DocumentState.READY, done=100, expires_at=timezone.now() + pdf.KEPT,
    )  # fmt: skip


def hold_draft(*, kind, key, user):
    """Return a draft locked for the transaction, for who deletes it once imported. Raises Refusal.

    Of two clicks on « Importer », the second waits here, then finds it gone.
    """
    draft = drafts_of(user, kind).select_for_update().filter(pk=key).first()
    if draft is None:
        raise Refusal(GONE)
    return draft


def discard(*, kind, key, user):
    """Forget a draft without importing it; one that is no longer there is no matter."""
    Document.objects.filter(kind=kind, requested_by=user, pk=key).delete()
