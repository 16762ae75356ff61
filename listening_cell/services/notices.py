"""Who of the cell is told, twice a day, that something waits; and what becomes of a request that nobody reads.

Read from counters in clear alone: nothing is opened to know whom to tell, and the mail is that of everybody else (see
cafe.notices). Rounds are half-days. After 4 a request was waiting for 38 to 48 hours, after 6 for 62 to 72: a warning
is never later than the cell promises.
"""

from django.db import transaction
from django.db.models import F, Q

from cafe import notices
from cafe.errors import Refusal
from listening_cell.enums import CaseState, KeyState
from listening_cell.models import Case, CaseEnvelope, Referent

WARNING_ROUNDS, REPLACEMENT_ROUNDS = 4, 6
WAITS, MAY_REPLACE = "waits", "may_replace"


def open_envelopes():
    return CaseEnvelope.objects.filter(case__state__in=CaseState.open)


def unread(rounds):
    """Return the envelopes of open cases that their peer has not opened, having been told so in this many rounds."""
    return open_envelopes().filter(opened=False, rounds__gte=rounds)


def not_given_over():
    """Return the cases in which a request waits and no replacement was asked for yet."""
    return Case.objects.filter(pk__in=unread(WARNING_ROUNDS).values("case"), replacement_wanted=False)


@transaction.atomic
def waiting(at):
    """Count one more half-day for what was not opened, and return the accounts to tell: a source of cafe.notices.

    Peers with a request or a message they have not read; from 4 rounds on both peers of that case, whoever has read,
    and the referents, until a replacement is asked for.
    """
    open_envelopes().filter(opened=False).update(rounds=F("rounds") + 1)
    late = unread(WARNING_ROUNDS).values("case")
    told = open_envelopes().filter(Q(opened=False) | Q(read_up_to__lt=F("case__messages")) | Q(case__in=late))
    users = set(told.values_list("peer__user", flat=True))
    if not_given_over().exists():
        users |= set(Referent.objects.filter(state=KeyState.SIGNED).values_list("user", flat=True))
    return users


def waiting_for_referent():
    """Return "" where no request waits, "waits" from 4 rounds on, "may_replace" from 6 on; never how many, nor whose.

    For the referent's home page, which says « Une demande attend. » and, in the last case, lets her ask_replacement.
    """
    waits = not_given_over()
    if waits.filter(pk__in=unread(REPLACEMENT_ROUNDS).values("case")).exists():
        return MAY_REPLACE
    return WAITS if waits.exists() else ""


@transaction.atomic
def ask_replacement():
    """Ask, for every request unread for 6 rounds, that its absent peer be replaced. Raises Refusal where none waits.

    The referent holds no key of a case: she asks, she learns neither how many nor whose, and cannot seal anything.
    Case.replacement_wanted then lets those who can open the case do it:
    - the other peer of the pair, by services.passing, which gives the case other keys (casework.rekey);
    - the requester, on coming back, by services.returning.change_pair: the receipt opens C and not N, so this is
      possible as long as no note was taken.
    Both set replacement_wanted back to False; a new envelope begins at no round. The pair is told at once.
    """
    wanted = not_given_over().filter(pk__in=unread(REPLACEMENT_ROUNDS).values("case"))
    references = list(wanted.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    if not references:
        raise Refusal("Plus aucune demande n’attend depuis trois jours. Il n’y a rien à faire.")
    Case.objects.filter(pk__in=references).update(replacement_wanted=True)
    tell(peers_of(CaseEnvelope.objects.filter(case__in=references)))


def peers_of(envelopes):
    """Return the accounts of the peers of these envelopes."""
    return set(envelopes.values_list("peer__user", flat=True))


def tell(users):
    """Mail these accounts at once, because of what a peer or a referent just did; the mail is the neutral one."""
    return notices.tell(users)


def tell_others(*, case, peer=None):
    """Tell the other peer of a case at once (both, where no peer is named) that something of it has changed."""
    return tell(peers_of(case.envelopes.exclude(peer=peer)))


def tell_partners(*, peer, talks):
    """Tell at once those who hold these talks (starts_at) with this peer, who will be away."""
    cases = Case.objects.filter(reservations__slot__peer=peer, reservations__slot__starts_at__in=talks)
    return tell(peers_of(CaseEnvelope.objects.filter(case__in=cases).exclude(peer=peer)))
