"""Two things at once in the cell's tables."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction


@pytest.fixture
def meanwhile():
    """Run something in a transaction of this test's own and, before it commits, start something else beside it.

    On PostgreSQL alone, where the second has to wait for the first: SQLite lets one write at a time.
    """
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")

    def is_waited_for():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.05), pg_stat_clear_snapshot()")
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            return bool(cursor.fetchone())

    def beside(action):
        try:
            return action()
        finally:
            connection.close()

    def run(first, second):
        with ThreadPoolExecutor(1) as thread:
            with transaction.atomic():
                first()
                outcome = thread.submit(beside, second)
                assert any(is_waited_for() for _ in range(1200))
            return outcome.exception(60)

    return run
