"""Whom a newsletter goes to: what was asked for comes first, then the coordination's choice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletters.enums import SubscriberState
from newsletters.models import Subscriber
from newsletters.services import sending
from newsletters.services.segments import known, readers_of, words_of
from newsletters.tests.factories import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db
WORDS = [("text", {"markdown": "Bonjour."})]


def readers(**fields):
    return sorted(reader.first_name for reader in readers_of(make_newsletter(**fields)))


def test_only_active_subscribers_who_chose_the_topic_are_counted():
    make_subscriber(first_name="Lit")
    make_subscriber(first_name="Autre sujet", prevention=False)
    make_subscriber(first_name="À confirmer", state=SubscriberState.PENDING)
    make_subscriber(first_name="Refusée", state=SubscriberState.SUSPENDED)

    assert readers(topic="prevention") == ["Lit"]
    assert readers(topic="life") == ["Autre sujet", "Lit"]


@pytest.mark.parametrize(
    ("segment", "found"),
    [
        ({}, ["A", "B", "C"]),
        ({"professions": []}, ["A", "B", "C"]),
        ({"professions": ["infirmier", "sage-femme"]}, ["A", "B"]),
        ({"communes": ["Vannes"]}, ["A", "C"]),
        ({"professions": ["infirmier"], "communes": ["Vannes"]}, ["A"]),
        ({"cpts_member": True}, ["A"]),
        ({"cpts_member": False}, ["B"]),
        ({"newly_installed": True}, ["C"]),
        ({"newly_installed": True, "cpts_member": True}, []),
    ],
)
def test_a_segment_narrows_and_what_it_leaves_out_does_not_matter(segment, found):
    make_subscriber(first_name="A", profession="infirmier", commune="Vannes", cpts_member=True)
    make_subscriber(first_name="B", profession="sage-femme", commune="Auray", cpts_member=False)
    make_subscriber(first_name="C", commune="Vannes", newly_installed=True)

    assert readers(segment=segment) == found


@pytest.mark.parametrize(("days", "receives"), [(None, True), (0, False), (27, False), (28, True)])
def test_who_wants_one_a_month_at_most_has_none_for_four_weeks_after_one(days, receives):
    last = timezone.localdate() - timedelta(days=days) if days is not None else None
    make_subscriber(first_name="Mensuelle", frequency="monthly", last_sent_on=last)
    make_subscriber(first_name="Toutes", last_sent_on=last)

    assert readers() == (["Mensuelle", "Toutes"] if receives else ["Toutes"])


def test_two_letters_that_begin_together_are_one_for_who_wants_one_a_month():
    make_subscriber(frequency="monthly")
    make_subscriber()

    begun = [sending.start(letter) for letter in [sending.schedule(make_newsletter(blocks=WORDS)) for _ in range(2)]]

    assert begun == [2, 1]
    assert not Subscriber.objects.exclude(last_sent_on=timezone.localdate()).exists()


def test_a_segment_is_said_in_words():
    segment = {"professions": ["infirmier", "sage-femme"], "cpts_member": False, "newly_installed": True}
    newsletter = make_newsletter(topic="life", segment=segment)

    assert words_of(newsletter) == [
        "Qui a choisi «\u00a0La vie du programme\u00a0»",
        "Infirmier, infirmière ou Sage-femme",
        "non-membres de la CPTS",
        "installés depuis moins d’un an",
    ]


def test_what_subscribers_have_given_may_be_chosen():
    for commune, state in (
        ("Vannes", "active"),
        ("Auray", "active"),
        ("Vannes", "active"),
        ("Brest", "pending"),
        ("", "active"),
    ):
        make_subscriber(commune=commune, state=state)

    assert known("commune") == ["Auray", "Vannes"]
