"""All sessions of a season copied to the next one, as drafts."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from activities.days_off import remarks
from activities.enums import SessionState
from activities.models import Activity, Series, Session
from activities.services import planning
from activities.services.questions import copy_questions
from activities.services.recurrence import at_hour_of, next_season_day
from activities.services.series import PlannedDate
from cafe.models import Portal


@dataclass(frozen=True)
class PlannedCopy:
    """A session of a season and the date on which the next one would hold it."""

    session: Session
    date: PlannedDate


def planned_copies(season):
    """Return a PlannedCopy for each session of a season, cancelled ones left out: same weekday of the same month.

    Where two sessions of one activity would fall at one moment, the second is said to be taken.
    """
    zone, school_zone, now = timezone.get_current_timezone(), Portal.load().school_zone, timezone.now()
    sessions = Session.objects.filter(starts_at__gte=season.start, starts_at__lt=season.end)
    sessions = sessions.exclude(state=SessionState.CANCELLED).select_related("activity", "place", "facilitator")
    targets = []
    for session in sessions.order_by("starts_at", "pk"):
        target = next_season_day(timezone.localtime(session.starts_at).date())
        targets.append((session, target, at_hour_of(target, session.starts_at, zone)))
    there = Session.objects.filter(starts_at__in=[start for _, _, start in targets])
    seen = set(there.exclude(state=SessionState.CANCELLED).values_list("activity_id", "starts_at"))
    copies = []
    for session, target, start in targets:
        key = (session.activity_id, start)
        date = PlannedDate(start, remarks(target, school_zone), key in seen, start <= now)
        copies.append(PlannedCopy(session, date))
        seen.add(key)
    return copies


@transaction.atomic
def copy_season(*, season, chosen, by):
    """Make drafts for the next season of the chosen sessions (keys) of this one; return them. Twice does not double.

    Cycles and series stay together: the first session chosen of a cycle carries the registrations of the others. Hosts
    are not copied: the rota gives turns anew.
    """
    activities = Activity.objects.filter(sessions__starts_at__gte=season.start, sessions__starts_at__lt=season.end)
    list(Activity.objects.select_for_update(no_key=True).filter(pk__in=activities).order_by("pk"))
    heads, series, drafts = {}, {}, []
    for copy in planned_copies(season):
        if copy.session.pk in chosen and copy.date.available:
            drafts.append(_copy_of(copy, heads, series, by=by))
    return drafts


def _copy_of(copy, heads, series, *, by):
    session = copy.session
    values = {name: getattr(session, name) for name in planning.COPIED} | {"starts_at": copy.date.starts_at}
    in_cycle = session.head_id or session.followers.exists()
    if in_cycle:
        values["head"] = heads.get(session.registering_session_id)
    if session.series_id:
        if session.series_id not in series:
            series[session.series_id] = Series.objects.create(rule=session.series.rule)
        values["series"] = series[session.series_id]
    draft = planning.create_session(values=values, by=by)
    if in_cycle:
        heads.setdefault(session.registering_session_id, draft)
    copy_questions(source=session, target=draft)
    return draft
