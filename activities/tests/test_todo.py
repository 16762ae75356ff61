from datetime import timedelta

import pytest
from django.utils import timezone

from activities import todo
from activities.models import Session
from activities.tests.factories import make_activity, make_session, sign_up
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db
State = Session.State


def sentences():
    return [line.sentence.replace("\u00a0", " ") for line in todo.lines()]


@pytest.fixture
def yoga(clock):
    """How to make a session of an activity whose name is short; the day is Tuesday 3 March 2026."""
    activity = make_activity(title="Yoga")
    return lambda **fields: make_session(activity=activity, **fields)


def test_nothing_to_do_says_nothing(yoga, outbox):
    host = make_user(role=Role.TEAM)
    for person in range(2):
        sign_up(yoga(hosts=[host], capacity=3), f"p{person}@cafe.example")
    yoga(state=State.HELD, starts_in=timedelta(days=-1))
    yoga(state=State.CANCELLED)

    assert sentences() == []


def test_each_thing_to_do_is_a_sentence_with_one_action(yoga, outbox):
    host = make_user(role=Role.TEAM)
    full = yoga(hosts=[host], capacity=1, starts_in=timedelta(hours=28))
    held, waiting = sign_up(full), sign_up(full)
    full.registrations.filter(pk=held.pk).update(state="cancelled", cancelled_at=timezone.now(), cancel_reason="person")
    full.registrations.filter(pk=waiting.pk).update(state="offered", offer_ends_at=timezone.now() + timedelta(hours=9))
    over = yoga(starts_in=timedelta(days=-1))
    lonely = yoga(starts_in=timedelta(days=30))
    empty = yoga(hosts=[host], capacity=12)
    late = yoga(state=State.DRAFT, starts_in=timedelta(days=-2))
    draft = yoga(state=State.DRAFT, starts_in=timedelta(days=40))

    assert sentences() == [
        "« Yoga », mercredi 4 mars 2026 : une place proposée attend une réponse jusqu’à 22 h 15.",
        "« Yoga », lundi 2 mars 2026 : la séance a-t-elle eu lieu ?",
        "« Yoga », jeudi 2 avril 2026 : personne n’accueille encore.",
        "« Yoga », vendredi 13 mars 2026 : personne n’est inscrit pour 12 places.",
        "« Yoga », dimanche 1er mars 2026 : ce brouillon porte une date passée.",
        "« Yoga », dimanche 12 avril 2026 : encore un brouillon.",
    ]
    base = "/coordination/seances"
    assert [(line.url, line.action) for line in todo.lines()] == [
        (f"{base}/{full.slug}/", "Voir la liste d’attente"),
        (f"{base}/{over.slug}/", "La marquer tenue"),
        (f"{base}/{lonely.slug}/modifier/#id_host_1", "Choisir un référent"),
        (f"{base}/{empty.slug}/", "Voir la séance"),
        (f"{base}/{late.slug}/modifier/", "Changer la date"),
        (f"{base}/{draft.slug}/", "Relire et publier"),
    ]


def test_a_long_series_is_cut_and_leads_to_the_list(yoga):
    for _ in range(8):
        yoga(state=State.DRAFT)

    lines = todo.lines()

    assert len(lines) == 6
    assert (lines[-1].sentence, lines[-1].url) == (
        "3 autres séances sont dans ce cas.",
        "/coordination/seances/?etat=draft&tri=starts_at",
    )
