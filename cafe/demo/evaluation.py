"""What was answered in the demonstration: after the sessions, on needs, on health. Seeded; written in bulk.

The marks of the first seasons have the mean that the programme published (8.4 out of 10); the needs follow the survey
of Châteauroux (2018). No invitation is left: nobody of the demonstration is ever mailed a reminder of the past.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from activities.enums import Presence, SessionState
from activities.models import Attendance, Session
from cafe.demo import verbatims
from cafe.demo.balance import ENDS, SESSIONS
from cafe.demo.people import invented
from cafe.demo.plans import at
from evaluation.catalogue import AFTER_SESSION, DOCTOR, HEALTH, MODELS, NEEDS
from evaluation.enums import SurveyState
from evaluation.models import Answer, Coding, Heading, Reading, Response, Sending, Survey
from evaluation.services.building import create_survey
from evaluation.services.verbatims import NOTHING
from evaluation.values import OTHER

YES, NO, UNSURE = 1, 0, 2
SATISFACTION, SATISFACTION_NOW = 8.4, 8.6
WOULD_RETURN_FROM = 7
ANSWERING_PART = 0.74
SENT_FOR = timedelta(days=21)
# Of those who give at least this mark: how often they agree strongly, rather, rather not, not at all.
AGREEMENT = {9: (72, 25, 3, 0), 7: (34, 54, 10, 2), 0: (5, 40, 40, 15)}
MARKS = {10: 22, 9: 27, 8: 29, 7: 14, 6: 5, 5: 3}
NEEDS_ANSWERED, HEALTH_ANSWERED, HEALTH_INVITED = 90, 120, 360
FIRST_CODER, SECOND_CODER = "coordination", "coordination2"
# Of a hundred verbatims, how many the second coder reads otherwise than the first.
DISAGREES = 12
LEARNT = (
    "Les séances plaisent, et c’est le temps passé ensemble qui revient le plus dans ce que vous écrivez.\n\n"
    "- Nous gardons les soirées, et ajoutons **un samedi matin par trimestre**.\n"
    "- Nous indiquons désormais où se garer."
)
# Percentages of the survey of needs; of several choices, each on its own.
PLACE = {YES: 90, NO: 3, UNSURE: 7}
USE = {YES: 43, NO: 23, UNSURE: 33}
FORM = {1: 55, 2: 42, 3: 60, 4: 45, 5: 50, OTHER: 8}
MODE = {1: 50, 2: 12, 3: 55, 4: 6, 5: 24, 6: 40}
TIMES = {1: 6, 2: 9, 3: 36, 4: 12, 5: 10, 6: 49, 7: 57}
DAYS = {1: 80, 2: 26, 3: 8}
WELLBEING = {90: 12, 80: 18, 70: 14, 60: 10, 50: 13, 40: 14, 30: 11, 20: 8}
# Percentages of the survey of health; of a choice, by the rank of its options.
PROFESSION = {1: 24, 2: 5, 3: 32, 4: 14, 5: 7, 7: 4, 8: 5, 9: 5, 11: 4}
HEALTH_SHARES = {
    "health_not_good": {1: 8, 2: 30, 3: 39, 4: 18, 5: 5},
    "life_below_7": {9: 10, 8: 21, 7: 20, 6: 20, 5: 17, 4: 8, 3: 4},
    "sleeps_too_little": {YES: 71, NO: 25, UNSURE: 4},
    "fatigue_5_or_less": {8: 10, 7: 15, 6: 15, 5: 21, 4: 19, 3: 14, 2: 6},
    "no_gp": {YES: 78, NO: 22},
    "who5": {84: 6, 76: 12, 68: 15, 60: 16, 52: 15, 44: 13, 36: 11, 28: 7, 20: 5},
    "stress_above_6": {10: 4, 9: 12, 8: 25, 7: 25, 6: 14, 5: 12, 3: 8},
    "burnout": {1: 16, 2: 33, 3: 33, 4: 14, 5: 4},
    "occupational_access": {YES: 30, NO: 70},
}
FOR_DOCTORS = {
    "gp_wellbeing": {8: 30, 7: 30, 6: 25, 4: 15},
    "gp_overall_health": {9: 20, 8: 30, 7: 30, 5: 20},
    "gp_work_life_impact": {9: 15, 8: 25, 7: 25, 5: 35},
    "has_other_gp": {YES: 38, NO: 62},
    "spotted_colleague": {YES: 80, NO: 20},
    "medication_when_difficult": {YES: 17, NO: 83},
}


def load_surveys(users):
    """Write them once: where a questionnaire was ever made, nothing is added."""
    if Survey.objects.exists():
        return
    today, random = timezone.localdate(), invented(17).random
    first = after_the_first_seasons(today, users, random)
    needs(today, random)
    health(today, random)
    after_this_season(today, first, random)


def make(model, *, opened_on, closed_on=None, **fields):
    state = SurveyState.CLOSED if closed_on else SurveyState.OPEN
    return create_survey(
        model=model.key, values={"state": state, "opened_on": opened_on, "closed_on": closed_on} | fields
    )


@dataclass
class Sheets:
    """Answers to one questionnaire, gathered to be written at once. A text answers in words; (value, text) says why."""

    survey: Survey
    responses: list = field(default_factory=list)
    answers: list = field(default_factory=list)

    def __post_init__(self):
        asked = MODELS[self.survey.model_key].questions
        rows = self.survey.questions.order_by("position")
        self.questions = {ask.key: question for ask, question in zip(asked, rows, strict=True)}

    def add(self, day, given, *, session=None, wave=0):
        response = Response(survey=self.survey, session=session, day=day, wave=wave)
        self.responses.append(response)
        for key, value in given.items():
            for one in value if isinstance(value, list) else [value]:
                self.keep(response, self.questions[key], one)

    def keep(self, response, question, given):
        value, text = given if isinstance(given, tuple) else (given, "")
        if isinstance(value, str):
            self.answers.append(Answer(response=response, question=question, text=value))
            return
        self.answers.append(Answer(response=response, question=question, value=value))
        if text:
            self.answers.append(Answer(response=response, question=question, text=text, comment=True))

    def write(self):
        Response.objects.bulk_create(self.responses)
        Answer.objects.bulk_create(self.answers)


# --- Chance, held by the shares -------------------------------------------------------------------


def dealt(random, shares, count):
    """Return `count` values that follow the shares as closely as whole numbers may, in any order."""
    total, values, carried = sum(shares.values()), [], 0.0
    for value, share in shares.items():
        carried += count * share / total
        values += [value] * (round(carried) - len(values))
    random.shuffle(values)
    return values


def ticked(random, shares, count):
    """Return for each of `count` people the list of what she ticked: whoever has nothing takes from who has most."""
    rows = [[] for _ in range(count)]
    for value, share in shares.items():
        for row in random.sample(rows, round(count * share / 100)):
            row.append(value)
    for row in rows:
        if not row:
            row.append(max(rows, key=len).pop())
    return rows


def brought_to(marks, mean):
    """Return the marks with a few raised or lowered by one, so that their mean is the wanted one to the tenth."""
    marks = list(marks)
    gap = round(mean * len(marks)) - sum(marks)
    step, bound = (1, 10) if gap > 0 else (-1, 5)
    places = (place for place in range(len(marks)) if marks[place] != bound)
    for _ in range(abs(gap)):
        marks[next(places)] += step
    return marks


def sometimes(random, part, texts):
    """Return one of the texts, in so many cases out of a hundred."""
    return random.choice(texts) if random.randrange(100) < part else ""


def without_blanks(given):
    return {key: value for key, value in given.items() if value not in ("", [], None)}


# --- After the sessions ---------------------------------------------------------------------------


def after_the_first_seasons(today, users, random):
    """Those whose balance was published: closed, read by two people."""
    start = SESSIONS[0][0]
    survey = make(AFTER_SESSION, opened_on=start, closed_on=ENDS + timedelta(days=14), conclusion=LEARNT)
    past = held().filter(starts_at__gte=at(start, 0), starts_at__lt=at(ENDS, 0))
    code(ask_after(survey, past, today, random, mean=SATISFACTION), users, random)
    return survey


def after_this_season(today, previous, random):
    """The next version, still asked; about the last two days the portal itself will ask, in the morning."""
    recent = held().filter(starts_at__gte=at(ENDS, 0), starts_at__lt=at(today - timedelta(days=2), 0))
    opened_on = min([timezone.localdate(one.starts_at) for one in recent], default=today)
    survey = make(AFTER_SESSION, opened_on=opened_on, previous=previous, version=previous.version + 1)
    ask_after(survey, recent, today, random, mean=SATISFACTION_NOW)


def held():
    return Session.objects.filter(state=SessionState.HELD).select_related("activity").order_by("starts_at")


def ask_after(survey, sessions, today, random, *, mean):
    """Write what those who came to the sessions answered, and their sendings, closed; return the words to the team."""
    sheets, sendings, evenings = Sheets(survey), [], []
    present = Attendance.objects.filter(presence=Presence.PRESENT, session__in=sessions).values_list(
        "session", flat=True
    )
    counts = list(present.order_by())
    for session in sessions:
        came, day = counts.count(session.pk), timezone.localtime(session.starts_at).date()
        sendings.append(sent(survey, session, day + timedelta(days=1), came, today))
        evenings += [(session, day)] * round(came * ANSWERING_PART)
    marks = brought_to(dealt(random, MARKS, len(evenings)), mean)
    random.shuffle(marks)
    words = dealt(random, dict.fromkeys([text for text, _ in verbatims.WORDS], 1), len(evenings) * 2 // 5)
    for place, ((session, day), mark) in enumerate(zip(evenings, marks, strict=True)):
        wave = int(random.random() < 1 / 5)
        late = random.randint(8, 14) if wave else random.randint(1, 6)
        answered = min(day + timedelta(days=late), today - timedelta(days=1))
        text = words[place // 2] if place % 2 == 0 and place // 2 < len(words) else ""
        sheets.add(answered, opinion(random, mark, text), session=session, wave=wave)
    Sending.objects.bulk_create(sendings)
    sheets.write()
    return [one for one in sheets.answers if one.question_id == sheets.questions["words"].pk]


def sent(survey, session, starts_on, invited, today):
    closes_on = starts_on + SENT_FOR
    ended = {"closes_on": closes_on, "closed_on": min(closes_on, today), "last_sent_on": starts_on}
    return Sending(
        survey=survey, session=session, label=session.activity.title[:80], invited=invited, starts_on=starts_on, **ended
    )


def opinion(random, mark, words):
    weights = next(shares for least, shares in AGREEMENT.items() if mark >= least)
    agreement = random.choices((4, 3, 2, 1), weights, k=4)
    return without_blanks(
        {
            "opinion": (agreement[0], sometimes(random, 15, verbatims.LIKED)),
            "interest": agreement[1],
            "quality": (agreement[2], sometimes(random, 12, verbatims.CHANGE)),
            "benefit": agreement[3],
            "satisfaction": mark,
            "again": YES if mark >= WOULD_RETURN_FROM else random.choice([NO, UNSURE]),
            "words": words,
        }
    )


def code(answers, users, random):
    """Two people put the words to the team under headings, and a few of them were chosen to be quoted."""
    belongs = dict(verbatims.WORDS)
    labels = sorted({label for group in belongs.values() for label in group})
    made = Heading.objects.bulk_create(
        Heading(question=answers[0].question, label=label) for label in [*labels, NOTHING]
    )
    headings = {one.label: one for one in made}
    codings, quoted = [], {}
    for answer in answers:
        under = belongs[answer.text]
        other = [random.choice(labels)] if under and random.randrange(100) < DISAGREES else under
        for coder, chosen in ((users[FIRST_CODER], under), (users[SECOND_CODER], other)):
            codings += [Coding(answer=answer, heading=headings[label], coder=coder) for label in chosen or [NOTHING]]
        if len(under) == 1:
            quoted.setdefault(under[0], answer)
    Coding.objects.bulk_create(codings)
    Reading.objects.bulk_create(
        Reading(answer=answer, cleared=True, quoted=True, words=answer.text) for answer in quoted.values()
    )


# --- Needs, health --------------------------------------------------------------------------------


def needs(today, random):
    """A public questionnaire that runs, opened forty days ago."""
    count = NEEDS_ANSWERED
    opened_on = today - timedelta(days=40)
    sheets = Sheets(make(NEEDS, opened_on=opened_on, closes_on=today + timedelta(days=20)))
    columns = {
        "place": dealt(random, PLACE, count),
        "form": ticked(random, FORM, count),
        "mode": ticked(random, MODE, count),
        "use": dealt(random, USE, count),
        "times": ticked(random, TIMES, count),
        "days": ticked(random, DAYS, count),
        "wellbeing": dealt(random, WELLBEING, count),
    }
    for at_row in range(count):
        given = {key: column[at_row] for key, column in columns.items()}
        if given["use"] != YES:
            given["obstacles"] = sometimes(random, 55, verbatims.OBSTACLES)
        given["ideas"] = sometimes(random, 30, verbatims.IDEAS)
        sheets.add(opened_on + timedelta(days=random.randrange(1, 39)), without_blanks(given))
    sheets.write()


def health(today, random):
    """A closed one, sent in the spring before to all the professionals of the territory whose address is known."""
    count = HEALTH_ANSWERED
    opened_on, closed_on = today - timedelta(days=240), today - timedelta(days=205)
    survey = make(HEALTH, opened_on=opened_on, closed_on=closed_on)
    sheets = Sheets(survey)
    columns = {key: dealt(random, shares, count) for key, shares in HEALTH_SHARES.items()}
    professions = dealt(random, PROFESSION, count)
    doctor = rank_of(sheets.questions["profession"], *DOCTOR[1])
    doctors = professions.count(doctor)
    answered = {key: iter(dealt(random, shares, doctors)) for key, shares in FOR_DOCTORS.items()}
    for at_row, profession in enumerate(professions):
        given = {"profession": profession} | {key: column[at_row] for key, column in columns.items()}
        if given["occupational_access"] == YES:
            given["occupational_visit_useful"] = random.choices([YES, NO, UNSURE], [14, 76, 10])[0]
        if profession == doctor:
            given |= {key: next(values) for key, values in answered.items()}
        given["help"] = sometimes(random, 25, verbatims.HELP)
        wave = random.choices([0, 1, 2], [6, 3, 1])[0]
        day = opened_on + timedelta(days=random.randrange(1, 7) + 8 * wave)
        sheets.add(day, without_blanks(given), wave=wave)
    Sending.objects.create(
        survey=survey, label="Professionnels du territoire", invited=HEALTH_INVITED, starts_on=opened_on,
        last_sent_on=opened_on + timedelta(days=16), closes_on=closed_on, closed_on=closed_on,
    )  # fmt: skip
    sheets.write()


def rank_of(question, key):
    """Return the value under which an option of a choice is kept."""
    return next(rank for rank, option in enumerate(question.options, start=1) if option["key"] == key)
