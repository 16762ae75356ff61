"""The pages of the working group."""

from datetime import timedelta

import pytest

from activities.models import Proposal, Session
from activities.services.proposals import ask, discuss, refuse, vote
from activities.tests.proposals import make_proposal, pdf
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client, clock):
    user = make_user(role=Role.TEAM)
    client.force_login(user)
    return user


def shown(response):
    return {one.practice for one in response.context["object_list"]}


def page_of(proposal, act=""):
    return f"/equipe/propositions/{proposal.pk}/{act}"


def test_the_list_says_what_to_do_when_it_is_empty(client, member):
    assert "Aucune proposition pour le moment." in client.get("/equipe/propositions/").text
    assert "Aucune proposition ne correspond" in client.get("/equipe/propositions/?q=boxe").text


def test_the_list_is_searched_and_filtered(client, member):
    boxing, yoga = make_proposal(practice="Boxe"), make_proposal(practice="Yoga", name="Alice Petit")
    refused = make_proposal(practice="Magie")
    refuse(proposal=refused, by=member, text="Non.")
    vote(proposal=boxing, by=member, favourable=True)
    ask(proposal=yoga, by=member, text="?")

    answers = [
        "", "?q=alice", "?q=boxe+laurent", "?etat=refused", "?etat=questioned", "?etat=a-examiner",
        "?etat=mon-avis", "?etat=inconnu",
    ]  # fmt: skip
    assert [shown(client.get(f"/equipe/propositions/{query}")) for query in answers] == [
        {"Boxe", "Yoga", "Magie"},
        {"Yoga"},
        {"Boxe"},
        {"Magie"},
        {"Yoga"},
        {"Boxe", "Yoga"},
        {"Yoga"},
        {"Boxe", "Yoga", "Magie"},
    ]


def test_the_list_and_the_page_cost_the_same_however_much_there_is(client, member, django_assert_max_num_queries):
    def statements(url):
        with django_assert_max_num_queries(40) as caught:
            client.get(url)
        return len(caught)

    proposal = make_proposal()
    for voter in (make_user(role=Role.TEAM), make_user(role=Role.TEAM)):
        vote(proposal=proposal, by=voter, favourable=True)
        discuss(proposal=proposal, by=voter, text="Bon.")
        ask(proposal=proposal, by=voter, text="?")
    few = statements("/equipe/propositions/"), statements(page_of(proposal))
    for _ in range(12):
        make_proposal()
        other = make_user(role=Role.TEAM)
        vote(proposal=proposal, by=other, favourable=True)
        discuss(proposal=proposal, by=other, text="Bon.")
        ask(proposal=proposal, by=other, text="?")

    assert (statements("/equipe/propositions/"), statements(page_of(proposal))) == few


def test_a_member_reads_asks_votes_discusses_and_decides_on_one_page(client, member):
    proposal = make_proposal(practice="Boxe", place="Gymnase, 1 rue des Sports", place_needed=False, certificate=pdf())
    vote(proposal=proposal, by=make_user(role=Role.TEAM), favourable=True)

    said = [
        client.post(page_of(proposal, act), data, follow=True).text
        for act, data in {
            "question/": {"text": "Des gants ?"},
            "mot/": {"text": "Très bien."},
            "avis/": {"favourable": "True", "comment": "Je l’ai vu."},
        }.items()
    ]
    page = client.get(page_of(proposal))
    form = page.context["accept_form"]
    accepted = client.post(
        page_of(proposal, "accepter/"),
        {"dates": [proposal.dates.get().pk], "title": form["title"].value(), "kind": "bien-etre",
         "place_name": form["place_name"].value(), "place_address": form["place_address"].value()},
        follow=True,
    )  # fmt: skip

    assert [
        "Votre question part par courriel." in said[0],
        "Votre mot est ajouté." in said[1],
        "Votre avis est noté." in said[2],
        "Télécharger le diplôme" in page.text,
        "La proposition est acceptée." in accepted.text,
    ] == [True] * 5
    [session] = Session.objects.all()
    assert (session.state, session.activity.title, session.place.name, session.place.address) == (
        "draft",
        "Boxe",
        "Gymnase",
        "1 rue des Sports",
    )


def test_errors_keep_what_was_typed_and_open_what_was_folded(client, member):
    proposal = make_proposal()

    response = client.post(page_of(proposal, "refuser/"), {"text": ""})

    assert dict(response.context["refuse_form"].errors) == {"text": ["Ce champ est obligatoire."]}
    assert "<title>Erreur" in response.text
    assert Proposal.objects.get().state == "received"


def test_the_letter_of_refusal_is_proposed_and_may_be_changed(client, member, outbox):
    proposal = make_proposal(name="Alice Petit")
    proposed = client.get(page_of(proposal)).context["refuse_form"]["text"].value()

    client.post(page_of(proposal, "refuser/"), {"text": proposed + "\nP.-S. Merci encore."})

    [mail] = outbox.deliver()
    assert (mail.body.startswith("Bonjour Alice Petit,"), "P.-S. Merci encore." in mail.body) == (True, True)


def test_a_late_decision_says_that_it_comes_after_another(client, member):
    proposal = make_proposal()
    refuse(proposal=proposal, by=make_user(role=Role.TEAM), text="Non.")

    response = client.post(page_of(proposal, "avis/"), {"favourable": "True"}, follow=True)

    assert "Cette proposition est déjà refusée" in response.text
    assert "Donner mon avis" not in response.text


def test_when_all_dates_have_passed_the_page_says_so_instead_of_accepting(client, member, clock):
    proposal = make_proposal(dates=(timedelta(days=1),))
    for voter in (member, make_user(role=Role.TEAM)):
        vote(proposal=proposal, by=voter, favourable=True)
    clock.shift(timedelta(days=2))

    assert "Toutes les dates proposées sont passées." in client.get(page_of(proposal)).text


def test_the_agenda_invites_those_who_lead_a_practice(client):
    assert 'href="/activites/proposer/">Proposez une activité</a>' in client.get("/activites/").text
