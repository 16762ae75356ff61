"""When a peer can receive: weekly hours made into slots eight weeks ahead, and the exceptions to them.

A slot is an hour of a peer on the portal's clock, whatever the season does to it. What a requester holds is never taken
away here: a reserved slot stays until the talk is moved or released.
"""

from collections import defaultdict
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell.models import Absence, Peer, Reservation, Slot, WeeklyHour
from listening_cell.services import notices
from listening_cell.services.booking import AHEAD

# Shown through the session, which no word of the cell may enter.
HELD = "Cette heure est prise. Déplacez d’abord ce qui y est prévu, ou passez le relais."
PAST = "Cette heure est passée."
TOO_FAR = "On n’ouvre pas d’heure au-delà de huit semaines."
AWAY = "Vous avez noté une absence ce jour-là. Retirez-la d’abord."


def locked(peer):
    """Hold a peer until the transaction ends: her hours change one at a time."""
    return Peer.objects.select_for_update(of=("self",), no_key=True).get(pk=peer.pk)


# --- From weekly hours to slots -------------------------------------------------------------------


def at_hour(day, hour):
    """Return the moment of this hour on the portal's clock. Hours are those of daytime: none is skipped or repeated."""
    return datetime.combine(day, time(hour), timezone.get_current_timezone())


def days_ahead(now):
    """Return the days over which slots are made, today included."""
    today = timezone.localdate(now)
    return [today + timedelta(days=count) for count in range(AHEAD.days + 1)]


def pattern(weekly, now):
    """Return the moments to come that weekly hours, [(weekday, hour)], give; absences are not looked at."""
    moments = (at_hour(day, hour) for day in days_ahead(now) for weekday, hour in weekly if day.weekday() == weekday)
    return {moment for moment in moments if now < moment <= now + AHEAD}


def is_away(moment, absences):
    """Tell whether a moment falls on a day of an absence, [(first day, last day)]."""
    day = timezone.localdate(moment)
    return any(first <= day <= last for first, last in absences)


def by_peer(rows):
    """Return {peer id: [the rest of each row]} of rows that begin with a peer's id."""
    found = defaultdict(list)
    for peer, *rest in rows:
        found[peer].append(tuple(rest))
    return found


@transaction.atomic
def refresh_slots(*, peers=None, now=None):
    """Make the slots of these peers (of all, where none are named) what their hours and absences say.

    As many statements for one peer as for all. An hour closed for one date stays closed, and an hour added for one date
    stays, unless an absence covers it. A slot that a talk holds is never deleted (see drop_slots).
    """
    now = now or timezone.now()
    whose = {} if peers is None else {"peer__in": peers}
    weekly = by_peer(WeeklyHour.objects.filter(**whose).values_list("peer_id", "weekday", "hour"))
    absences = by_peer(Absence.objects.filter(**whose).values_list("peer_id", "first_day", "last_day"))
    known = by_peer(
        Slot.objects.filter(**whose, starts_at__gt=now).values_list("peer_id", "pk", "starts_at", "closed", "extra")
    )
    fresh, stale = [], []
    for peer in weekly.keys() | known.keys():
        added, dropped = compared(pattern(weekly[peer], now), absences[peer], known[peer])
        fresh += [Slot(peer_id=peer, starts_at=moment) for moment in sorted(added)]
        stale += dropped
    drop_slots(stale)
    Slot.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)


def compared(wanted, absences, known):
    """Return (moments to open, keys of slots to drop) for one peer. known: [(key, moment, closed, extra)]."""
    have = {moment for _, moment, _, _ in known}
    added = {moment for moment in wanted - have if not is_away(moment, absences)}
    dropped = []
    for key, moment, closed, extra in known:
        # A closed hour is remembered during an absence: taking the absence back does not open it again.
        stays = (moment in wanted and closed) or ((moment in wanted or extra) and not is_away(moment, absences))
        if not stays:
            dropped.append(key)
    return added, dropped


def drop_slots(keys):
    """Delete these slots; one that a talk holds stays, closed, so that it is offered to nobody once released.

    They are locked first: a booking under way has its talk by then, or finds no slot.
    """
    if not keys:
        return
    slots = Slot.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    found = set(slots.values_list("pk", flat=True))
    held = set(Reservation.objects.filter(slot__in=found).values_list("slot", flat=True))
    Slot.objects.filter(pk__in=held, closed=False).update(closed=True)
    Slot.objects.filter(pk__in=found - held).delete()


def forget_past(now):
    """Delete the slots gone by that no talk held, and the absences that are over; each is of no use to anybody."""
    Slot.objects.filter(starts_at__lt=now, reservation__isnull=True).delete()
    Absence.objects.filter(last_day__lt=timezone.localdate(now)).delete()


# --- What a peer changes --------------------------------------------------------------------------


@transaction.atomic
def set_weekly_hours(*, peer, hours, now=None):
    """Replace a peer's weekly hours by these, {(weekday, hour)}, and her slots at once."""
    peer = locked(peer)
    before = {(weekday, hour): key for key, weekday, hour in peer.weekly_hours.values_list("pk", "weekday", "hour")}
    peer.weekly_hours.filter(pk__in=[before[gone] for gone in before.keys() - hours]).delete()
    added = sorted(hours - before.keys())
    WeeklyHour.objects.bulk_create([WeeklyHour(peer=peer, weekday=weekday, hour=hour) for weekday, hour in added])
    refresh_slots(peers=[peer], now=now)


@transaction.atomic
def open_hour(*, peer, starts_at, now=None):
    """Open one hour of one date, in the weekly hours or not; return its slot. Raises Refusal."""
    now, peer = now or timezone.now(), locked(peer)
    if starts_at <= now:
        raise Refusal(PAST)
    if starts_at > now + AHEAD:
        raise Refusal(TOO_FAR)
    if is_away(starts_at, peer.absences.values_list("first_day", "last_day")):
        raise Refusal(AWAY)
    local = timezone.localtime(starts_at)
    extra = not peer.weekly_hours.filter(weekday=local.weekday(), hour=local.hour).exists()
    slot, _ = Slot.objects.get_or_create(peer=peer, starts_at=starts_at, defaults={"extra": extra})
    if slot.closed:
        slot.closed = False
        slot.save(update_fields=["closed"])
    return slot


@transaction.atomic
def close_slot(*, slot):
    """Take one hour of one date back. Raises Refusal where a talk holds it, or where it is past."""
    slot = Slot.objects.select_for_update(of=("self",), no_key=True).get(pk=slot.pk)
    if slot.starts_at <= timezone.now():
        raise Refusal(PAST)
    if Reservation.objects.filter(slot=slot).exists():
        raise Refusal(HELD)
    if slot.extra:
        slot.delete()
        return
    slot.closed = True
    slot.save(update_fields=["closed"])


@transaction.atomic
def add_absence(*, peer, first_day, last_day, now=None):
    """Note days when a peer does not receive; return the talks (starts_at) that stand in them.

    Falling ill is nothing one asks leave for: the absence is noted whatever stands in it. Its free hours go, its talks
    stay, for a talk is moved or passed on by who can speak to the requester; the other peer of each is warned.
    """
    peer = locked(peer)
    absence = Absence.objects.create(peer=peer, first_day=first_day, last_day=last_day)
    refresh_slots(peers=[peer], now=now)
    talks = talks_in(peer, [(absence.first_day, absence.last_day)], now)
    if talks:
        notices.tell_partners(peer=peer, talks=talks)
    return talks


@transaction.atomic
def remove_absence(*, absence, now=None):
    """Take an absence back: the weekly hours count again on its days."""
    peer = locked(absence.peer)
    absence.delete()
    refresh_slots(peers=[peer], now=now)


@transaction.atomic
def set_load(*, peer, paused, monthly_limit):
    """Keep whether a peer receives new requests, and how many talks a month. What she follows already goes on."""
    peer = locked(peer)
    peer.paused, peer.monthly_limit = paused, monthly_limit
    peer.save(update_fields=["paused", "monthly_limit"])
    return peer


# --- What a peer reads ----------------------------------------------------------------------------


def talks_in(peer, absences, now=None):
    """Return when the talks begin that this peer holds on days of these absences, soonest first."""
    held = Slot.objects.filter(peer=peer, starts_at__gt=now or timezone.now(), reservation__isnull=False)
    return [moment for moment in held.values_list("starts_at", flat=True) if is_away(moment, absences)]


def outside_weekly(peer, now=None):
    """Return the talks (starts_at) that stand at an hour which is no longer one of the peer's: they hold all the same.

    Also those on the days of an absence.
    """
    now = now or timezone.now()
    wanted = pattern(list(peer.weekly_hours.values_list("weekday", "hour")), now)
    absences = list(peer.absences.values_list("first_day", "last_day"))
    held = Slot.objects.filter(peer=peer, starts_at__gt=now, reservation__isnull=False, extra=False)
    moments = held.values_list("starts_at", flat=True)
    return [moment for moment in moments if moment not in wanted or is_away(moment, absences)]


def next_day(peer, now):
    """Return the day of a peer's next slot, today where there is none."""
    ahead = Slot.objects.filter(peer=peer, starts_at__gt=now).values_list("starts_at", flat=True)
    return timezone.localdate(ahead.first() or now)


def slots_of_week(peer, monday, now=None):
    """Return a peer's slots of a week that are still to come, soonest first, with .held and .day. One statement."""
    start = max(at_hour(monday, 0), now or timezone.now())
    slots = Slot.objects.filter(peer=peer, starts_at__gt=start, starts_at__lt=at_hour(monday + timedelta(days=7), 0))
    slots = list(slots.select_related("reservation"))
    for slot in slots:
        slot.held, slot.day = hasattr(slot, "reservation"), timezone.localdate(slot.starts_at)
    return slots
