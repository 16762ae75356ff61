"""The board's numbers counted again from plain rows, with lists and sets, as its page's own definitions say.

Naive on purpose: nothing of evaluation.figures, of cafe.board or of a service is called here. A share is a Share, and
exact; None is what may not be told, or has no meaning.
"""

import math
from collections import namedtuple
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from activities.models import Attendance, BudgetLine, Registration, Session
from cafe.models import Portal
from evaluation.models import Answer, Question, Sending, Survey
from listening_cell.models import Publication
from members.enums import Gender, Profession
from newsletters.models import Departure, LetterDelivery, Newsletter, Subscriber
from resources.models import Resource, ResourceNeed

PARIS = ZoneInfo("Europe/Paris")
FEW = 5
TERRITORY, ELSEWHERE, UNTOLD, OTHERS = "Territoire", "Hors du territoire", "Non renseigné", "Autres"
MEMBERSHIP = {True: "Adhérents", False: "Non adhérents", None: UNTOLD}
INCOME = {"grant", "mutual", "ars", "aci", "other_income"}

Share = namedtuple("Share", "count known people people_known")
Group = namedtuple("Group", "label attendances people places sessions")
Mark = namedtuple("Mark", "n mean")
Ranked = namedtuple("Ranked", "title n mean note verdict")


# --- Months and seasons ---------------------------------------------------------------------------


def day_of(moment):
    return moment.astimezone(PARIS).date()


def after(month):
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def season_of(day):
    """Return the year of the September that a day's season began with."""
    return day.year if day.month > 8 else day.year - 1


def season_label(year):
    return f"{year}-{year + 1}"


class Months(namedtuple("Months", "first last")):
    """Whole months, both included."""

    @property
    def all(self):
        found = [self.first]
        while found[-1] != self.last:
            found.append(after(found[-1]))
        return found

    @property
    def before(self):
        last = (self.first - timedelta(days=1)).replace(day=1)
        first = last
        for _ in self.all[1:]:
            first = (first - timedelta(days=1)).replace(day=1)
        return Months(first, last)

    @property
    def asked(self):
        """How an address asks for them."""
        return {"du": f"{self.first:%Y-%m}", "au": f"{self.last:%Y-%m}"}

    def __contains__(self, day):
        return self.first <= day < after(self.last)


def whole_season(year):
    return Months(date(year, 9, 1), date(year + 1, 8, 1))


# --- What happened --------------------------------------------------------------------------------


class World:
    """All that happened, as rows: sessions by key, marks of presence with what was said by whoever came."""

    def __init__(self):
        territory = {line.strip() for line in Portal.load().communes.splitlines()} | {TERRITORY}
        names = ("pk", "state", "starts_at", "capacity", "head", "activity__title")
        self.sessions = {row["pk"]: row for row in Session.objects.values(*names)}
        registrations = {row["id"]: row for row in Registration.objects.values()}
        self.marks = []
        for mark in Attendance.objects.values("presence", "session", "registration"):
            known, session = registrations[mark["registration"]], self.sessions[mark["session"]]
            commune = known["commune"] and (TERRITORY if known["commune"] in territory else ELSEWHERE)
            self.marks.append(
                SimpleNamespace(
                    present=mark["presence"] == "present",
                    held=session["state"] == "held",
                    day=day_of(session["starts_at"]),
                    person=known["person_key"],
                    title=session["activity__title"],
                    profession=dict(Profession.choices).get(known["profession"], known["profession"]) or UNTOLD,
                    gender=known["gender"],
                    gender_label=dict(Gender.choices).get(known["gender"]) or UNTOLD,
                    member=known["cpts_member"],
                    member_label=MEMBERSHIP[known["cpts_member"]],
                    commune=commune or UNTOLD,
                )
            )

    def held(self, months):
        """The held sessions of some months, each with its title and its places: in a cycle, those of the first."""
        found = []
        for one in self.sessions.values():
            if one["state"] == "held" and day_of(one["starts_at"]) in months:
                first = self.sessions[one["head"]] if one["head"] else one
                found.append(SimpleNamespace(title=one["activity__title"], places=first["capacity"]))
        return found

    def came(self, months):
        return [mark for mark in self.marks if mark.present and mark.held and mark.day in months]

    def came_before(self, day):
        return {mark.person for mark in self.marks if mark.present and mark.held and mark.day < day}


# --- Figures of a period --------------------------------------------------------------------------


def people(marks):
    return {mark.person for mark in marks}


def share(marks, known, wanted):
    answered = [mark for mark in marks if known(mark)]
    those = [mark for mark in answered if wanted(mark)]
    return Share(len(those), len(answered), len(people(those)), len(people(answered)))


def told(one):
    """Whether a share may be told: five people on both sides."""
    return one.people >= FEW and one.people_known - one.people >= FEW


def others(one):
    return Share(one.known - one.count, one.known, one.people_known - one.people, one.people_known)


def figures(world, months, marks):
    """Return what the board's headlines tell of some months. marks: of Marks, the satisfaction session by session."""
    came, held = world.came(months), world.held(months)
    new = len(people(came) - world.came_before(months.first))
    planned = sum(one.places for one in held)
    return SimpleNamespace(
        sessions=len(held),
        places=planned,
        attendances=len(came),
        people=len(people(came)),
        filling=Fraction(100 * len(came), planned) if planned else None,
        women=share(came, lambda one: one.gender != "", lambda one: one.gender == "femme"),
        members=share(came, lambda one: one.member is not None, lambda one: one.member is True),
        newcomers=new if new >= FEW and len(people(came)) - new >= FEW else None,
        satisfaction=marks.of(marks.during(months)),
    )


def percent(one):
    return Fraction(100 * one.count, one.known) if told(one) else None


def people_percent(one):
    return Fraction(100 * one.people, one.people_known) if told(one) else None


# --- By class -------------------------------------------------------------------------------------


def by_season(world, months):
    years = sorted({season_of(month) for month in months.all})
    found = []
    for year in years:
        inside = [month for month in months.all if season_of(month) == year]
        found.append(group(world, season_label(year), Months(inside[0], inside[-1])))
    return found


def group(world, label, months):
    came, held = world.came(months), world.held(months)
    return Group(label, len(came), len(people(came)), sum(one.places for one in held), len(held))


def by_class(world, months, name):
    """Return the Groups of the attendances by one thing known of them, those of the few in « Autres ».

    Those of five people at least stand alone, the most people first; the others are together, with the least of these
    where together they are not five; nothing is told where one group is left. Shown by attendances, then by name.
    """
    came = world.came(months)
    held = world.held(months) if name == "title" else []
    labels = {getattr(mark, name) for mark in came} | {one.title for one in held}
    marks = {label: [mark for mark in came if getattr(mark, name) == label] for label in labels}
    alone = sorted(
        (label for label in labels if len(people(marks[label])) >= FEW),
        key=lambda label: (-len(people(marks[label])), -len(marks[label]), label),
    )
    few = [label for label in labels if label not in alone]
    while few and alone and len(people(mark for label in few for mark in marks[label])) < FEW:
        few.append(alone.pop())
    if len(alone) + bool(few) < 2:
        return []
    rows = [(label, [label]) for label in sorted(alone, key=lambda label: (-len(marks[label]), label))]
    found = []
    for label, together in rows + ([(OTHERS, few)] if few else []):
        inside = [mark for one in together for mark in marks[one]]
        here = [one for one in held if one.title in together]
        found.append(Group(label, len(inside), len(people(inside)), sum(one.places for one in here), len(here)))
    return found


# --- Satisfaction ---------------------------------------------------------------------------------


class Marks:
    """The marks out of ten given after sessions, as they may be told: in blocks of five answers at least.

    looks: the days when somebody looked. What is told of a session only grows by five answers of the days before, and
    of the sum of each block the portal keeps a range of four whole numbers, whose middle it tells.
    """

    def __init__(self, world, looks):
        self.sessions = world.sessions
        self.blocks = {}
        asked = Question.objects.filter(national_key="satisfaction", kind="scale", survey__kind="session")
        surveys = {row["pk"]: row["survey"] for row in asked.exclude(survey__state="draft").values("pk", "survey")}
        given = {}
        for row in Answer.objects.filter(question__in=surveys, comment=False, value__isnull=False).values(
            "question", "value", "response__session", "response__day"
        ):
            place = row["question"], row["response__session"]
            given.setdefault(place, []).append((row["response__day"], row["value"]))
        for (_, session), answers in given.items():
            if session:
                self.blocks[session] = self.blocks.get(session, []) + blocks(answers, looks)
        sent = Sending.objects.filter(survey__in=surveys.values(), session__isnull=False).values_list("session")
        self.named = {session for (session,) in sent} | {key for key, found in self.blocks.items() if found}

    def during(self, months):
        return [key for key in self.named if day_of(self.sessions[key]["starts_at"]) in months]

    def of(self, sessions):
        """Return the Mark of several sessions together, None where nothing is told of any."""
        found = [block for key in sessions for block in self.blocks.get(key, [])]
        n = sum(size for size, _, _ in found)
        if not n:
            return None
        return Mark(n, half_up(Fraction(sum(low + high for _, low, high in found), 2 * n), 1))

    def ranking(self, months):
        """Return the activities as Ranked, the best first, and the titles of those nothing is told of."""
        by_title = {}
        for key in self.during(months):
            by_title.setdefault(self.sessions[key]["activity__title"], []).append(key)
        found = {title: self.of(keys) for title, keys in by_title.items()}
        answered = {title: mark for title, mark in found.items() if mark}
        waiting = sorted(found.keys() - answered.keys())
        if not answered:
            return [], waiting
        everyone = sum(mark.n for mark in answered.values())
        general = sum(mark.n * Fraction(mark.mean) for mark in answered.values()) / everyone
        rows = []
        for title, mark in answered.items():
            note = (mark.n * Fraction(mark.mean) + 10 * general) / (mark.n + 10)
            verdict = "Trop peu de réponses" if mark.n < 11 else "À reconduire" if note >= 7 else "À revoir"
            rows.append(Ranked(title, mark.n, mark.mean, note, verdict))
        return sorted(rows, key=lambda row: (-row.note, -row.n, row.title)), waiting


def blocks(answers, looks):
    """Return the blocks (how many, least sum, greatest sum) of one session's answers, [(day, mark)]."""
    found, waiting = [], sorted(answers)
    for look in sorted(looks):
        ready = [mark for day, mark in waiting if day < look]
        if len(ready) >= FEW:
            n, waiting = len(ready), [one for one in waiting if one[0] >= look]
            last = (10 * n + 1) // 4 - 1
            rank = min(sum(ready) // 4, last)
            found.append((n, 4 * rank, 10 * n if rank == last else 4 * rank + 3))
    return found


# --- Money, letters, directory, cell --------------------------------------------------------------


def budget(world, months):
    """Return the sums of each season of some months that has lines, with what an attendance cost."""
    found = []
    for year in sorted({season_of(month) for month in months.all}):
        lines = list(BudgetLine.objects.filter(season=year).values("category", "planned", "actual"))
        if lines:
            inside = whole_season(year)
            came = [mark for mark in world.marks if mark.present and mark.day in inside]
            spent = [line for line in lines if line["category"] not in INCOME]
            received = [line for line in lines if line["category"] in INCOME]
            sums = [sum(line[name] for line in side) for side in (spent, received) for name in ("planned", "actual")]
            cost = half_even(Fraction(sums[1]) / len(came), 2) if came else None
            found.append(SimpleNamespace(year=year, sums=sums, balance=sums[3] - sums[1], came=len(came), cost=cost))
    return found


def letters(months):
    """Return how many newsletters left in some months, what became of their mails, and of those subscribed."""
    begun = Newsletter.objects.filter(started_at__isnull=False).exclude(state__in=["draft", "scheduled"])
    left = [row for row in begun.values("pk", "started_at", "counts") if day_of(row["started_at"]) in months]
    counts = {"sent": 0, "refused": 0, "unknown": 0}
    deliveries = list(LetterDelivery.objects.values("newsletter", "state", "last_error"))
    never_tried = {LetterDelivery.LEFT, LetterDelivery.STOPPED}
    for letter in left:
        live = [row for row in deliveries if row["newsletter"] == letter["pk"] and not letter["counts"]]
        counts["sent"] += letter["counts"].get("sent", 0) + sum(row["state"] == "sent" for row in live)
        counts["unknown"] += letter["counts"].get("unknown", 0) + sum(row["state"] == "unknown" for row in live)
        counts["refused"] += letter["counts"].get("refused", 0)
        counts["refused"] += sum(row["state"] == "failed" and row["last_error"] not in never_tried for row in live)
    states = [row["state"] for row in Subscriber.objects.values("state")]
    gone = [row for row in Departure.objects.values("left_on") if row["left_on"] in months]
    return SimpleNamespace(
        letters=len(left),
        departures=len(gone),
        active=states.count("active"),
        suspended=states.count("suspended"),
        **counts,
    )


def directory(today):
    """Return (sheets, [how many of each age, the freshest first], {theme: sheets}) of those any account may read."""
    ages, themes = [0, 0, 0, 0], {}
    needs = list(ResourceNeed.objects.values("resource", "need"))
    sheets = Resource.objects.filter(state="published", visibility__in=["public", "account"])
    rows = list(sheets.values("pk", "verified_on", "created_at"))
    for row in rows:
        days = (today - (row["verified_on"] or day_of(row["created_at"]))).days
        ages[(days >= 180) + (days >= 240) + (days >= 671)] += 1
        for theme in {need["need"].split("--")[0] for need in needs if need["resource"] == row["pk"]}:
            themes[theme] = themes.get(theme, 0) + 1
    return len(rows), ages, themes


def publications(months):
    """Return what the cell published of the years of some months, the latest first, as it was frozen."""
    years = {month.year for month in months.all}
    found = [one.tables for one in Publication.objects.all() if one.year in years]
    return sorted(found, key=lambda one: -one["year"])


def surveys(months):
    """Return (title, version) of the questionnaires that could be answered in some months."""
    found = []
    for one in Survey.objects.exclude(state="draft").order_by("-opened_on", "-pk"):
        if one.opened_on < after(months.last) and (one.closed_on is None or one.closed_on >= months.first):
            found.append((one.title, one.version))
    return found


# --- Rounding -------------------------------------------------------------------------------------


def half_up(value, decimals=0):
    """Return an exact number rounded, halves upwards, as a Decimal."""
    power = 10**decimals
    return Decimal(math.floor(Fraction(value) * power + Fraction(1, 2))) / power


def half_even(value, decimals):
    """Return an exact number rounded as accountants do, halves to the even one."""
    return Decimal(round(Fraction(value) * 10**decimals)) / 10**decimals
