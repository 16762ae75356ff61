from django.db import connection
from django.db.models import Count, Min, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from cafe.celery import app
from cafe.models import DeliveryState, Outgoing


def database_answers():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def readings():
    """Return the state of background work: {"outbox": {counts by state, oldest_pending_seconds}, "broker"}. No name."""
    return {"outbox": outbox(), "broker": "ok" if broker_answers() else "down"}


def outbox():
    """Count mails by state; oldest_pending_seconds is how long the oldest due mail has waited, 0 where none does."""
    now = timezone.now()
    counts = {state: Count("pk", filter=Q(state=state)) for state in DeliveryState.values}
    due = Q(state=DeliveryState.PENDING, not_before__lte=now)
    figures = Outgoing.objects.aggregate(**counts, oldest=Min("not_before", filter=due))
    oldest = figures.pop("oldest")
    return figures | {"oldest_pending_seconds": int((now - oldest).total_seconds()) if oldest else 0}


def broker_answers():
    """Try to reach the broker once, for half a second at most."""
    try:
        with app.connection_for_write(connect_timeout=0.5) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=0.5)
    except (OSError, OperationalError):
        return False
    return True
