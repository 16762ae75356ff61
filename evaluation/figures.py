"""Figures of participation, defined once: the page, the board, the reports and the exports all read them here.

They count attendances (a registration marked present at a session marked as held), and people by their random key, so
that anonymising registrations after 24 months changes none of them. A session belongs to the month, in the portal's
time zone, when it began. Whatever is told of people's profession, commune, gender or membership goes through merged()
or Share.told: the board must not learn what one person among few is. Each takes a constant number of statements.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.formats import date_format

from activities.seasons import local_midnight, season_of
from cafe.models import Portal
from evaluation import counts
from evaluation.catalogue import SATISFACTION
from evaluation.counts import UNTOLD
from evaluation.enums import SurveyKind
from evaluation.models import Question, Survey
from evaluation.services.results import results_of_all, session_place
from evaluation.specs import spec_of
from evaluation.thresholds import CLASS_FROM, Shape, Shown, merge_classes, shown_together
from members.enums import Gender, Profession

OTHERS = "Autres"
MEMBERS = {True: "Adhérents", False: "Non adhérents", None: UNTOLD}


@dataclass(frozen=True)
class Period:
    """Whole months, both included: each is given by its first day. Raises ValueError if they are in disorder."""

    first: date
    last: date

    def __post_init__(self):
        if self.first > self.last:
            raise ValueError("A period begins before it ends.")

    @property
    def start(self):
        return local_midnight(self.first)

    @property
    def end(self):
        """The first moment after it."""
        return local_midnight(next_month(self.last))

    @property
    def months(self):
        """The first days of its months, in order."""
        months = [self.first]
        while months[-1] < self.last:
            months.append(next_month(months[-1]))
        return months

    @property
    def before(self):
        """The period of as many months that ends where this one begins."""
        first = self.first.year * 12 + self.first.month - 1 - len(self.months)
        return Period(date(first // 12, first % 12 + 1, 1), (self.first - timedelta(days=1)).replace(day=1))

    @property
    def label(self):
        first, last = (date_format(month, "F Y") for month in (self.first, self.last))
        return first if first == last else f"de {first} à {last}".replace("de a", "d’a").replace("de o", "d’o")

    @property
    def query(self):
        """Return how an address tells it: « du=2023-10&au=2025-04 »."""
        return f"du={self.first:%Y-%m}&au={self.last:%Y-%m}"


def next_month(month):
    return (month + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True)
class Share:
    """How many among those whose answer is known."""

    count: int
    known: int

    @property
    def percent(self):
        """From 0 to 100, or None of nobody."""
        return 100 * self.count / self.known if self.known else None

    @property
    def told(self):
        """Whether there are enough people on both sides for the board to read it."""
        return min(self.count, self.known - self.count) >= CLASS_FROM


@dataclass(frozen=True)
class Figures:
    """A period in figures.

    attendances: registrations marked present. people: how many different ones. places: those planned for the held
    sessions, extra ones left out. women, members: shares of the attendances; women_people, members_people: shares of
    the different people, where who answered differently from one time to the next counts as what is counted.
    newcomers: people without any attendance before the period, in any season; the others had come already.
    satisfaction: mean of the marks out of ten given after its sessions, of what may be shown.
    """

    sessions: int
    places: int
    attendances: int
    people: int
    women: Share
    women_people: Share
    members: Share
    members_people: Share
    newcomers: int
    satisfaction: Shown

    @property
    def filling(self):
        """Attendances for 100 planned places; over 100 where extra places were opened. None without any place."""
        return 100 * self.attendances / self.places if self.places else None

    @property
    def returning(self):
        return self.people - self.newcomers

    @property
    def women_told(self):
        return self.women_people.told

    @property
    def members_told(self):
        return self.members_people.told

    @property
    def newcomers_told(self):
        return Share(self.newcomers, self.people).told


def figures_of(period, marks=None):
    """Return the Figures of a period, in three statements and those of the satisfaction.

    marks: what session_marks() told, where it is read once for several periods.
    """
    return figures_of_each([period], marks)[0]


def figures_of_each(periods, marks=None):
    """Return the Figures of each period, in as many statements as of one."""
    marks = session_marks() if marks is None else marks
    spans = [(period.start, period.end) for period in periods]
    found = zip(periods, counts.sessions_of(spans), counts.people_of(spans), counts.newcomers_of(spans), strict=True)
    return [
        Figures(
            **sessions,
            attendances=people["attendances"],
            people=people["people"],
            women=Share(people["women"], people["gender_known"]),
            women_people=Share(people["women_people"], people["gender_known_people"]),
            members=Share(people["members"], people["member_known"]),
            members_people=Share(people["members_people"], people["member_known_people"]),
            newcomers=newcomers,
            satisfaction=satisfaction_of(period, marks),
        )
        for period, sessions, people, newcomers in found
    ]


def session_marks():
    """Return what the results' engine tells of every questionnaire about sessions that asks for a mark out of ten."""
    surveys = Survey.objects.filter(kind=SurveyKind.SESSION, questions__national_key=SATISFACTION).distinct()
    return results_of_all(list(surveys))


def satisfaction_of(period, marks):
    """Return what may be shown of the marks given after the sessions of a period: how many, and their mean.

    Only what the results' engine has already told of those sessions one by one enters it: two periods that differ by
    one session tell no more than that session's own page. Looking may renew what the results keep, as their page does.
    """
    blocks, spec = {}, None
    start, end = period.start, period.end
    for pk, results in marks.items():
        inside = [key for key, session in results.sessions.items() if start <= session.starts_at < end]
        for question in asked(results):
            spec = spec_of(question)
            told = results.ledgers[question.pk]["blocks"]
            blocks |= {(pk, question.pk, key): told[session_place(key)] for key in inside if session_place(key) in told}
    return shown_together(spec, {"blocks": blocks}, list(blocks)) if blocks else Shown()


def asked(results):
    same = {"national_key": SATISFACTION, "kind": Question.Kind.SCALE}
    return [one for one in results.questions if all(getattr(one, name) == value for name, value in same.items())]


# --- Breakdowns -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Class:
    """One class of a breakdown. people: how many different ones; places, sessions: where a class has some."""

    label: str
    attendances: int
    people: int
    places: int = 0
    sessions: int = 0

    @property
    def filling(self):
        return 100 * self.attendances / self.places if self.places else None


@dataclass(frozen=True)
class Breakdowns:
    """The attendances of a period by each thing that is known of them; lists of Class, the merged ones for all to read.

    by_month and by_season have every month and season of the period, in order; sessions and their places are counted
    there, and by activity.
    """

    by_profession: list[Class]
    by_commune: list[Class]
    by_gender: list[Class]
    by_member: list[Class]
    by_activity: list[Class]
    by_month: list[Class]
    by_season: list[Class]


@dataclass
class Heap:
    """What is gathered of a class while rows are read. counted: how many people, where their keys may be unread."""

    attendances: int = 0
    keys: set = field(default_factory=set)
    places: int = 0
    sessions: int = 0
    counted: int | None = None

    @property
    def people(self):
        return len(self.keys) if self.counted is None else self.counted

    def __add__(self, other):
        """Raises ValueError where people were counted and not read: who is in both would be counted twice."""
        if any(one.people != len(one.keys) for one in (self, other)):
            raise ValueError("The people of these classes were not read.")
        return Heap(
            self.attendances + other.attendances,
            self.keys | other.keys,
            self.places + other.places,
            self.sessions + other.sessions,
        )


def breakdowns_of(period):
    """Return the Breakdowns of a period, in three statements and the portal's.

    Of a commune there is within the territory, outside, or unknown: what anonymising leaves, so that the figure is the
    same before it.
    """
    months = period.months
    spans = [(local_midnight(month), local_midnight(next_month(month))) for month in months]
    seasons = [season_of(month) for month in months]
    people, counted = counts.known_of(spans, [one.year for one in seasons], Portal.load().commune_list())
    by = by_person(people)
    by["month"] = {rank: came(counted["month"].get(rank)) for rank in range(len(months))}
    by["season"] = {one: came(counted["season"].get(one.year)) for one in seasons}
    keys = {}
    for rank, pk, title, sessions, places in counts.sessions_by_activity(spans):
        activity = by["activity"].setdefault(title, came(counted["activity"].get(pk)))
        keys[title] = pk
        for heap in (activity, by["month"][rank], by["season"][seasons[rank]]):
            heap.sessions += sessions
            heap.places += places
    read_people(by["activity"], keys, spans)
    return Breakdowns(
        by_profession=merged({label_in(Profession, key): heap for key, heap in by["profession"].items()}),
        by_commune=merged(by["commune"]),
        by_gender=merged({label_in(Gender, key): heap for key, heap in by["gender"].items()}),
        by_member=merged(by["member"]),
        by_activity=merged(by["activity"]),
        by_month=[class_of(date_format(months[rank], "F Y"), heap) for rank, heap in by["month"].items()],
        by_season=[class_of(season.label, heap) for season, heap in sorted(by["season"].items())],
    )


def by_person(people):
    """Return {name of a breakdown: {class: Heap}} of what people said of themselves; of activities, none yet."""
    by = {name: {} for name in ("profession", "commune", "gender", "member", "activity")}
    for key, profession, commune, gender, member, attendances in people:
        known = {"profession": profession, "commune": commune, "gender": gender, "member": MEMBERS[member]}
        for name, value in known.items():
            heap = by[name].setdefault(value, Heap())
            heap.attendances += attendances
            heap.keys.add(key)
    return by


def came(counted):
    """Return the Heap of (attendances, people) as the database counted them, None for nobody."""
    attendances, people = counted or (0, 0)
    return Heap(attendances, counted=people)


def read_people(heaps, activities, spans):
    """Read who came where people must be told apart: in the classes that may be put together, and in no other."""
    titles = {activities[title]: title for title in to_be_gathered(heaps)}
    for pk, keys in counts.coming_to(titles, spans).items():
        heaps[titles[pk]].keys |= keys


def label_in(choices, key):
    return choices(key).label if key in choices.values else key or UNTOLD


def class_of(label, heap):
    return Class(label, heap.attendances, heap.people, heap.places, heap.sessions)


def merged(heaps, smallest=CLASS_FROM):
    """Return {label: Heap} as Classes, the largest first, those of fewer than five people gathered in « Autres », last.

    « Autres » too has five people at least: a larger class joins it where the small ones together are too few, or the
    whole less what is shown would tell them. Where all end in one class nothing is told: [].
    """
    labels, groups = grouped(heaps, smallest)
    while len(groups) > 1 and gathered(heaps, labels, groups[-1]).people < smallest:
        groups = (*groups[:-2], groups[-2] + groups[-1])
    if len(groups) < 2:  # noqa: PLR2004  one class is no breakdown
        return []
    alone = sorted(rank for group in groups if len(group) == 1 for rank in group)
    others = [gathered(heaps, labels, group) for group in groups if len(group) > 1]
    return [class_of(labels[rank], heaps[labels[rank]]) for rank in alone] + [class_of(OTHERS, one) for one in others]


def grouped(heaps, smallest):
    """Return the labels, the largest first, and the groups of their ranks as the sizes alone would have them."""
    labels = sorted(heaps, key=lambda label: (-heaps[label].attendances, label))
    sizes = Counter({rank: heaps[label].people for rank, label in enumerate(labels)})
    return labels, merge_classes(Shape.NOMINAL, [(rank,) for rank in range(len(labels))], sizes, smallest)


def to_be_gathered(heaps, smallest=CLASS_FROM):
    """Return the labels of which merged() may make one class: the small ones, and the one that may have to join them.

    One is enough: whatever stands alone has `smallest` people.
    """
    labels, groups = grouped(heaps, smallest)
    if len(groups) < 2 or len(groups[-1]) == 1:  # noqa: PLR2004
        return []
    return [labels[rank] for group in groups[-2:] for rank in group]


def gathered(heaps, labels, group):
    """Return the Heap of several classes; somebody who is in two of them is one person."""
    first, *others = (heaps[labels[rank]] for rank in group)
    return sum(others, first)
