"""Sessions made together from one rule, changed together, published together."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from activities.days_off import remarks
from activities.enums import SessionState
from activities.models import Series, Session
from activities.services import planning
from activities.services.locking import lock_session
from activities.services.questions import copy_questions
from activities.services.recurrence import at_hour_of, shifted
from activities.services.seating import give_hosts, hold_people, hosts_of
from cafe.errors import Refusal
from cafe.models import Portal
from cafe.templatetags.french import day

# What « celle-ci et les suivantes » changes everywhere. Hosts and extra places are decided date by date.
SHARED = (
    *("activity", "activity_minutes", "social_minutes", "place", "audience", "audience_profession"),
    *("capacity", "fee", "equipment", "clothing", "note", "facilitator"),
)
# In a cycle, these are the first session's and count for all.
CARRIED = ("capacity", "extra_places", "opens_at", "closes_at")


@dataclass
class PlannedDate:
    """A date on offer: when, what is worth knowing of it, whether a session is there already, whether it has passed.

    ticked: whether it is kept, as long as nobody has said otherwise.
    """

    starts_at: datetime
    remarks: list
    taken: bool
    past: bool
    ticked: bool = True

    @property
    def available(self):
        return not (self.taken or self.past)


def planned_dates(*, session, days):
    """Return a PlannedDate for each of these local dates, at the session's local hour."""
    zone, school_zone = timezone.get_current_timezone(), Portal.load().school_zone
    starts = [at_hour_of(one, session.starts_at, zone) for one in days]
    taken, now = taken_among(session.activity_id, starts), timezone.now()
    return [
        PlannedDate(start, remarks(one, school_zone), start in taken, start <= now)
        for one, start in zip(days, starts, strict=True)
    ]


def taken_among(activity_pk, starts):
    """Return which of these moments already have a session of that activity, cancelled ones left out."""
    sessions = Session.objects.filter(activity_id=activity_pk, starts_at__in=starts)
    return set(sessions.exclude(state=SessionState.CANCELLED).values_list("starts_at", flat=True))


def why_not_repeated(session, *, as_cycle):
    """Return why this session cannot be repeated that way, or None where it can."""
    if session.head_id:
        return "Cette séance suit déjà la première d’un cycle : ajoutez des dates depuis celle-là."
    if as_cycle and session.state != SessionState.DRAFT and not session.followers.exists():
        return "Un cycle se prépare à partir d’un brouillon : on s’y inscrit d’emblée pour toutes ses dates."
    if session.state == SessionState.CANCELLED:
        return "Cette séance est annulée : copiez-la d’abord."
    if not as_cycle and session.followers.exists():
        return "Cette séance ouvre un cycle : ajoutez-lui des dates, ou copiez-la pour des séances séparées."
    return None


@transaction.atomic
def repeat_session(*, session, days, rule, as_cycle=False, by):
    """Make a draft like this session on each of these local dates, and return them; doing it twice makes nothing more.

    Apart, they share a Series with it, so that they can be changed and published together. As a cycle, it becomes the
    one that carries the registrations of all, and its hosts lead them all. Raises Refusal.
    """
    hosts = hosts_of(session) if as_cycle else []
    hold_people(hosts)
    session = lock_session(pk=session.pk)
    if sentence := why_not_repeated(session, as_cycle=as_cycle):
        raise Refusal(sentence)
    plan = planned_dates(session=session, days=sorted(set(days)))
    for date in plan:
        check_date(session, date, as_cycle=as_cycle)
    values = {name: getattr(session, name) for name in planning.COPIED}
    values |= {"head": session} if as_cycle else {"series": series_of(session, rule)}
    drafts = []
    for date in plan:
        if not date.taken:
            drafts.append(planning.create_session(values=values | {"starts_at": date.starts_at}, by=by))
    give_hosts(changes=[(draft, hosts) for draft in drafts])
    if not as_cycle:
        for draft in drafts:
            copy_questions(source=session, target=draft)
    return drafts


def check_date(session, date, *, as_cycle):
    if date.past:
        raise Refusal(f"Le {day(date.starts_at)} est déjà passé. Retirez cette date.")
    if as_cycle and date.starts_at <= session.starts_at:
        raise Refusal(f"Le {day(date.starts_at)} vient avant la première séance du cycle. Retirez cette date.")


def series_of(session, rule):
    """Return the series of a session, made on first need."""
    if session.series_id is None:
        session.series = Series.objects.create(rule=rule)
        session.save(update_fields=["series"])
    return session.series


def together(session):
    """Return every session of the series or cycle of this one, itself included, in order; at least itself."""
    if session.series_id:
        return Session.objects.filter(series_id=session.series_id).order_by("starts_at", "pk")
    return Session.objects.of_cycle(session.registering_session_id)


def following(session):
    """Return the sessions that come after this one in its series or cycle, and that can still be changed."""
    if session.series_id:
        others = Session.objects.filter(series_id=session.series_id)
    else:
        others = Session.objects.filter(head_id=session.registering_session_id)
    open_states = (SessionState.DRAFT, SessionState.PUBLISHED)
    others = others.filter(starts_at__gt=session.starts_at, state__in=open_states).exclude(pk=session.pk)
    return others.order_by("starts_at", "pk")


@dataclass(frozen=True)
class Change:
    """What was changed on one session, as it applies to those that follow: fields, days moved, new hour, and openings.

    gaps: for the opening and closing of registrations, how long before the start, or None where there is none.
    """

    fields: dict
    days: int
    hour: object
    gaps: dict

    @classmethod
    def between(cls, before, values):
        fields = {name: values[name] for name in SHARED if name in values and values[name] != getattr(before, name)}
        start = values.get("starts_at", before.starts_at)
        old, new = timezone.localtime(before.starts_at), timezone.localtime(start)
        hour = new.time() if new.time() != old.time() else None
        gaps = {
            name: start - values[name] if values[name] else None
            for name in ("opens_at", "closes_at")
            if name in values and values[name] != getattr(before, name)
        }
        return cls(fields, (new.date() - old.date()).days, hour, gaps)

    def for_session(self, session):
        """Return the values that this change gives to another session."""
        zone = timezone.get_current_timezone()
        values = dict(self.fields)
        start = session.starts_at
        if self.days or self.hour:
            hour = self.hour or timezone.localtime(session.starts_at).time()
            start = shifted(session.starts_at, zone, days=self.days, hour=hour)
            moved = start - session.starts_at
            values["starts_at"] = start
            values |= {name: at + moved for name in ("opens_at", "closes_at") if (at := getattr(session, name))}
        values |= {name: start - gap if gap is not None else None for name, gap in self.gaps.items()}
        return {name: value for name, value in values.items() if not (session.head_id and name in CARRIED)}


@transaction.atomic
def update_following(*, session, values, hosts=None):
    """Change a session and, in the same way, those that follow it; return (session, sessions changed, people told).

    All change or none does. Moved later, the last goes first, so that no cycle is ever out of order on the way. Raises
    Refusal, which names the date that cannot change.
    """
    hold_people(hosts or ())
    session = lock_session(pk=session.pk)
    planning.save_new_relations(values)
    change = Change.between(session, values)
    steps = [(session, values, hosts), *((one, change.for_session(one), None) for one in following(session))]
    steps = [step for step in steps if step[1]]
    later = values.get("starts_at", session.starts_at) > session.starts_at
    told = 0
    for one, its_values, its_hosts in reversed(steps) if later else steps:
        try:
            changed, count = planning.update_session(session=one, values=its_values, hosts=its_hosts)
        except Refusal as refusal:
            raise Refusal(f"Séance du {day(one.starts_at)} : {refusal.sentence} Rien n’est changé.") from refusal
        session = changed if changed.pk == session.pk else session
        told += count
    return session, len(steps), told


@transaction.atomic
def publish_together(*, session, by):
    """Publish all drafts to come of the series or cycle of this session, all or none; return how many."""
    session = lock_session(pk=session.pk)
    first = session if session.series_id else session.carrier
    if first.state == SessionState.DRAFT and first.followers.exists():
        before = first.followers.filter(state=SessionState.DRAFT).count()
        planning.publish_all(sessions=[first], by=by)
        return before + 1
    drafts = [one for one in together(first) if one.state == SessionState.DRAFT and one.starts_at > timezone.now()]
    return planning.publish_all(sessions=drafts, by=by)
