"""Random seasons with all that is odd in them: cycles, limits of months, people who change, or whose name is gone."""

import random
import uuid
from datetime import date, datetime, timedelta

import time_machine
from django.utils import timezone

from activities.enums import BudgetCategory
from activities.models import Activity, Attendance, BudgetLine, Person, Registration, Session
from activities.services.retention import purge
from activities.tests.factories import make_place
from cafe.models import Portal
from cafe.tests.recount import PARIS
from evaluation.models import Answer, Response
from evaluation.tests.factories import make_sending, make_survey
from listening_cell.tests.test_figures import publish
from newsletters.models import Departure, LetterDelivery
from newsletters.tests.factories import make_newsletter, make_sent, make_subscriber
from resources.models import Resource
from resources.tests.factories import make_resource

NOW = datetime(2025, 3, 15, 12, 0, tzinfo=PARIS)
# Somebody had looked before: what was told then stays told.
FIRST_LOOK = datetime(2024, 7, 1, 9, 0, tzinfo=PARIS)
LOOKS = [FIRST_LOOK.date(), NOW.date()]
TITLES = ["Yoga", "Pilates", "Boxe douce", "Relaxation", "Tai-chi", "Marche"]
ODD_MOMENTS = [
    datetime(2023, 8, 31, 23, 59, tzinfo=PARIS),
    datetime(2023, 9, 1, 0, 0, tzinfo=PARIS),
    datetime(2023, 10, 29, 2, 30, tzinfo=PARIS, fold=1),
    datetime(2023, 12, 31, 23, 55, tzinfo=PARIS),
    datetime(2024, 1, 1, 0, 5, tzinfo=PARIS),
    datetime(2024, 2, 29, 20, 0, tzinfo=PARIS),
    datetime(2024, 3, 31, 0, 30, tzinfo=PARIS),
    datetime(2024, 8, 31, 23, 59, 59, tzinfo=PARIS),
    datetime(2024, 9, 1, 0, 0, 1, tzinfo=PARIS),
]
PROFESSIONS = ["infirmier", "infirmier", "medecin-generaliste", "sage-femme", "pharmacien", "kinesitherapeute"]
THEMES = ["sante--psychiatrie", "entraide--pairs", "droit--avocat", "droit--plainte", "exercice--remplacement"]


def random_season(seed):
    """Write three years or so of a CPTS; to be called at NOW."""
    chance = random.Random(seed)
    Portal.objects.update_or_create(pk=Portal.load().pk, defaults={"communes": "Port-Sauvel\nMontclaret"})
    sessions = write_sessions(chance, activities=[Activity.objects.create(title=title) for title in TITLES])
    write_registrations(chance, sessions, people=write_people(chance.choice([12, 30, 45])))
    write_answers(chance, sessions)
    write_budget(chance)
    write_letters(chance)
    write_directory(chance)
    for year in chance.sample([2022, 2023, 2024], chance.randint(0, 3)):
        sheet = make_resource()
        usual = (chance.randint(11, 30), {"motives": ["charge"], "resources": (str(sheet.pk),)})
        publish(year, usual, (chance.randint(0, 12), {"profession": "medecins"}))
    if chance.random() < 0.5:
        # Names over two years old are gone; the figures are not.
        purge(timezone.now(), dry_run=False)


# --- Sessions -------------------------------------------------------------------------------------


def write_sessions(chance, activities):
    """Sessions since 2021, of every state, some in cycles; in one season out of two none of them was held."""
    place, empty = make_place(), chance.choice([None, 2022])
    evenings = [datetime(2021, 10, 1, 20, tzinfo=PARIS) + timedelta(days=chance.randint(20, 26) * n) for n in range(54)]
    moments = [moment for moment in evenings if moment < NOW] + ODD_MOMENTS
    sessions = []
    for number, moment in enumerate(moments):
        state = chance.choice(["held"] * 5 + ["published", "cancelled", "draft"])
        fields = {"activity": chance.choice(activities[:-1]), "place": place, "extra_places": chance.randint(0, 3)}
        if (empty, state) == (moment.year - (moment.month < 9), "held"):
            state = "published"
        fields |= {"cancelled_at": moment} if state == "cancelled" else {}
        head = Session(slug=f"s{number}", starts_at=moment, state=state, capacity=chance.randint(1, 9), **fields)
        sessions.append(head)
        for turn in range(chance.choice([0, 0, 0, 0, 1, 3])):
            later = {"slug": f"s{number}-{turn}", "starts_at": moment + timedelta(days=7 * (turn + 1)), "capacity": 99}
            state = chance.choice(["held", "held", "published"])
            if empty is None and later["starts_at"] < NOW:
                sessions.append(Session(head=head, state=state, activity=fields["activity"], place=place, **later))
    for session in sessions:
        session.save()
    for days in (1, 17, 40):
        later = {"slug": f"t{days}", "starts_at": NOW + timedelta(days=days), "state": "published", "capacity": 5}
        Session.objects.create(activity=activities[0], place=place, **later)
    return sessions


def write_people(many):
    found = [Person(email=f"personne{number}@cafe.example", key=uuid.UUID(int=number + 1)) for number in range(many)]
    return Person.objects.bulk_create(found)


def write_registrations(chance, sessions, people):
    """People register, some wait or cancel; whoever came was marked, at the session or at each of its cycle."""
    registrations, marks = [], []
    for session in [one for one in sessions if one.head_id is None]:
        following = [one for one in sessions if one.head_id == session.pk]
        for rank, person in enumerate(chance.sample(people, chance.randint(0, 11)), start=1):
            who = {"email": person.email, "person_key": person.key}
            who |= state_of(chance) | said(chance, person.key.int)
            registrations.append(Registration(session=session, number=rank, **who))
            for one in [session, *following]:
                presence = chance.choice(["present"] * 6 + ["absent", "excused", None])
                if presence:
                    marks.append(Attendance(registration=registrations[-1], session=one, presence=presence))
    Registration.objects.bulk_create(registrations)
    Attendance.objects.bulk_create(marks)


def state_of(chance):
    state = chance.choice(["confirmed"] * 7 + ["waiting", "cancelled"])
    moment = timezone.now()
    return {"state": state} | {
        "confirmed": {"confirmed_at": moment},
        "waiting": {},
        "cancelled": {"cancelled_at": moment, "cancel_reason": "person"},
    }[state]


def said(chance, number):
    """What somebody said of herself: most often the same thing, sometimes another, sometimes nothing."""
    usual = random.Random(number)
    source = usual if chance.random() < 0.8 else chance
    return {
        "profession": source.choice(PROFESSIONS),
        "gender": source.choice(["femme", "femme", "homme", "autre", ""]),
        "cpts_member": source.choice([True, True, False, False, None]),
        "commune": source.choice(["Port-Sauvel", "Montclaret", "Ailleurs", ""]),
    }


# --- Answers --------------------------------------------------------------------------------------


def write_answers(chance, sessions):
    """An old questionnaire and a new one; what came after the first look was given before the second, or today."""
    asked = [{"kind": "scale", "national_key": "satisfaction"}, {"kind": "scale"}]
    old = make_survey(
        kind="session", state="closed", title="Après la séance", version=2, opened_on=date(2021, 10, 1),
        closed_on=date(2024, 6, 15), questions=asked,
    )  # fmt: skip
    new = make_survey(kind="session", title="Votre avis 2024", opened_on=date(2024, 1, 10), questions=asked)
    make_survey(kind="needs", title="Vos besoins", opened_on=date(2023, 2, 1), questions=asked)
    make_survey(kind="session", state="draft", title="Brouillon", opened_on=None, questions=asked)
    for survey in (old, new):
        survey.asked = list(survey.questions.all())
    for session in sessions:
        if session.state != "draft" and chance.random() < 0.6:
            survey = old if session.starts_at < datetime(2024, 1, 10, tzinfo=PARIS) else new
            if chance.random() < 0.9:
                make_sending(survey, session=session)
            first = session.starts_at.date() + timedelta(days=1)
            days = [first] if survey == old else [first, first, date(2024, 8, 3), date(2024, 8, 3), NOW.date()]
            answers(survey, session, chance, [max(chance.choice(days), first) for _ in range(chance.randint(0, 14))])


def answers(survey, session, chance, days):
    mood = chance.choice([3, 6, 8, 10])
    responses = Response.objects.bulk_create(Response(survey=survey, session=session, day=day) for day in days)
    Answer.objects.bulk_create(
        Answer(response=one, question=question, value=max(0, min(10, mood + chance.randint(-2, 1))))
        for one in responses
        for question in survey.asked
    )


# --- Money, letters, directory --------------------------------------------------------------------


def write_budget(chance):
    for season in (2020, 2023, 2024):
        for category in chance.sample(BudgetCategory.values, 9):
            planned, actual = (chance.randint(0, 150_000) / 100 for _ in range(2))
            BudgetLine.objects.create(season=season, category=category, label="x", planned=planned, actual=actual)


def write_letters(chance):
    for moment in (ODD_MOMENTS[0], *ODD_MOMENTS[2:6], ODD_MOMENTS[-1]):
        counts = {name: chance.randint(0, 1500) for name in ("sent", "refused", "unknown", "left")}
        letter = make_sent(counts=chance.choice([counts, {}]), state=chance.choice(["sent", "stopped", "paused"]))
        type(letter).objects.filter(pk=letter.pk).update(started_at=moment)
        if not type(letter).objects.get(pk=letter.pk).counts:
            states = [
                ("sent", ""),
                ("failed", "550"),
                ("failed", LetterDelivery.LEFT),
                ("unknown", ""),
                ("pending", ""),
            ]
            LetterDelivery.objects.bulk_create(
                LetterDelivery(
                    newsletter=letter, to=f"a{number}@cafe.example", domain="cafe.example", state=state,
                    last_error=error, not_before=moment, dedupe_key=f"{letter.pk}-{number}",
                )
                for number, (state, error) in enumerate(chance.choices(states, k=12))
            )  # fmt: skip
    make_newsletter()
    for number in range(chance.randint(0, 9)):
        left_on = date(2023, 8, 25) + timedelta(days=chance.randint(0, 380))
        Departure.objects.create(email_hash=str(number), left_on=left_on)
    for state in chance.choices(["active", "active", "pending", "suspended"], k=chance.randint(0, 8)):
        make_subscriber(state=state)


def write_directory(chance):
    """Sheets at every limit of age, or none at all."""
    ages = chance.choice([[], *[[None, 1, 179, 180, 239, 240, 670, 671]] * 3])
    for days in ages:
        with time_machine.travel(NOW - timedelta(days=chance.choice([0, 179, 180, 240, 700])), tick=False):
            sheet = make_resource(
                needs=chance.sample(THEMES, chance.randint(1, 4)),
                visibility=chance.choice(["public", "public", "account", "peers"]),
                state=chance.choice(["published", "published", "published", "draft"]),
            )
        verified = {"verified_on": NOW.date() - timedelta(days=days), "verification": "coordination"} if days else {}
        Resource.objects.filter(pk=sheet.pk).update(**verified)
