from datetime import timedelta

import pytest
from django.utils import timezone

from resources.enums import ChangeKind, ResourceState
from resources.models import Resource, ResourceChange
from resources.tasks import keep_fresh
from resources.tests.factories import make_resource
from resources.tests.racing import at_once, one_writer


@one_writer
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_ask_and_suspend_each_sheet_once(outbox):
    """Each takes the sheet's row, looks again, and finds what the other has done."""
    now = timezone.localdate()
    asked, over = ((now - timedelta(days=days), "coordination") for days in (200, 800))
    for verified_on, verification in (asked, over):
        for _ in range(4):
            make_resource(verified_on=verified_on, verification=verification, email="port@cafe.example")

    assert at_once(keep_fresh, keep_fresh) == [None, None]

    assert len(outbox.rows) == len({row.dedupe_key for row in outbox.rows}) == 4
    assert list(Resource.objects.order_by("pk").values_list("asked_times", "state")) == [
        *[(1, ResourceState.PUBLISHED)] * 4,
        *[(0, ResourceState.SUSPENDED)] * 4,
    ]
    assert ResourceChange.objects.filter(kind=ChangeKind.SUSPENDED).count() == 4
