"""The demonstration's letters: read by some, refused by two, and nothing of them leaves."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from activities.tests.factories import make_session
from cafe.demo.newsletters import load_newsletters
from cafe.mail import deliver_due
from members.models import User
from newsletters.models import Block, Bounce, Departure, LetterDelivery, Newsletter, Subscriber
from newsletters.services import retention
from newsletters.services.figures import counts_of

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
DAYS = [datetime(2026, 11, 23, 10, tzinfo=PARIS), datetime(2027, 9, 1, 0, 5, tzinfo=PARIS)]
MODELS = (Subscriber, Newsletter, Block, LetterDelivery, Bounce, Departure)


def rows():
    return {model: list(model.objects.order_by("pk").values()) for model in MODELS}


@pytest.mark.parametrize("now", [*DAYS, datetime(2028, 2, 29, 12, tzinfo=PARIS)])
def test_whatever_the_day_every_row_passes_the_rules_and_is_of_the_past(now, mailoutbox):
    with time_machine.travel(now, tick=False):
        load_newsletters()
        for model in MODELS:
            for row in model.objects.all():
                # The database itself holds the links; what no form ever asks may be empty.
                left = [f.name for f in model._meta.fields if f.is_relation or f.null or f.name == "counts"]
                row.full_clean(exclude=left)
        assert not Subscriber.objects.filter(last_sign_on__gt=timezone.localdate()).exists()
        assert not LetterDelivery.objects.filter(finished_at__gt=now).exists()
        before = rows()
        deliver_due()
        retention.purge(now, dry_run=False)
        with time_machine.travel(now + timedelta(days=200), tick=False):
            load_newsletters()
        assert rows() == before
        assert mailoutbox == []


def test_there_are_three_letters_in_the_archive_and_a_draft(client):
    make_session()
    load_newsletters()
    pages = client.get("/lettres/").context["page_obj"]

    assert [letter.topic for letter in pages] == ["agenda", "prevention", "life"]
    assert [client.get(letter.get_absolute_url()).status_code for letter in pages] == [200] * 3
    assert Newsletter.objects.filter(state="draft").count() == 1
    states = Counter(Subscriber.objects.values_list("state", flat=True))
    assert states == {"active": 54, "pending": 4, "suspended": 2}
    last = counts_of(pages[0])
    assert (last["refused"], last["waiting"], last["done"]) == (2, 0, 100)
    assert 30 < last["sent"] < 54
    assert not User.objects.filter(email__in=Subscriber.objects.values("email")).exists()
