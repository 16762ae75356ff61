"""The demonstration's questionnaires: the published balance is read from their rows, by the portal's own figures."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db.models import Avg
from django.utils import timezone

from activities.models import Registration
from activities.services.retention import purge
from cafe.demo import balance, season
from cafe.demo.catalogue import load_catalogue
from cafe.demo.evaluation import load_surveys
from cafe.demo.people import as_guest, load_accounts, team
from cafe.demo.plans import write
from evaluation.figures import Period, breakdowns_of, figures_of
from evaluation.models import Answer, Coding, Heading, Invitation, Question, Reading, Response, Sending, Survey
from evaluation.services.results import results_of
from evaluation.statistics import kappa
from members.enums import Role
from members.models import User

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
ORDINARY_DAY = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)
BALANCE = Period(date(2023, 10, 1), date(2025, 4, 1))
MODELS = (Survey, Question, Sending, Response, Answer, Heading, Coding, Reading)


def load():
    """The sessions of the demonstration and its questionnaires, without the rest of it."""
    users, catalogue = load_accounts(), load_catalogue()
    taken = {user.email for user in users.values()}
    plans, regulars = balance.plans(taken)
    plans += season.plans(timezone.now(), regulars, taken, as_guest(users["soignant"]))
    write(plans, catalogue=catalogue, hosts=team(users), mover=users["coordination"])
    load_surveys(users)
    return users


@pytest.fixture
def loaded():
    with time_machine.travel(ORDINARY_DAY, tick=False):
        yield load()


def published():
    figures = figures_of(BALANCE)
    return {
        "attendances": figures.attendances,
        "different people": figures.people,
        "filling %": round(figures.filling),
        "women %": round(figures.women.percent),
        "members": figures.members.count,
        "satisfaction": figures.satisfaction.mean.value,
    }


def test_the_published_balance_is_found_and_anonymising_changes_none_of_it(loaded):
    exact = Answer.objects.filter(question__national_key="satisfaction", question__survey__state="closed")
    before = breakdowns_of(BALANCE)

    wanted = {"attendances": 151, "different people": 84, "filling %": 105, "women %": 80, "members": 75}
    assert published() == wanted | {"satisfaction": 8.4}
    assert round(exact.aggregate(mean=Avg("value"))["mean"], 1) == 8.4

    with time_machine.travel(datetime(2027, 6, 1, tzinfo=PARIS), tick=False):
        purge(timezone.now(), dry_run=False)
        assert not Registration.objects.filter(session__starts_at__lt=BALANCE.end).exclude(email="").exists()
        assert published() == wanted | {"satisfaction": 8.4}
        assert breakdowns_of(BALANCE) == before


@pytest.mark.parametrize(
    "now",
    [
        ORDINARY_DAY,
        datetime(2027, 9, 1, 0, 5, tzinfo=PARIS),
        datetime(2028, 2, 29, 12, 0, tzinfo=PARIS),
    ],
)
def test_whatever_the_day_every_row_passes_the_rules_of_its_model_and_is_of_the_past(now):
    with time_machine.travel(now, tick=False):
        users = load()
        for model in MODELS:
            # The database itself holds the links; an answer in words has no value, which no form ever asks.
            left = [field.name for field in model._meta.fields if field.is_relation or field.name == "value"]
            for row in model.objects.all()[:: 1 if model in (Survey, Question, Sending) else 25]:
                row.full_clean(exclude=left)

        today = timezone.localdate()
        assert not Response.objects.filter(day__gte=today).exists()
        assert not Sending.objects.filter(starts_on__gt=today).exists()
        assert not Invitation.objects.exists()
        assert not Sending.objects.filter(closed_on=None).exists()
        rows = {model: list(model.objects.order_by("pk").values()) for model in MODELS}
        with time_machine.travel(now + timedelta(days=400), tick=False):
            load_surveys(users)
        assert {model: list(model.objects.order_by("pk").values()) for model in MODELS} == rows


def test_sessions_of_the_season_have_answers_too(loaded):
    survey = Survey.objects.get(kind="session", state="open")

    assert (survey.version, survey.previous.state) == (2, "closed")
    answered = Counter(Response.objects.filter(survey=survey).values_list("session__starts_at__month", flat=True))
    assert answered.keys() == {9, 10, 11}
    assert min(answered.values()) >= 5


def share(question, value):
    [n] = {question.answers.values("response").distinct().count()}
    return round(100 * question.answers.filter(value=value).count() / n)


def test_needs_follow_the_survey_of_2018_and_health_has_a_wellbeing(loaded):
    needs, health = Survey.objects.get(kind="needs"), Survey.objects.get(kind="health")
    place, form, _mode, use, _obstacles, times, days, wellbeing, _ideas = needs.questions.order_by("position")

    assert (needs.state, needs.audience, needs.responses.count()) == ("open", "public", 90)
    assert [share(use, value) for value in (1, 0, 2)] == [43, 23, 33]
    assert share(place, 1) == 90
    assert share(days, 1) == 80
    ranked = Counter(times.answers.values_list("value", flat=True)).most_common(3)
    assert [value for value, _ in ranked] == [7, 6, 3]
    assert form.answers.filter(value=99).exists()
    good = wellbeing.answers.filter(value__gt=50).count(), wellbeing.answers.filter(value__lt=50).count()
    assert [round(100 * n / 90) for n in good] == [54, 33]
    assert (health.state, health.responses.count()) == ("closed", 120)
    who5 = results_of(health).shown(health.questions.get(kind="who5"))
    assert (who5.n, len(who5.rows) > 1) == (120, True)
    doctors = health.questions.get(national_key="gp_wellbeing").answers.count()
    assert doctors == health.questions.get(national_key="profession").answers.filter(value=1).count() > 0


def test_words_were_coded_by_two_people_who_mostly_agree(loaded):
    words = Question.objects.get(survey__state="closed", survey__kind="session", kind="long")
    answers = words.answers.values_list("pk", flat=True)
    coders = set(Coding.objects.values_list("coder", flat=True))
    under = {one: set(Coding.objects.filter(coder=one).values_list("answer", "heading__label")) for one in coders}

    assert len(answers) >= 11
    assert len(coders) == 2 and loaded["coordination"].pk in coders
    assert all(User.objects.get(pk=one).has_role(Role.COORDINATION) for one in coders)
    agreements = []
    for label in words.headings.values_list("label", flat=True):
        first, second = ([(answer, label) in pairs for answer in answers] for pairs in under.values())
        agreements.append(kappa(first, second))
    assert min(agreements) > 0.4
    assert min(agreements) < 1
    assert Reading.objects.filter(quoted=True, cleared=True).count() == 5


def test_nobody_of_the_demonstration_is_named_in_what_was_written(loaded):
    names = set(Registration.objects.values_list("last_name", flat=True)) - {""}
    written = " ".join(Answer.objects.exclude(text="").values_list("text", flat=True)).split()

    assert len(names) > 50
    assert names.isdisjoint(word.strip(".,:") for word in written)
