from activities.models import Session


def lock_session(sessions=None, **lookup):
    """Return one session, locked until the end of the transaction: the parent of every count of its places.

    Its counts (see SessionQuerySet.counted) are read once it is. The key is not locked, so that rows pointing to the
    session can still be written. SQLite's transactions are IMMEDIATE: there the whole database is the lock. Raises
    Session.DoesNotExist.
    """
    sessions = Session.objects if sessions is None else sessions
    return (
        sessions.select_for_update(of=("self",), no_key=True)
        .counted()
        .select_related("activity", "place")
        .get(**lookup)
    )
