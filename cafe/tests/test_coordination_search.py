"""Search, and who did what lately: everything that the coordination may see, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activities.models import Session
from activities.tests.factories import make_activity, make_facilitator, make_session, sign_up
from cafe.coordination import search
from cafe.templatetags.french import short_day
from evaluation.tests.factories import make_survey
from members import roles
from members.enums import Role
from members.tests.factories import make_user
from newsletters.tests.factories import make_newsletter, make_subscriber
from resources.models import ResourceChange
from resources.tests.factories import make_resource

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_user(role=Role.COORDINATION, second_factor=True))
    return client


def fill(count):
    """Something named « tilleul » of each kind, so many times."""
    for number in range(count):
        session = make_session(activity=make_activity(title=f"Tilleul {number}"))
        sign_up(session, email=f"tilleul{number}@cafe.example")
        make_facilitator(name=f"Paule Tilleul {number}")
        make_resource(name=f"Maison du tilleul {number}")
        make_survey(title=f"Après le tilleul {number}")
        make_newsletter(subject=f"Le tilleul fleurit {number}")
        make_subscriber(email=f"abonne-tilleul{number}@cafe.example")


def found(desk, text):
    return desk.get("/coordination/chercher/", {"q": text}).context["groups"]


def test_each_kind_is_found_by_five_and_leads_to_its_own_list(desk):
    fill(6)

    groups = found(desk, "  TILLEUL ")

    assert [(one.title, len(one.hits), one.more) for one in groups] == [
        ("Séances", 5, True),
        ("Personnes inscrites", 5, True),
        ("Intervenants", 5, True),
        ("Ressources", 5, True),
        ("Questionnaires", 5, True),
        ("Lettres", 5, True),
        ("Abonnés aux lettres", 5, True),
    ]
    for group in groups:
        for hit in group.hits:
            assert desk.get(hit.url).status_code == 200
        if group.all_url:
            assert desk.get(group.all_url).context["paginator"].count == 6


def test_a_person_leads_to_her_registration_by_name_and_address(desk):
    session = make_session()
    mine = sign_up(session, first_name="Inès", last_name="Hoarau", email="ines@cafe.example")
    sign_up(session, first_name="Inès", last_name="Payet", email="autre@cafe.example")

    [group] = found(desk, "Inès hoarau")

    assert [hit.url for hit in group.hits] == [f"/coordination/seances/{session.slug}/inscriptions/{mine.pk}/"]
    assert [one.title for one in found(desk, "ines@cafe.example")] == ["Personnes inscrites"]


@pytest.mark.parametrize("text", ["", "a", "%%%", "é.", "\0\0"])
def test_too_little_finds_nothing_and_says_so(desk, text):
    fill(1)
    assert found(desk, text) == []


def test_peers_are_not_found(desk):
    make_user(first_name="Pair", last_name="Listener", role=Role.PEER)
    assert found(desk, "listener") == []
    assert "Rien ne correspond." in desk.get("/coordination/chercher/", {"q": "listener"}).text


@pytest.mark.parametrize("count", [1, 8])
def test_one_statement_a_group(django_assert_num_queries, count):
    fill(count)
    with django_assert_num_queries(len(search.FINDERS)):
        search.search("tilleul")


def test_what_was_done_lately_is_told_with_who_did_it(desk):
    by, user = make_user(first_name="Zoé", last_name="Maillot"), make_user(role=Role.TEAM)
    sheet = make_resource(name="Maison du thé")
    ResourceChange.objects.create(resource=sheet, kind="published", origin="coordination", by=by)
    ResourceChange.objects.create(resource=sheet, kind="suspended", origin="portal")
    session = make_session(state="held", moved_by=by, published_at=timezone.now() - timedelta(days=9))
    Session.objects.filter(pk=session.pk).update(held_at=timezone.now())
    roles.remove_role(user=user, role=Role.TEAM, by=by)
    invitation = roles.invite(email=user.email, role=Role.BOARD, by=by)
    roles.accept_invitation(invitation=invitation, user=user)

    deeds = desk.get("/coordination/recemment/").context["deeds"]

    assert [(deed.who, deed.what, deed.about) for deed in deeds] == [
        (str(user), "a accepté le rôle", "Conseil d’administration"),
        ("Zoé Maillot", "a invité", f"{user.email}, Conseil d’administration"),
        ("Zoé Maillot", "a retiré le rôle de", f"{user}, Groupe de travail"),
        ("Zoé Maillot", "a marqué tenue la séance", f"{session.activity.title}, {short_day(session.starts_at)}"),
        ("Zoé Maillot", "Publication de la fiche", "Maison du thé"),
    ]
