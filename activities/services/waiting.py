"""For whom of the team something waits that no other mail has told: a source of cafe.notices."""

from datetime import timedelta

from activities.enums import ProposalState, SessionState
from activities.models import Hosting, ProposalMessage
from activities.services.hosting import team
from cafe.notices import round_before

LONGEST_SESSION = timedelta(hours=24)


def waiting(at):
    """Return the accounts to tell in the round due at `at`, each thing once, in the round after it happened.

    Hosts of a session that ended since the round before and is still to be marked; members of the working group, when
    another wrote a word about a proposal that is still to be decided.
    """
    since = round_before(at)
    return hosts_to_mark(since, at) | to_discuss(since, at)


def hosts_to_mark(since, at):
    near = {"session__starts_at__gt": since - LONGEST_SESSION, "session__starts_at__lte": at}
    hostings = Hosting.objects.filter(session__state=SessionState.PUBLISHED, **near).select_related("session")
    return {hosting.user_id for hosting in hostings if since < hosting.session.ends_at <= at}


def to_discuss(since, at):
    words = ProposalMessage.objects.filter(
        internal=True, proposal__state__in=ProposalState.open, created_at__gt=since, created_at__lte=at
    )
    authors = set(words.values_list("author", flat=True))
    if not authors:
        return set()
    members = set(team().values_list("pk", flat=True))
    # Who alone wrote has nothing to read.
    return members - authors if len(authors) == 1 else members
