"""How often an address may try something. Counted in the database, so that it holds with several web workers."""

import hashlib
import hmac
import time
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

from cafe.models import Hit


def client_address(request):
    """Return the address the request came from, behind the number of proxies we trust."""
    chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    count = settings.TRUSTED_PROXY_COUNT
    if count and len(chain) >= count:
        return chain[-count].strip()
    return request.META.get("REMOTE_ADDR", "")


def window_of(scope, who, seconds):
    """Return (key, end) of the window of `seconds` in which `who` tries `scope` now."""
    window = int(time.time()) // seconds
    key = hmac.new(settings.SECRET_KEY.encode(), f"{scope}:{who}:{window}".encode(), hashlib.sha256).hexdigest()
    return key, datetime.fromtimestamp((window + 1) * seconds, UTC)


def is_spent(*, scope, who, limit, seconds):
    """Tell whether `who` has used up this window at `scope`, and count nothing: for limits on failures alone."""
    key, _ = window_of(scope, who, seconds)
    return Hit.objects.filter(key=key, count__gte=limit).exists()


def within_limit(*, scope, who, limit, seconds):
    """Count one try of `who` at `scope` and tell whether it is among the first `limit` of this window of `seconds`.

    One statement, atomic on SQLite and PostgreSQL. `who` is stored only as a hash keyed with SECRET_KEY and the window.
    """
    key, expires_at = window_of(scope, who, seconds)
    table = connection.ops.quote_name(Hit._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, count, expires_at) VALUES (%s, 1, %s) "  # noqa: S608
            f"ON CONFLICT (key) DO UPDATE SET count = {table}.count + 1 RETURNING count",
            [key, expires_at],
        )
        return cursor.fetchone()[0] <= limit
