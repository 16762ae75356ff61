"""« Le mois en un coup d’œil »: what has a date in a month, from every app but the listening cell, day by day.

Five statements, whatever the month holds: the page where it stands has many others.
"""

from calendar import Calendar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Value
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone

from activities import days_off
from activities.enums import RegistrationState, SessionState, TeamEventKind
from activities.models import Hosting, Registration, Session, TeamEvent
from activities.seasons import local_midnight, parse_month
from cafe.templatetags.french import short_day
from evaluation.enums import SurveyState
from evaluation.models import Survey
from newsletters.enums import NewsletterState
from newsletters.models import Newsletter

LETTER_FACTS = {
    NewsletterState.DRAFT: "n’est pas partie",
    NewsletterState.SCHEDULED: "programmée",
    NewsletterState.SENDING: "en cours d’envoi",
    NewsletterState.PAUSED: "suspendue",
    NewsletterState.SENT: "envoyée",
    NewsletterState.STOPPED: "arrêtée",
}
LETTERS_STUCK = {NewsletterState.DRAFT, NewsletterState.PAUSED}


@dataclass(frozen=True)
class Entry:
    """What stands in a day, with the page that deals with it.

    kind: a word before the title, none for a session. at: None for what lasts the day. lacking: what is still to do.
    """

    day: date
    title: str
    url: str
    kind: str = ""
    at: datetime | None = None
    facts: tuple = ()
    lacking: str = ""


@dataclass(frozen=True)
class Day:
    date: date
    inside: bool
    today: bool
    entries: list


@dataclass(frozen=True)
class Month:
    """first: its first day. previous, next: those of the months beside it, None beyond what an address may ask."""

    first: date
    weeks: list
    previous: date | None
    next: date | None
    is_current: bool
    holidays: list = field(default_factory=list)
    busy: bool = False
    first_ahead: date | None = None  # the first day with something from today on, where something came before it
    next_session: Session | None = None  # the very next one, of whatever month


def asked_month(text):
    """Return the first day of the month that an address asks for, or of this one where it makes no sense."""
    return parse_month(text) or timezone.localdate().replace(day=1)


def month_of(first, zone):
    """Return the Month that begins that day. zone: that of the school holidays."""
    after = (first + timedelta(days=31)).replace(day=1)
    span = Span(first, after)
    by_day, today, now = {}, timezone.localdate(), timezone.now()
    rows = sessions_for(span)
    entries = [*sessions(rows, span, now), *(entry for source in SOURCES for entry in source(span))]
    for entry in sorted(entries, key=in_order):
        by_day.setdefault(entry.day, []).append(entry)
    return Month(
        first=first,
        weeks=weeks_of(first, by_day, today),
        previous=reachable(first - timedelta(days=1)),
        next=reachable(after),
        is_current=first <= today < after,
        holidays=days_off.coming(first, zone, days=(after - first).days - 1),
        busy=bool(by_day),
        first_ahead=first_ahead(by_day, today),
        next_session=next((one for one in rows if is_coming(one, now)), None),
    )


def in_order(entry):
    """What lasts the day before what has an hour."""
    return (entry.day, entry.at is not None, entry.at or entry.day, entry.title)


def reachable(day):
    return parse_month(f"{day:%Y-%m}")


def first_ahead(by_day, today):
    ahead = [day for day in by_day if day >= today]
    return min(ahead) if ahead and len(ahead) < len(by_day) else None


def weeks_of(first, by_day, today):
    """Return the weeks of a month, each seven Days; those of the months beside it are empty."""
    return [
        [
            Day(day, inside := day.month == first.month, day == today and inside, by_day.get(day, []) if inside else [])
            for day in week
        ]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]


@dataclass(frozen=True)
class Span:
    """The days of a month: from first included to after excluded."""

    first: date
    after: date

    def moments(self, name):
        """Condition on a moment that falls in these days, on the portal's clock."""
        return Q(**{f"{name}__gte": local_midnight(self.first), f"{name}__lt": local_midnight(self.after)})

    def days(self, name):
        return Q(**{f"{name}__gte": self.first, f"{name}__lt": self.after})

    def holds(self, day):
        return day is not None and self.first <= day < self.after


def local_day(moment):
    return timezone.localtime(moment).date()


def sessions_for(span):
    """Sessions that these days tell of, and the very next one, in order.

    Two statements: counted() after, since counting in the same one makes the database join before it chooses.
    """
    moments = [span.moments(name) for name in ("starts_at", "opens_at", "closes_at")]
    following = Q(pk__in=Session.objects.upcoming().values("pk")[:1])
    hosted = Exists(Hosting.objects.filter(session=OuterRef("pk")))
    rows = Session.objects.filter(reduce(or_, moments, following)).annotate(hosted=hosted).counted()
    return list(rows.select_related("activity", "head").order_by("starts_at", "pk"))


def sessions(rows, span, now):
    """The sessions of these days, and the days when people may begin to register for one, or no longer may."""
    found = [session_entry(one, now) for one in rows if span.holds(local_day(one.starts_at))]
    for session in rows:
        if session.state == SessionState.PUBLISHED and not session.head_id:
            found += openings(session, span)
    return found


def is_coming(session, now):
    return session.state == SessionState.PUBLISHED and session.starts_at > now


def openings(session, span):
    url, fact = reverse("manage_session", args=[session.slug]), f"pour le {short_day(session.starts_at)}"
    days = [
        (at, word, at and local_day(at))
        for at, word in ((session.opens_at, "ouvrent"), (session.closes_at, "se ferment"))
    ]
    return [
        Entry(day, session.activity.title, url, "Inscriptions", at, (f"{word} {fact}",))
        for at, word, day in days
        if span.holds(day)
    ]


def session_entry(session, now):
    return Entry(
        day=local_day(session.starts_at),
        at=session.starts_at,
        title=session.activity.title,
        url=reverse("manage_session", args=[session.slug]),
        facts=tuple(session_facts(session)),
        lacking=lacking(session, now),
    )


def session_facts(session):
    if session.state == SessionState.CANCELLED:
        return ["annulée"]
    word = {SessionState.DRAFT: ["brouillon"], SessionState.HELD: ["tenue"]}.get(session.state, [])
    plural = "s" if session.occupied > 1 else ""
    taken = [f"{session.occupied} inscrit{plural} sur {session.places}"] if session.state != SessionState.DRAFT else []
    return word + taken + ([f"{session.waiting} en attente"] if session.waiting else [])


def lacking(session, now):
    if session.state != SessionState.PUBLISHED:
        return ""
    if session.ends_at <= now:
        return "à marquer tenue"
    return "" if session.starts_at <= now or session.hosted else "personne n’accueille"


def offers(span):
    """Places that wait for somebody's answer, told once for a session and a day: until when the first one waits."""
    waiting = Registration.objects.filter(
        span.moments("offer_ends_at"),
        state=RegistrationState.OFFERED,
        offer_ends_at__gt=timezone.now(),
        session__state=SessionState.PUBLISHED,
    )
    rows = waiting.annotate(on=TruncDate("offer_ends_at")).order_by().values("on", "session__slug")
    return [
        Entry(
            day=row["on"],
            at=row["until"],
            title=row["title"],
            url=reverse("manage_session", args=[row["session__slug"]]),
            kind="Place proposée" if row["count"] == 1 else f"{row['count']} places proposées",
            facts=("fin du délai pour répondre",),
        )
        for row in rows.annotate(until=Min("offer_ends_at"), count=Count("pk"), title=Min("session__activity__title"))
    ]


def meetings_and_letters(span):
    """The team's own dates, and newsletters on the day when they left, or are to leave."""
    columns = ["source", "pk", "name", "what", "moment"]
    meetings = TeamEvent.objects.filter(span.moments("starts_at")).annotate(
        source=Value("meeting"), name=F("title"), what=F("kind"), moment=F("starts_at")
    )
    letters = Newsletter.objects.annotate(
        source=Value("letter"), name=F("subject"), what=F("state"), moment=Coalesce("started_at", "scheduled_for")
    ).filter(span.moments("moment"))
    rows = meetings.order_by().values_list(*columns).union(letters.order_by().values_list(*columns), all=True)
    entry_of = {"meeting": meeting_entry, "letter": letter_entry}
    return [entry_of[source](*values) for source, *values in rows]


def meeting_entry(pk, title, kind, at):
    return Entry(local_day(at), title, reverse("team_events"), TeamEventKind(kind).label, at)


def letter_entry(pk, subject, state, at):
    url = reverse("letter_edit" if state == NewsletterState.DRAFT else "letter_sending", args=[pk])
    word, stuck = LETTER_FACTS[state], state in LETTERS_STUCK
    return Entry(local_day(at), subject, url, "Lettre", at, () if stuck else (word,), word if stuck else "")


def surveys(span):
    """Questionnaires on the day when they opened, and on the last one or the one when they were closed."""
    rows = Survey.objects.exclude(state=SurveyState.DRAFT)
    rows = rows.filter(span.days("opened_on") | span.days("closes_on") | span.days("closed_on"))
    found = []
    for survey in rows.only("title", "state", "opened_on", "closes_on", "closed_on"):
        closed = survey.state == SurveyState.CLOSED
        last = (survey.closed_on, "clos") if closed else (survey.closes_on, "dernier jour pour répondre")
        url = reverse("survey_results" if closed else "survey_sending", args=[survey.pk])
        dates = ((survey.opened_on, "ouvert"), last)
        found += [
            Entry(day, survey.title, url, "Questionnaire", None, (word,)) for day, word in dates if span.holds(day)
        ]
    return found


SOURCES = [offers, meetings_and_letters, surveys]
