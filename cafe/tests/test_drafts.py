"""A table that waits to be imported is one person's alone, for a day, one of a kind at a time, and is imported once."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from cafe import drafts, pdf
from cafe.errors import Refusal
from cafe.models import Document, DocumentState
from members.tests.factories import make_user

KIND = "some_import"


@pytest.fixture
def odile(db):
    return make_user()


def kept(user, *, name="liste.csv", kind=KIND):
    return drafts.keep_draft(kind=kind, upload=SimpleUploadedFile(name, b"a"), params={"rows": [1, 2]}, user=user)


def test_a_draft_keeps_what_was_read_and_the_name_of_its_file(odile):
    draft = kept(odile, name=f"{'l' * 300}.csv")

    assert draft.params == {"name": "l" * 150, "rows": [1, 2]}
    assert (draft.state, draft.file.name) == (DocumentState.READY, "")
    assert list(drafts.drafts_of(odile, KIND)) == [draft]


def test_another_file_takes_the_place_of_the_first_of_its_kind_alone(odile):
    kept(odile)
    other = kept(odile, kind="another_import")
    theirs = kept(make_user())
    second = kept(odile, name="autre.csv")

    assert set(Document.objects.all()) == {other, theirs, second}


def test_a_draft_is_forgotten_after_a_day(odile):
    draft = kept(odile)
    Document.objects.filter(pk=draft.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert draft.expires_at - timezone.now() <= pdf.KEPT
    assert not drafts.drafts_of(odile, KIND).exists()


@pytest.mark.parametrize("taken", ["imported", "another's", "of another kind", "forgotten"])
def test_a_draft_that_is_not_there_to_import_is_refused(odile, taken):
    draft, kind, user = kept(odile), KIND, odile
    if taken == "imported":
        draft.delete()
    if taken == "another's":
        user = make_user()
    if taken == "of another kind":
        kind = "another_import"
    if taken == "forgotten":
        Document.objects.update(expires_at=timezone.now())

    with pytest.raises(Refusal) as refused, transaction.atomic():
        drafts.hold_draft(kind=kind, key=draft.pk, user=user)

    assert refused.value.sentence == drafts.GONE


def test_giving_up_forgets_one_s_own_draft_alone(odile):
    mine, theirs = kept(odile), kept(make_user())

    drafts.discard(kind=KIND, key=theirs.pk, user=odile)
    drafts.discard(kind=KIND, key=mine.pk, user=odile)
    drafts.discard(kind=KIND, key=mine.pk, user=odile)

    assert list(Document.objects.all()) == [theirs]
