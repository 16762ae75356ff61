"""For whom of the team something waits, in the round after it happened and in no other."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from activities.models import ProposalMessage, Session
from activities.services.waiting import waiting
from activities.tests.factories import make_session
from activities.tests.proposals import make_proposal
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
MORNING = datetime(2026, 10, 20, 8, tzinfo=PARIS)
EVENING, NEXT_MORNING = MORNING + timedelta(hours=10), MORNING + timedelta(days=1)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(datetime(2026, 10, 19, 12, tzinfo=PARIS), tick=False)
    return time_machine


def rounds():
    return [waiting(at) for at in (MORNING, EVENING, NEXT_MORNING)]


def test_hosts_are_told_once_that_a_session_that_ended_is_to_be_marked(clock):
    host, other = make_user(role=Role.TEAM), make_user(role=Role.TEAM)
    make_session(starts_at=MORNING + timedelta(hours=9), hosts=[host])
    make_session(starts_at=MORNING + timedelta(hours=9), hosts=[other], state=Session.State.CANCELLED)

    assert rounds() == [set(), set(), {host.pk}]


def test_members_are_told_once_that_another_wrote_about_a_proposal(clock):
    writer, reader = make_user(role=Role.TEAM), make_user(role=Role.TEAM)
    make_user(role=Role.COORDINATION)
    proposal = make_proposal()
    clock.move_to(MORNING + timedelta(hours=1), tick=False)
    ProposalMessage.objects.create(proposal=proposal, author=writer, from_team=True, internal=True, text="Oui.")

    assert rounds() == [set(), {reader.pk}, set()]


def test_when_two_wrote_both_have_something_to_read(clock):
    writers = [make_user(role=Role.TEAM) for _ in range(2)]
    proposal = make_proposal()
    clock.move_to(MORNING + timedelta(hours=1), tick=False)
    for writer in writers:
        ProposalMessage.objects.create(proposal=proposal, author=writer, from_team=True, internal=True, text="Oui.")

    assert rounds() == [set(), {writer.pk for writer in writers}, set()]


def test_what_other_mails_tell_is_not_told_again(clock):
    make_user(role=Role.TEAM)
    proposal = make_proposal()
    clock.move_to(MORNING + timedelta(hours=1), tick=False)
    ProposalMessage.objects.create(proposal=proposal, from_team=False, text="Ma réponse.")
    decided = make_proposal(state="refused")
    ProposalMessage.objects.create(
        proposal=decided, author=make_user(role=Role.TEAM), from_team=True, internal=True, text="Non."
    )

    assert rounds() == [set(), set(), set()]
