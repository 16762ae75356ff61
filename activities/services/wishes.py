from django.db import transaction
from django.db.models import F

from activities.models import Session, TimeWish


@transaction.atomic
def count_time_wishes(*, slug, slots):
    """Count one more person for each moment that would suit better than this session's; nothing tells who."""
    session = Session.objects.upcoming().get(slug=slug)
    TimeWish.objects.bulk_create([TimeWish(session=session, slot=slot) for slot in slots], ignore_conflicts=True)
    session.time_wishes.filter(slot__in=slots).update(count=F("count") + 1)
    return session
