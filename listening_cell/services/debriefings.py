"""Meetings at which the peers talk over what listening does to them: when, where, who came. No case is named."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell.models import Debriefing

NOT_YET = "Cette réunion n’a pas encore eu lieu. Dites que vous y étiez le jour même, ou après."
SAME_DAY = "Une réunion est déjà notée ce jour-là."
SOMEBODY_CAME = "Quelqu’un a dit qu’il y était : cette réunion ne s’efface plus."


def listed():
    """Return the meetings, the latest first, with who came."""
    return Debriefing.objects.prefetch_related("peers__user")


def keep(*, debriefing):
    """Save a meeting, new or changed; return it. Raises Refusal where another was noted meanwhile for that day."""
    try:
        with transaction.atomic():
            debriefing.save()
    except IntegrityError as error:
        raise Refusal(SAME_DAY) from error
    return debriefing


@transaction.atomic
def say_came(*, debriefing, peer, came):
    """Keep what a peer says of herself: nobody declares another. Raises Refusal before the day."""
    debriefing = Debriefing.objects.select_for_update(no_key=True).get(pk=debriefing.pk)
    if debriefing.day > timezone.localdate():
        raise Refusal(NOT_YET)
    if came:
        debriefing.peers.add(peer)
    else:
        debriefing.peers.remove(peer)


@transaction.atomic
def remove(*, debriefing):
    """Delete a meeting entered by mistake, or that does not take place. Raises Refusal once somebody came."""
    debriefing = Debriefing.objects.select_for_update(no_key=True).get(pk=debriefing.pk)
    if debriefing.peers.exists():
        raise Refusal(SOMEBODY_CAME)
    debriefing.delete()
