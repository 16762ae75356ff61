"""Two members who decide at the same moment, against a real database with a connection each."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from activities.tests.racing import ask
from cafe.tests.processes import portal_env

pytestmark = pytest.mark.server

PREPARE = """
from activities.tests.proposals import make_proposal
from activities.services.proposals import vote
from members.tests.factories import make_user
members = [make_user(role="equipe") for _ in range(2)]
proposal = make_proposal()
for one in members:
    vote(proposal=proposal, by=one, favourable=True)
answer = [proposal.pk, *(one.pk for one in members)]
"""
PREPARE_TWO = f"""
answers = []
for practice in ("Yoga", "Yoga doux"):
    {PREPARE.strip().replace(chr(10), chr(10) + "    ").replace("make_proposal()", "make_proposal(practice=practice)")}
    answers.append(answer)
answer = answers
"""
# Both processes are ready before either acts.
DECIDE = """
import pathlib, time
from activities.services import proposals
from cafe.errors import Refusal
from members.models import User
proposal, by = Proposal.objects.get(pk={pk}), User.objects.get(pk={by})
place = {{"name": "Salle neuve", "address": "", "commune": ""}}
pathlib.Path({folder!r}, "ready-{by}").touch()
while len(list(pathlib.Path({folder!r}).glob("ready-*"))) < 2:
    time.sleep(0.01)
try:
    {call}
    answer = "done"
except Refusal as refusal:
    answer = refusal.sentence.split(",")[0]
"""
ACCEPT = "proposals.accept(proposal=proposal, by=by, dates=proposal.dates.all(), title='Yoga du soir', place=place)"
REFUSE = "proposals.refuse(proposal=proposal, by=by, text='Non.')"


@pytest.mark.parametrize("second", [ACCEPT, REFUSE], ids=["accept twice", "accept and refuse"])
def test_of_two_decisions_at_once_one_holds(tmp_path, second):
    with portal_env(tmp_path) as env:
        pk, *members = ask(env, PREPARE)
        codes = [
            DECIDE.format(pk=pk, by=by, folder=str(tmp_path), call=call)
            for by, call in zip(members, (ACCEPT, second), strict=True)
        ]
        with ThreadPoolExecutor(2) as pool:
            said = sorted(pool.map(lambda code: ask(env, code), codes))
        kept = ask(
            env,
            "from cafe.models import Outgoing; proposal = Proposal.objects.get();"
            "answer = [proposal.state, Session.objects.count(), Activity.objects.count(), Facilitator.objects.count(),"
            "Outgoing.objects.filter(dedupe_key__endswith='decided').count()]",
        )

    made = 1 if kept[0] == "accepted" else 0
    word = {"accepted": "acceptée", "refused": "refusée"}[kept[0]]
    assert said == [f"Cette proposition est déjà {word}", "done"]
    assert kept[1:] == [made, made, made, 1]


def test_two_proposals_accepted_at_once_under_one_new_title_share_the_activity(tmp_path):
    with portal_env(tmp_path) as env:
        decisions = ask(env, PREPARE_TWO)
        codes = [DECIDE.format(pk=pk, by=by, folder=str(tmp_path), call=ACCEPT) for pk, by, _ in decisions]
        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(lambda code: ask(env, code), codes))
        kept = ask(env, "answer = [one.objects.count() for one in (Activity, Place, Session)]")

    assert (said, kept) == (["done", "done"], [1, 1, 2])
