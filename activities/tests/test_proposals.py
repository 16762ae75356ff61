"""From a facilitator's proposal to the decision of the working group."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from activities import todo_proposals
from activities.models import Activity, Facilitator, Place, Proposal, ProposalMessage, Session, Vote
from activities.services.proposals import accept, answer, ask, conclude, discuss, refuse, tally, vote
from activities.tests.factories import make_activity, make_facilitator, make_place
from activities.tests.proposals import make_proposal, pdf, send
from cafe.errors import Refusal
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def march(clock):
    """Tuesday 3 March 2026."""
    return clock


@pytest.fixture
def team():
    return [make_user(role=Role.TEAM, first_name=name) for name in ("Anne", "Paul", "Inès", "Marc")]


def votes(proposal, members, favourable=True):
    for member in members:
        vote(proposal=proposal, by=member, favourable=favourable)


def refusal(call, **arguments):
    with pytest.raises(Refusal) as caught:
        call(**arguments)
    return caught.value.sentence


def accept_all(proposal, by, **fields):
    defaults = {"dates": proposal.dates.all(), "title": proposal.practice}
    return accept(proposal=proposal, by=by, **defaults | fields)


def addressed(mails):
    return [(one.to[0], one.subject) for one in mails]


def link_in(mail):
    return re.search(r"https?://[^/\s]+(/propositions/\S+)", mail.body)[1]


def test_what_is_proposed_is_recorded_and_everyone_told(client, outbox, team):
    make_user(role=Role.TEAM, is_active=False)
    make_user(role=Role.COORDINATION)

    response = send(client, content=pdf())

    [proposal] = Proposal.objects.all()
    assert response.url == "/activites/proposer/merci/"
    assert (proposal.email, proposal.state, proposal.fee, proposal.place) == (
        "dominique@cafe.example",
        "received",
        7.5,
        "Salle des fêtes, 2 rue du Port",
    )
    assert [one.starts_at for one in proposal.dates.all()] == [
        datetime(2026, 4, 7, 17, 30, tzinfo=UTC),
        datetime(2026, 5, 5, 10, 30, tzinfo=UTC),
    ]
    assert addressed(outbox.deliver()) == [
        ("dominique@cafe.example", "Votre proposition est bien arrivée : Sophrologie"),
        *[(one.email, "Une proposition à examiner : Sophrologie") for one in team],
    ]


def test_the_same_proposal_sent_twice_is_one_with_one_mail(client, outbox):
    send(client, content=pdf())
    send(client, content=pdf())

    assert (Proposal.objects.count(), len(outbox.rows)) == (1, 1)


def test_every_commitment_is_needed_and_each_date_lies_ahead(client):
    response = send(
        client, content=pdf(), neutrality="", fee="3", place="", date_1_0="2026-03-02", date_3_0="2026-05-05",
        date_3_1="12:30",
    )  # fmt: skip

    errors = response.context["form"].errors
    assert {name: len(found) for name, found in errors.items()} == {
        "neutrality": 1, "fee": 1, "place": 1, "date_1": 1, "date_3": 1, "certificate": 1,
    }  # fmt: skip
    assert errors["fee"] == ["La participation est gratuite, ou va de 5 à 10 €."]


def test_too_many_proposals_from_one_place_are_asked_to_wait(client):
    answers = [send(client, content=b"", name="") for _ in range(31)]

    assert "Trop de propositions" in answers[30].text
    assert "Trop de propositions" not in answers[29].text


def test_a_question_goes_by_mail_and_is_answered_by_the_link(client, outbox, team):
    proposal = make_proposal(practice="Pilates")
    ask(proposal=proposal, by=team[0], text="À qui cela ne convient-il pas ?")
    proposal.refresh_from_db()
    assert proposal.state == "questioned"
    [question] = outbox.deliver()

    page = client.get(link_in(question))
    answered = client.post(f"{link_in(question)}reponse/", {"text": "Aux dos fragiles."}, follow=True)

    proposal.refresh_from_db()
    assert "À qui cela ne convient-il pas ?" in page.text
    assert "Votre réponse est transmise" in answered.text
    assert proposal.state == "received"
    assert addressed(outbox.deliver()[1:]) == [(one.email, "Dominique Laurent a répondu : Pilates") for one in team]
    assert list(proposal.messages.values_list("from_team", "text")) == [
        (True, "À qui cela ne convient-il pas ?"),
        (False, "Aux dos fragiles."),
    ]


def test_an_answer_given_twice_is_kept_once(team):
    proposal = make_proposal()
    ask(proposal=proposal, by=team[0], text="Combien de temps ?")
    answer(proposal=proposal, text="Une heure.")

    sentence = refusal(answer, proposal=proposal, text="Une heure.")

    assert (sentence, ProposalMessage.objects.filter(from_team=False).count()) == (
        "Votre réponse nous est déjà parvenue. Merci.",
        1,
    )


def test_a_forged_link_opens_nothing(client):
    proposal = make_proposal()

    assert client.get(f"/propositions/{proposal.link_key}.forged/").status_code == 404


def test_the_facilitator_never_reads_what_members_say_to_each_other(client, outbox, team):
    proposal = make_proposal()
    discuss(proposal=proposal, by=team[0], text="Je le connais un peu.")
    ask(proposal=proposal, by=team[0], text="Et le matériel ?")
    [question] = outbox.deliver()

    page = client.get(link_in(question)).text

    assert ("Et le matériel" in page, "Je le connais" in page) == (True, False)


def test_acceptance_takes_two_favourable_votes(team):
    proposal = make_proposal()
    votes(proposal, team[:1])

    sentence = refusal(accept_all, proposal=proposal, by=team[0])
    votes(proposal, team[1:2])

    assert sentence == "Il faut deux avis favorables au moins, et aucune objection en discussion."
    assert len(accept_all(proposal, team[0])) == 1


def test_one_vote_against_opens_a_discussion_which_its_author_may_end(team):
    proposal = make_proposal()
    votes(proposal, team[:2])
    votes(proposal, team[2:3], favourable=False)
    before = tally(proposal)

    votes(proposal, team[2:3])

    after = tally(proposal)
    assert (before.may_accept, before.objections, before.may_conclude) == (False, 1, False)
    assert (after.may_accept, after.favourable, after.unfavourable) == (True, 3, 0)
    assert Vote.objects.count() == 3


def test_a_discussion_is_concluded_by_three_who_outnumber(team, clock):
    proposal = make_proposal()
    votes(proposal, team[:2])
    votes(proposal, team[3:], favourable=False)
    sentence = refusal(conclude, proposal=proposal, by=team[0], text="Nous essayons une fois.")
    votes(proposal, team[2:3])
    clock.shift(60)

    conclude(proposal=proposal, by=team[0], text="Nous essayons une fois.")

    proposal.refresh_from_db()
    assert (
        sentence
        == "La discussion se clôt avec trois avis favorables au moins, plus nombreux que les avis défavorables."
    )
    assert tally(proposal).may_accept
    assert (proposal.conclusion, proposal.concluded_by) == ("Nous essayons une fois.", team[0])


def test_a_new_vote_against_opens_the_discussion_again_but_a_mere_comment_does_not(team, clock):
    proposal = make_proposal()
    votes(proposal, team[:3])
    votes(proposal, team[3:], favourable=False)
    clock.shift(60)
    conclude(proposal=proposal, by=team[0], text="Nous essayons.")
    clock.shift(60)
    proposal.refresh_from_db()

    vote(proposal=proposal, by=team[3], favourable=False, comment="Je reste réservé.")
    commented = tally(proposal).objections
    vote(proposal=proposal, by=make_user(role=Role.TEAM), favourable=False)

    assert (commented, tally(proposal).objections) == (0, 1)


def test_acceptance_makes_drafts_with_everything_that_was_proposed(outbox, team):
    day = timedelta(days=1)
    proposal = make_proposal(
        practice="Tai-chi", email="tai@cafe.example", place="Salle des fêtes", place_needed=False,
        capacity=9, fee=8, activity_minutes=60,
        equipment="Tapis", clothing="Souple", dates=(20 * day, 30 * day, 40 * day),
    )  # fmt: skip
    votes(proposal, team[:2])
    chosen = list(proposal.dates.all())[:2]
    place = {"name": "Salle des fêtes", "address": "2 rue du Port", "commune": "Saint-Paul"}

    sessions = accept_all(proposal, team[0], dates=chosen, title="Tai-chi au jardin", place=place, text="À bientôt.")

    proposal.refresh_from_db()
    shown = [
        (one.state, one.activity.title, one.starts_at, one.capacity, one.fee, one.activity_minutes, str(one.place))
        for one in Session.objects.order_by("starts_at")
    ]
    assert shown == [
        ("draft", "Tai-chi au jardin", one.starts_at, 9, 8, 60, "Salle des fêtes, Saint-Paul") for one in chosen
    ]
    assert {(one.equipment, one.clothing, one.facilitator.email) for one in sessions} == {
        ("Tapis", "Souple", "tai@cafe.example")
    }
    assert (proposal.state, proposal.decided_by, proposal.decision, proposal.activity.title) == (
        "accepted",
        team[0],
        "À bientôt.",
        "Tai-chi au jardin",
    )
    [mail] = outbox.deliver()
    assert (mail.to, mail.subject) == (["tai@cafe.example"], "Votre proposition est acceptée : Tai-chi")
    assert ["À bientôt." in mail.body, "lundi 23 mars 2026" in mail.body, "12 avril" in mail.body] == [
        True,
        True,
        False,
    ]


def test_what_exists_already_is_taken_as_it_is(team):
    activity, place = make_activity(title="Yoga doux"), make_place(name="Salle Ronde")
    known = make_facilitator(email="Dominique@cafe.example", title="", phone="06")
    proposal = make_proposal(email="dominique@cafe.example", phone="07")
    votes(proposal, team[:2])

    [session] = accept_all(proposal, team[0], title="YOGA DOUX", place={"name": "salle ronde"})

    assert (session.activity, session.place, session.facilitator) == (activity, place, known)
    session.facilitator.refresh_from_db()
    assert (session.facilitator.title, session.facilitator.phone) == ("sophrologue", "06")
    assert (Activity.objects.count(), Place.objects.count(), Facilitator.objects.count()) == (1, 1, 1)


def test_a_date_that_has_passed_is_not_accepted(team, clock):
    proposal = make_proposal(dates=(timedelta(days=2),))
    votes(proposal, team[:2])
    clock.shift(timedelta(days=3))

    assert refusal(accept_all, proposal=proposal, by=team[0]) == "Choisissez au moins une date à venir."
    assert Session.objects.count() == 0


def test_a_refusal_leaves_with_the_words_that_were_chosen(outbox, team):
    proposal = make_proposal(practice="Magie")

    refuse(proposal=proposal, by=team[0], text="Bonjour,\n\nMerci, mais non.")

    [mail] = outbox.deliver()
    assert (mail.subject, mail.body.startswith("Bonjour,\n\nMerci, mais non.")) == (
        "Votre proposition : Magie",
        True,
    )


@pytest.mark.parametrize(
    ("act", "arguments"),
    [
        (vote, {"favourable": True}),
        (ask, {"text": "?"}),
        (discuss, {"text": "Bon."}),
        (conclude, {"text": "Bon."}),
        (refuse, {"text": "Non."}),
        (accept_all, {}),
    ],
)
def test_what_is_decided_stays_decided(team, act, arguments):
    proposal = make_proposal()
    refuse(proposal=proposal, by=team[0], text="Non.")

    sentence = refusal(act, proposal=proposal, by=team[1], **arguments)

    assert sentence == "Cette proposition est déjà refusée, le mardi 3 mars 2026."
    assert (Vote.objects.count(), ProposalMessage.objects.count()) == (0, 0)


def test_what_waits_is_told_to_those_who_may_open_it(client, coordinator, team):
    make_proposal()
    questioned = make_proposal()
    ask(proposal=questioned, by=team[0], text="?")
    [line] = todo_proposals.lines()
    client.force_login(coordinator)
    alone = client.get("/coordination/").text
    both = make_user(roles=[Role.TEAM, Role.COORDINATION], second_factor=True)
    client.force_login(both)

    assert line.sentence == "Une proposition d’intervenant est à examiner."
    assert (line.sentence in alone, line.sentence in client.get("/coordination/").text) == (False, True)
    assert [one.pk for one in client.get(line.url).context["object_list"]] == [Proposal.objects.earliest("pk").pk]
