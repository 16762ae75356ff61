"""What public pages count in SQL of their own is what the team's lists annotate."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.enums import CancelReason, QuestionKind, RegistrationState, SessionState
from activities.models import Question, Registration, Session
from activities.tests.factories import make_session, sign_up

pytestmark = pytest.mark.django_db


def people(session, **numbers):
    """Register so many people in each state; "expired" are offers whose deadline has passed."""
    now, hour = timezone.now(), timedelta(hours=1)
    told_apart = {
        "offered": {"offer_ends_at": now + hour},
        "expired": {"offer_ends_at": now - hour, "state": RegistrationState.OFFERED},
        "cancelled": {"cancelled_at": now, "cancel_reason": CancelReason.PERSON},
    }
    for state, number in numbers.items():
        for _ in range(number):
            values = {"state": state} | told_apart.get(state, {})
            Registration.objects.filter(pk=sign_up(session).pk).update(**values)


def a_bit_of_everything():
    """An empty session, a full one, one with people in every state, a cycle, and a cycle that is still a draft."""
    make_session()
    people(make_session(capacity=2), confirmed=2, waiting=3)
    people(make_session(capacity=9), confirmed=1, waiting=2, offered=3, expired=4, cancelled=5)
    for state in (SessionState.PUBLISHED, SessionState.DRAFT):
        head = make_session()
        people(head, confirmed=1)
        for following in (*[SessionState.PUBLISHED] * 2, SessionState.HELD, SessionState.CANCELLED, SessionState.DRAFT):
            make_session(head=head, state=following)
        Session.objects.filter(pk=head.pk).update(state=state)


def test_counting_apart_and_annotating_find_the_same():
    a_bit_of_everything()

    counted = Session.objects.counted().order_by("pk")
    annotated = Session.objects.with_places().with_cycle().order_by("pk")

    read = [[(one.waiting, one.occupied, one.cycle_size) for one in sessions] for sessions in (counted, annotated)]
    cycle, draft = [(0, 1, 4)] * 6, [(0, 1, 5)] * 6
    assert read == [[(0, 0, 1), (3, 2, 1), (2, 4, 1), *cycle, *draft]] * 2


def test_questions_are_those_of_the_session_that_carries_the_registrations():
    head, other = make_session(), make_session()
    follower = make_session(head=head)
    for text in ("Un tapis ?", "Un café ?"):
        Question.objects.create(session=head, text=text, kind=QuestionKind.YES_NO)

    counted = Session.objects.counted().in_bulk([head.pk, other.pk, follower.pk])

    assert [counted[one.pk].question_count for one in (head, other, follower)] == [2, 0, 2]


@pytest.mark.parametrize(("number", "statements"), [(0, 1), (1, 2), (20, 2)])
def test_counting_takes_one_statement_whatever_the_number_of_sessions(number, statements):
    for _ in range(number):
        make_session()

    with CaptureQueriesContext(connection) as captured:
        found = list(Session.objects.counted())

    assert (len(found), len(captured)) == (number, statements)
