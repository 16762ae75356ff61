"""Somebody who holds the whole database looks for who answered what: before the night it works, after it no longer."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session as BrowserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cafe.models import Hit, Outgoing
from evaluation.models import Answer, Coding, Heading, Invitation, Reading, Response, Survey
from evaluation.services import anonymity, answering
from evaluation.services.answering import new_token
from evaluation.tests.factories import make_question, make_response, make_sending, make_survey
from members.tests.factories import make_user

ON_POSTGRES = connection.vendor == "postgresql"
PEOPLE = [f"soignant{number:02}@cabinet.example" for number in range(15)]
# Not in the order of the list: on SQLite an invitation keeps its place when it is spent.
BEFORE_THE_REMINDER, AFTER_IT = PEOPLE[5:11] + PEOPLE[:5], PEOPLE[11:12]
ANSWERED = BEFORE_THE_REMINDER + AFTER_IT


@dataclass
class Found:
    """candidates: {response: who it may be of}; guesses: {how it was guessed: {response: who}}."""

    candidates: dict = field(default_factory=dict)
    guesses: dict = field(default_factory=dict)

    def right(self, truth):
        """Return how many are rightly named, by the best of all the ways."""
        certain = {key: next(iter(people)) for key, people in self.candidates.items() if len(people) == 1}
        ways = [certain, *self.guesses.values()]
        return max(sum(truth[key] == person for key, person in way.items()) for way in ways)


def raw(model, columns):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {model._meta.db_table}")
        return cursor.fetchall()


def place_columns():
    """What a database tells of a row besides the row: its place, and on PostgreSQL its transaction."""
    return "xmin::text, ctid::text" if ON_POSTGRES else "rowid, rowid"


def at(place):
    """A ctid, « (page,line) », as numbers that sort."""
    return tuple(map(int, place.strip("()").split(","))) if ON_POSTGRES else place


def attack():
    """Join answers to people with all that the database holds; return what was Found."""
    found = Found()
    marks = place_columns()
    responses = raw(Response, f"id, wave, {marks}")
    people = raw(Invitation, f"email, sent_times, answered, {marks}")
    people = [row for row in people if row[2]]
    reminded = set(Outgoing.objects.filter(dedupe_key__endswith=":2").values_list("to", flat=True))
    mailed = set(Outgoing.objects.values_list("to", flat=True))
    for key, wave, *_ in responses:
        found.candidates[key] = {
            email
            for email, times, *_ in people
            if (not times or max(times - 1, 0) == wave) and (email not in mailed or (email in reminded) == (wave > 0))
        }
    answers = raw(Answer, f"response_id, {marks}")
    by_place = sorted(people, key=lambda row: at(row[4]))
    for name, rows in {"responses": [(row[0], *row[2:]) for row in responses], "answers": answers}.items():
        in_place = sorted(rows, key=lambda row: at(row[2]))
        found.guesses[f"places of {name}"] = {row[0]: one[0] for row, one in zip(in_place, by_place, strict=True)}
        if ON_POSTGRES:
            by_time = zip(
                sorted(rows, key=lambda row: int(row[1])), sorted(people, key=lambda row: int(row[3])), strict=True
            )
            found.guesses[f"transactions of {name}"] = {row[0]: one[0] for row, one in by_time}
    return found


@pytest.fixture
def evening(client, clock, transactional_db):
    """Fifteen people invited; eleven answer, one more after the reminder. Return {response: who, in truth}."""
    survey = make_survey()
    question = make_question(survey)
    sending = make_sending(survey, PEOPLE, last_sent_on=timezone.localdate())
    mail_out(sending, PEOPLE, 1)
    truth = {}
    for person in BEFORE_THE_REMINDER:
        truth |= reply(client, question, person)
    mail_out(sending, [person for person in PEOPLE if person not in BEFORE_THE_REMINDER], 2)
    for person in AFTER_IT:
        truth |= reply(client, question, person)
    return truth


def mail_out(sending, emails, round_number):
    """As a morning leaves it: how often each was mailed, and the outbox's rows."""
    for invitation in sending.invitations.filter(email__in=emails):
        invitation.sent_times, invitation.last_sent_on = round_number, timezone.localdate()
        invitation.save()
        Outgoing.objects.create(
            dedupe_key=f"survey:{sending.survey_id}:{invitation.pk.hex}:{round_number}",
            to=invitation.email,
            state="sent",
            not_before=timezone.now(),
        )


def reply(client, question, person):
    token, token_hash = new_token()
    Invitation.objects.filter(email=person).update(token_hash=token_hash)
    before = set(Response.objects.values_list("pk", flat=True))
    client.post(reverse("survey_answer", args=[token]), {f"q{question.pk}": "8"})
    (key,) = set(Response.objects.values_list("pk", flat=True)) - before
    return {key: person}


def tomorrow(clock):
    clock.shift(timedelta(hours=14))


def test_the_night_takes_away_what_would_tell_who_answered_what(evening, clock):
    # The control: what the night is for. On SQLite no place tells the order of answers, but the reminder does.
    assert attack().right(evening) == (len(ANSWERED) if ON_POSTGRES else len(AFTER_IT))

    tomorrow(clock)
    assert anonymity.shuffle_responses() == 1

    found = attack()
    assert set(found.candidates) == set(evening)
    # One answer came after the reminder, and it says so: nothing tells any more which of the twelve it is of.
    assert all(people == set(ANSWERED) for people in found.candidates.values())
    # Of twelve drawn by lot, nine or more fall right once in a million nights.
    assert found.right(evening) < 9
    if ON_POSTGRES:
        assert {len({row[-2] for row in raw(model, place_columns())}) for model in (Response, Answer, Invitation)} == {
            1
        }


def test_after_the_night_nothing_that_dates_an_answer_is_left(evening, clock):
    survey = Survey.objects.get()
    before = set(Invitation.objects.values_list("pk", flat=True))
    tomorrow(clock)
    anonymity.shuffle_responses()

    of_answered = Invitation.objects.filter(answered=True)
    assert set(of_answered.values_list("sent_times", "last_sent_on")) == {(0, survey.sendings.get().last_sent_on)}
    assert set(Invitation.objects.filter(answered=False).values_list("sent_times", flat=True)) == {2}
    assert not before & set(Invitation.objects.values_list("pk", flat=True))
    assert not Outgoing.objects.filter(dedupe_key__startswith=f"survey:{survey.pk}:").exists()
    assert (BrowserSession.objects.count(), Hit.objects.count()) == (0, 0)
    moments = [
        (model.__name__, one.name)
        for model in apps.get_app_config("evaluation").get_models()
        for one in model._meta.get_fields()
        if one.get_internal_type() == "DateTimeField" and model in (Response, Answer, Invitation)
    ]
    assert moments == []


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite serialises whole transactions: see IMMEDIATE")
def test_who_answers_while_it_is_shuffled_finds_the_link_alive_and_is_kept(evening, clock):
    question = Survey.objects.get().questions.get()
    tokens = {person: new_token() for person in PEOPLE[12:]}
    for person, (_, token_hash) in tokens.items():
        Invitation.objects.filter(email=person).update(token_hash=token_hash)
    tomorrow(clock)
    barrier = Barrier(len(tokens) + 1)

    def act(token):
        barrier.wait(timeout=10)
        try:
            if token is None:
                return anonymity.shuffle_responses()
            return answering.answer(token=token, answers=[Answer(question=question, value=8)]).wave
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tokens) + 1) as pool:
        ends = list(pool.map(act, [None, *(token for token, _ in tokens.values())]))

    assert ends == [1, 1, 1, 1]
    assert Response.objects.count() == Answer.objects.count() == len(PEOPLE)
    assert not Invitation.objects.filter(answered=False).exists()


@pytest.mark.django_db
def test_the_night_loses_no_answer_and_what_was_read_of_it_stays(clock):
    survey = make_survey()
    words, note = make_question(survey, kind="long"), make_question(survey)
    first = make_response(survey, {words: "Très calme.", note: 9}, wave=1)
    make_response(survey, {note: 3}, source="paper")
    elsewhere = make_response(make_survey(questions=["scale"]))
    answer = first.answers.get(question=words)
    coder, heading = make_user(), Heading.objects.create(question=words, label="Calme")
    Coding.objects.create(answer=answer, heading=heading, coder=coder)
    Reading.objects.create(answer=answer, cleared=True)
    mail = Outgoing.objects.create(
        dedupe_key=f"survey:{survey.pk}:x:1", to=PEOPLE[0], state="pending", not_before=timezone.now()
    )
    fields = ["pk", "response", "response__day", "response__wave", "response__source", "question", "value", "text"]
    before = set(Answer.objects.values_list(*fields))

    tomorrow(clock)
    anonymity.shuffle_responses()

    assert set(Answer.objects.values_list(*fields)) == before
    assert list(Coding.objects.values_list("answer", "heading")) == [(answer.pk, heading.pk)]
    assert Reading.objects.get().answer == answer
    assert Outgoing.objects.get() == mail  # not sent yet: it leaves
    assert Response.objects.filter(pk=elsewhere.pk).exists()


@pytest.mark.django_db
def test_a_questionnaire_is_shuffled_the_night_after_an_answer_and_not_each_night(clock):
    survey = make_survey(questions=["scale"])
    shuffled = []
    for comes in (True, False, False, True, False):
        if comes:
            make_response(survey)
        assert anonymity.shuffle_responses() == 0  # what came today waits for tomorrow
        clock.shift(timedelta(days=1))
        shuffled.append(anonymity.shuffle_responses())
    assert shuffled == [1, 0, 0, 1, 0]
    survey.refresh_from_db()
    assert survey.shuffled_on == timezone.localdate() - timedelta(days=1)


@pytest.mark.django_db
def test_the_night_takes_as_many_statements_for_3_answers_as_for_100(clock):
    survey = make_survey()
    question = make_question(survey)
    make_sending(survey, PEOPLE)
    counts = []
    for size in (3, 97):
        responses = [Response(survey=survey, day=timezone.localdate()) for _ in range(size)]
        Response.objects.bulk_create(responses)
        Answer.objects.bulk_create([Answer(response=one, question=question, value=8) for one in responses])
        with CaptureQueriesContext(connection) as captured:
            anonymity.shuffle(survey)
        counts.append(len(captured))
    assert counts[0] == counts[1]
