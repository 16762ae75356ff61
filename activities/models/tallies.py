"""What hangs on each session, counted in one statement, for public pages and for who holds a session's lock.

In SQL, because each request asks it and Django takes far longer to write it than the database to answer it. The rules
are those of occupying() and in_cycle(), by which the team's lists filter and sort; a test holds the two together.
"""

from collections import Counter

from django.db import connection
from django.utils import timezone

FOLLOWER, QUESTION = "follower", "question"
STATEMENT = """
SELECT session_id, state, COUNT(*) FROM activities_registration
WHERE session_id IN ({keys}) AND (state IN ('confirmed', 'waiting') OR state = 'offered' AND offer_ends_at > %s)
GROUP BY session_id, state
UNION ALL
SELECT follower.head_id, 'follower', COUNT(*) FROM activities_session follower
JOIN activities_session head ON head.id = follower.head_id
WHERE head.id IN ({keys}) AND follower.state <> 'cancelled' AND (follower.state <> 'draft' OR head.state = 'draft')
GROUP BY follower.head_id
UNION ALL
SELECT session_id, 'question', COUNT(*) FROM activities_question WHERE session_id IN ({keys}) GROUP BY session_id
"""


def tally(keys):
    """Count for the sessions of these keys: {(key, state of a registration, FOLLOWER or QUESTION): number}.

    Registrations hold a place or wait; an offer that has expired is neither.
    """
    if not keys:
        return Counter()
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    statement = STATEMENT.format(keys=", ".join(["%s"] * len(keys)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*keys, now, *keys, *keys])
        return Counter({(key, what): number for key, what, number in cursor.fetchall()})
