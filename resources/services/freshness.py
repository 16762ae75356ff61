"""The clock of a sheet: since when nobody vouched for it, whom the portal asks, and when the portal hides it.

Days are counted from the last verification; for a sheet that was never verified, from the day it was created, since
whoever wrote it had just looked. Only published sheets are asked about and suspended.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from resources.enums import ChangeKind, ChangeOrigin, Freshness, ResourceState
from resources.models import Resource, ResourceChange
from resources.services.sheets import lock_sheet, publish_sheet, suspend_sheet, verify_sheet

# Days since the last verification. A sheet may be 730 days old, two years; it is suspended on the day after.
ADVISED_AFTER = 180
REQUIRED_AFTER = 240
ENDING_AFTER = 671
SUSPENDED_AFTER = 731
BOUNDS = {
    Freshness.ADVISED: (ADVISED_AFTER, REQUIRED_AFTER),
    Freshness.REQUIRED: (REQUIRED_AFTER, ENDING_AFTER),
    Freshness.ENDING: (ENDING_AFTER, None),
}
HAS_ADDRESS = ~Q(verification_email="") | ~Q(email="")
# Who has read a sheet when they change it; the resource itself and the portal have not.
READERS = (ChangeOrigin.COORDINATION, ChangeOrigin.REPORT, ChangeOrigin.IMPORT)


@dataclass(frozen=True)
class Clock:
    """How old what a sheet says is, in days, on a day."""

    since: date
    today: date

    @property
    def days(self):
        return (self.today - self.since).days

    @property
    def level(self):
        passed = [level for level, (youngest, _) in BOUNDS.items() if self.days >= youngest]
        return passed[-1] if passed else Freshness.FRESH

    @property
    def ends_on(self):
        """The day on which the portal suspends it."""
        return self.since + timedelta(days=SUSPENDED_AFTER)


def clock_of(resource, today=None):
    since = resource.verified_on or timezone.localdate(resource.created_at)
    return Clock(since, today or timezone.localdate())


def address_of(resource):
    """Return where the resource itself is asked, or an empty text."""
    return resource.verification_email or resource.email


def reckoned():
    """Return the sheets with `since`, the day from which their age is counted."""
    return Resource.objects.annotate(since=Coalesce("verified_on", TruncDate("created_at")))


def aged(level, today):
    """Return the condition, on sheets with `since`, of being at a level on a day."""
    youngest, over = BOUNDS[level]  # over: the first age that is of the next level
    condition = Q(since__lte=today - timedelta(days=youngest))
    return condition if over is None else condition & Q(since__gt=today - timedelta(days=over))


def stale_sheets(*, level=None, today=None):
    """Return published sheets whose verification is advised at least, or at one level; the oldest first."""
    today = today or timezone.localdate()
    condition = aged(level, today) if level else Q(since__lte=today - timedelta(days=ADVISED_AFTER))
    return in_turn(reckoned().published().filter(condition))


def suspended_sheets():
    """Return the sheets that the portal suspended and nobody moved since, the oldest first."""
    moves = ResourceChange.objects.filter(resource=OuterRef("pk"), kind=ChangeKind.SUSPENDED).order_by("-pk")
    suspended = reckoned().filter(state=ResourceState.SUSPENDED).annotate(by=Subquery(moves.values("origin")[:1]))
    return in_turn(suspended.filter(by=ChangeOrigin.PORTAL))


def corrections():
    """Return the changes that resources made to their own sheet and nobody has read yet, the oldest first."""
    read = ResourceChange.objects.filter(resource=OuterRef("resource"), pk__gt=OuterRef("pk"), origin__in=READERS)
    own = ResourceChange.objects.filter(
        origin=ChangeOrigin.ITSELF, kind=ChangeKind.EDITED, resource__state__in=ResourceState.live
    )
    return own.exclude(Exists(read)).select_related("resource").order_by("pk")


def corrected_sheets():
    return in_turn(reckoned().filter(pk__in=corrections().values("resource")))


def in_turn(sheets):
    return sheets.order_by("since", "name", "pk")


def counts(today=None):
    """Return how many published sheets wait at each level, and how many of them nobody can be asked by mail.

    {"advised": 3, "required": 2, "ending": 0, "alone": 1}; alone: advised, without an address. One statement.
    """
    today = today or timezone.localdate()
    levels = {level: aged(level, today) for level in BOUNDS}
    return (
        reckoned()
        .published()
        .aggregate(
            advised=Count("pk", filter=levels[Freshness.ADVISED]),
            required=Count("pk", filter=levels[Freshness.REQUIRED]),
            ending=Count("pk", filter=levels[Freshness.ENDING]),
            alone=Count("pk", filter=levels[Freshness.ADVISED] & ~HAS_ADDRESS),
        )
    )


def overdue(today):
    return reckoned().published().filter(since__lte=today - timedelta(days=SUSPENDED_AFTER))


def suspend_overdue(*, today=None):
    """Suspend every published sheet that nobody has verified for two years; return how many.

    Each in its own transaction, so that a page waits for one sheet at most.
    """
    today = today or timezone.localdate()
    return sum(suspend_if_overdue(pk=pk, today=today) for pk in overdue(today).values_list("pk", flat=True))


@transaction.atomic
def suspend_if_overdue(*, pk, today):
    """Suspend a sheet unless somebody verified or moved it meanwhile; return whether it was."""
    resource = lock_sheet(pk)
    if not overdue(today).filter(pk=pk).exists():
        return False
    suspend_sheet(resource=resource, origin=ChangeOrigin.PORTAL)
    return True


@transaction.atomic
def verify_today(*, resource, by):
    """Note that the coordination checked a sheet today; one that the portal suspended for its age is shown again."""
    resource = lock_sheet(resource.pk)
    was_aside = suspended_sheets().filter(pk=resource.pk).exists()
    resource = verify_sheet(resource=resource, by=by)
    return publish_sheet(resource=resource, by=by) if was_aside else resource
