import pytest
import time_machine

from activities.enums import SessionState
from activities.models import Proposal, Question, Session
from activities.services.proposals import tally
from cafe.tests.test_demo import ORDINARY_DAY, demo
from members.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded():
    with time_machine.travel(ORDINARY_DAY, tick=False):
        demo()
        yield


def test_team_finds_a_proposal_that_lacks_one_vote_and_the_one_that_became_the_clay_workshop():
    singing, clay = Proposal.objects.order_by("-committed_at")
    me = User.objects.get(email="equipe@demo.example")

    assert [(one.state, tally(one).favourable, tally(one).may_accept) for one in (singing, clay)] == [
        ("received", 1, False),
        ("accepted", 2, True),
    ]
    assert not singing.votes.filter(user=me).exists()
    assert all(one.starts_at > ORDINARY_DAY for one in singing.dates.all())
    draft = Session.objects.get(state=SessionState.DRAFT)
    assert (clay.activity, clay.email) == (draft.activity, draft.facilitator.email)
    assert [one.starts_at for one in clay.dates.all()] == [draft.starts_at]


def test_training_to_come_asks_two_questions_that_people_have_answered():
    questions = list(Question.objects.select_related("session__activity"))

    assert {one.session.activity.kind for one in questions} == {"formation"}
    assert [one.kind for one in questions] == ["choice", "yes_no"]
    origin, trained = (list(one.answers.values_list("value", flat=True)) for one in questions)
    assert len(origin) == 13 > len(trained)
    assert set(origin) <= set(questions[0].choice_list())
    assert set(trained) == {"Oui", "Non"}
