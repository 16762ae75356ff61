"""How long proposals and diplomas stay."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from activities.models import Activity, Proposal, Vote
from activities.services.proposal_retention import MONTH, erase, export, purge
from activities.services.proposals import refuse, vote
from activities.tests.proposals import make_proposal, pdf
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def decided(state, ago, **fields):
    proposal = make_proposal(certificate=pdf(), **fields)
    Proposal.objects.filter(pk=proposal.pk).update(state=state, decided_at=timezone.now() - ago)
    return proposal


@pytest.fixture
def kept(clock, settings):
    """Diplomas on both sides of each delay; {practice: still there}."""
    decided("accepted", 12 * MONTH - DAY, practice="accepted, fresh")
    decided("accepted", 12 * MONTH + DAY, practice="accepted, old")
    decided("refused", 2 * MONTH - DAY, practice="refused, fresh")
    decided("refused", 2 * MONTH + DAY, practice="refused, old")
    make_proposal(certificate=pdf(), practice="open, old", age=12 * MONTH + DAY)
    make_proposal(certificate=pdf(), practice="gone", age=24 * MONTH + DAY)
    orphan = Path(settings.MEDIA_ROOT, "proposals", "orphan")
    orphan.write_bytes(b"%PDF-")
    old = (timezone.now() - 2 * DAY).timestamp()
    os.utime(orphan, (old, old))
    for path in orphan.parent.iterdir():
        os.utime(path, (old, old))
    return lambda: {one.practice: bool(one.certificate) for one in Proposal.objects.order_by("practice")}


SENTENCES = [
    "Diplômes d’intervenants effacés (12 mois après la décision, 2 après un refus)\u00a0: 4.",
    "Propositions d’intervenants de plus de 24 mois supprimées\u00a0: 1.",
    "Fichiers de propositions sans propriétaire supprimés\u00a0: 1.",
]


def test_a_rehearsal_says_the_same_and_changes_nothing(kept):
    assert purge(timezone.now(), True) == SENTENCES
    assert (set(kept().values()), len(default_storage.listdir("proposals")[1])) == ({True}, 7)


def test_diplomas_then_proposals_are_forgotten_with_their_files(kept, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        done = purge(timezone.now(), False)

    assert done == SENTENCES
    assert kept() == {
        "accepted, fresh": True,
        "accepted, old": False,
        "open, old": False,
        "refused, fresh": True,
        "refused, old": False,
    }
    assert len(default_storage.listdir("proposals")[1]) == 2
    assert [one.split(": ")[1] for one in purge(timezone.now(), False)] == ["0.", "0.", "0."]


def test_a_diploma_that_is_gone_is_no_longer_offered(client, clock):
    proposal = make_proposal()
    client.force_login(make_user(role=Role.TEAM))

    page = client.get(f"/equipe/propositions/{proposal.pk}/")

    assert "Le diplôme n’est plus gardé" in page.text
    assert client.get(f"/equipe/propositions/{proposal.pk}/certificat/").status_code == 404


def test_a_person_reads_and_erases_what_she_proposed(clock, django_capture_on_commit_callbacks):
    person, member = make_user(email="alice@cafe.example"), make_user(role=Role.TEAM)
    activity = Activity.objects.create(title="Yoga")
    mine = make_proposal(email="alice@cafe.example", practice="Yoga", certificate=pdf(), activity=activity)
    make_proposal(email="autre@cafe.example")
    vote(proposal=mine, by=member, favourable=True, comment="Bien.")
    refuse(proposal=mine, by=member, text="Non.")

    exported, voted = export(person), export(member)
    with django_capture_on_commit_callbacks(execute=True):
        erase(person)

    [proposal] = exported["propositions"]
    assert (proposal["practice"], proposal["etat"], proposal["decision"], exported["avis"]) == (
        "Yoga",
        "Refusée",
        "Non.",
        [],
    )
    assert voted == {
        "propositions": [],
        "avis": [{"proposal__practice": "Yoga", "favourable": True, "comment": "Bien."}],
    }
    assert (list(Proposal.objects.values_list("email", flat=True)), Vote.objects.count(), Activity.objects.count()) == (
        ["autre@cafe.example"],
        0,
        1,
    )
    assert default_storage.listdir("proposals")[1] == []
