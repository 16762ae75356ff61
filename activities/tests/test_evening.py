"""The sheet that hosts read before and during a session."""

from datetime import timedelta

import pytest
from django.urls import reverse

from activities.models import Session
from activities.tests.factories import make_facilitator, make_session, sign_up
from cafe.models import Portal
from members.enums import Role
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db


def read(client, session, user):
    client.force_login(user)
    return client.get(reverse("evening", args=[session.slug]))


def test_hosts_find_who_comes_the_words_the_signs_and_the_card(client, outbox):
    Portal.objects.create(pk=1, name="La Pause", confidential_contact="pairs@cellule.example")
    host = make_user(role=Role.TEAM)
    facilitator = make_facilitator(name="Dominique Laurent", phone="0600000000")
    session = make_session(hosts=[host], facilitator=facilitator, fee=5)
    sign_up(session, first_name="Zoé", last_name="Aubry", email="zoe@cabinet.example", phone="0611111111")

    page = read(client, session, host).text

    for words in (
        "Zoé Aubry",
        "Infirmier, infirmière",
        "«\u00a0La Pause, ce sont".replace("\u00a0", "&nbsp;"),
        "Ce qui peut mettre la puce à l’oreille",
        "En parler, en cinq minutes",
        "Jamais d’alcool",
        "0600000000",
        "http://localhost:8000/ecoute/",
        "pairs@cellule.example",
        reverse("attendance", args=[session.slug]),
    ):
        assert words in page
    for hidden in ("zoe@cabinet.example", "0611111111"):
        assert hidden not in page


def test_the_rest_of_the_team_may_read_the_sheet_but_neither_mark_nor_call(client, outbox):
    session = make_session(hosts=[make_user(role=Role.TEAM)], facilitator=make_facilitator(phone="0600000000"))

    response = read(client, session, make_user(role=Role.TEAM))

    assert response.status_code == 200
    assert reverse("attendance", args=[session.slug]) not in response.text
    assert "0600000000" not in response.text


@pytest.mark.parametrize(("role", "status"), [(Role.TEAM, 404), (Role.COORDINATION, 200)])
def test_a_draft_is_the_coordination_s_alone(client, outbox, role, status):
    draft = make_session(state=Session.State.DRAFT)

    assert read(client, draft, make_user(role=role, second_factor=True)).status_code == status


def test_a_cancelled_session_says_so_and_has_nobody_to_mark(client, outbox):
    host = make_user(role=Role.TEAM)
    session = make_session(hosts=[host], state=Session.State.CANCELLED, starts_in=timedelta(hours=1))

    page = read(client, session, host).text

    assert "Cette séance est annulée." in page
    assert "Noter les présences" not in page
