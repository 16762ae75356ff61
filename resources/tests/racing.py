"""Several people at once, each in a thread with a database connection of its own."""

from threading import Barrier, Thread

import pytest
from django.db import connection

PATIENCE = 120  # seconds
one_writer = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")


def at_once(*acts):
    """Run the acts together; return what each returned, or the error that it raised, in their order."""
    ready, answers = Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            ready.wait(timeout=PATIENCE)
            answers[place] = act()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    return answers
