"""Roles given by invitation and taken back: to whom, for how long, and what never passes by this way."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, connections
from django.urls import reverse
from django.utils import timezone

from cafe.errors import Refusal
from members import roles
from members.enums import GRANTABLE_ROLES, Role
from members.invitation_links import invitation_path
from members.models import RoleChange, RoleInvitation
from members.tests.factories import make_role_invitation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make_user(role=Role.COORDINATION, second_factor=True)


def moves():
    return list(RoleChange.objects.order_by("pk").values_list("move", "role", "by"))


def test_an_invitation_reaches_the_address_and_its_link_gives_the_role(client, coordinator, outbox):
    roles.invite(email="Nouvelle@Cafe.example", role=Role.TEAM, by=coordinator)
    mail = outbox.rows[0]
    path = next(word for word in mail.text.split() if "/invitation/" in word).split("example", 1)[-1]
    path = path[path.index("/invitation/") :]
    user = make_user(email="nouvelle@cafe.example")
    client.force_login(user)

    assert client.get(path).context["mine"]
    answer = client.post(path)

    assert (mail.to, mail.carries_token) == ("nouvelle@cafe.example", True)
    assert answer.url == reverse("team")
    assert list(user.groups.values_list("name", flat=True)) == ["equipe"]
    assert moves() == [("invited", "equipe", coordinator.pk), ("accepted", "equipe", user.pk)]


def test_the_link_alone_gives_nothing(client):
    """Neither to who has another address, nor to who has not proved that one, nor to who is signed out."""
    invitation = make_role_invitation(email="elle@cafe.example", role=Role.COORDINATION)
    path = invitation_path(invitation)
    other, unproved = make_user(), make_user(email="elle@cafe.example", verified=False)

    assert client.post(path).url.startswith(reverse("account_login"))
    for user in (other, unproved):
        client.force_login(user)
        assert "une autre adresse" in client.post(path, follow=True).text
    assert not other.groups.exists()
    assert not unproved.groups.exists()
    client.force_login(other)
    assert "elle@cafe.example" not in client.get(path).text
    assert client.get(f"{path[:-2]}x/").status_code == 404


def test_who_takes_the_coordination_sets_a_second_factor_up_first(client):
    user = make_user(email="elle@cafe.example")
    client.force_login(user)
    path = invitation_path(make_role_invitation(email=user.email, role=Role.COORDINATION))

    answer = client.post(path)

    assert answer.url == reverse("coordination")
    assert client.get(answer.url).url == reverse("mfa_index")


def test_a_second_address_that_was_proved_is_good_too():
    user = make_user()
    EmailAddress.objects.create(user=user, email="autre@cafe.example", verified=True)

    roles.accept_invitation(invitation=make_role_invitation(email="autre@cafe.example", role=Role.BOARD), user=user)

    assert user.groups.get().name == "conseil"


def test_the_link_lasts_seven_days_serves_once_and_ends_when_cancelled(coordinator, time_machine):
    user = make_user(email="elle@cafe.example")
    now = timezone.now()
    used = make_role_invitation(email=user.email, role=Role.BOARD)
    late = make_role_invitation(email=user.email)
    dropped = make_role_invitation(email=user.email, role=Role.COORDINATION)
    roles.accept_invitation(invitation=used, user=user)
    roles.cancel_invitation(invitation=dropped, by=coordinator)
    for invitation in (used, dropped):
        with pytest.raises(Refusal, match="déjà été acceptée, ou annulée"):
            roles.accept_invitation(invitation=invitation, user=user)

    time_machine.move_to(now + timedelta(days=7, minutes=1))
    with pytest.raises(Refusal, match="expiré"):
        roles.accept_invitation(invitation=late, user=user)
    roles.resend_invitation(invitation=late, by=coordinator)
    with pytest.raises(Refusal, match="cinq minutes"):
        roles.resend_invitation(invitation=late, by=coordinator)
    roles.accept_invitation(invitation=late, user=user)

    assert set(user.groups.values_list("name", flat=True)) == {"conseil", "equipe"}


def test_one_invitation_at_a_time_and_none_for_who_holds_the_role(coordinator, outbox):
    roles.invite(email="elle@cafe.example", role=Role.TEAM, by=coordinator)
    with pytest.raises(Refusal, match="déjà invitée"):
        roles.invite(email="elle@cafe.example", role=Role.TEAM, by=coordinator)
    with pytest.raises(Refusal, match="tient déjà"):
        roles.invite(email=make_user(role=Role.BOARD).email, role=Role.BOARD, by=coordinator)

    assert len(outbox.rows) == 1


@pytest.mark.parametrize("role", [Role.PEER, Role.CELL_REFERENT, "admin"])
def test_roles_of_the_cell_are_neither_given_nor_taken_here(client, coordinator, outbox, role):
    peer = make_user(roles=[Role.PEER, Role.CELL_REFERENT, Role.TEAM])
    client.force_login(coordinator)
    with pytest.raises(Refusal):
        roles.invite(email="elle@cafe.example", role=role, by=coordinator)
    with pytest.raises(Refusal):
        roles.remove_role(user=peer, role=role, by=coordinator)

    assert client.get(reverse("coordination_role_remove", args=[peer.pk, role])).status_code == 404
    client.post(reverse("coordination_invite"), {"email": "elle@cafe.example", "role": role})
    assert (outbox.rows, peer.groups.count()) == ([], 3)
    with pytest.raises(IntegrityError):
        make_role_invitation(role=role)


def test_somebody_always_coordinates_the_portal(coordinator):
    closed = make_user(role=Role.COORDINATION, is_active=False)
    with pytest.raises(Refusal, match="dernière personne"):
        roles.remove_role(user=coordinator, role=Role.COORDINATION, by=coordinator)

    roles.remove_role(user=closed, role=Role.COORDINATION, by=coordinator)
    assert (coordinator.groups.count(), closed.groups.count()) == (1, 0)


def test_who_stops_coordinating_leaves_no_invitation_behind(coordinator):
    leaving = make_user(role=Role.COORDINATION)
    roles.invite(email="a@cafe.example", role=Role.COORDINATION, by=leaving)
    roles.invite(email="b@cafe.example", role=Role.TEAM, by=coordinator)

    roles.remove_role(user=leaving, role=Role.COORDINATION, by=coordinator)

    assert [one.email for one in RoleInvitation.objects.open()] == ["b@cafe.example"]
    assert RoleChange.objects.filter(move="removed").get().person == leaving


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite takes one writer at a time")
def test_two_coordinators_who_remove_each_other_at_once_leave_one():
    both = [make_user(role=Role.COORDINATION) for _ in range(2)]
    gate = Barrier(2)

    def remove(user):
        gate.wait()
        try:
            roles.remove_role(user=user, role=Role.COORDINATION, by=user)
        except Refusal:
            pass
        finally:
            connections.close_all()

    threads = [Thread(target=remove, args=[user]) for user in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(user.groups.count() for user in both) == 1


def test_a_person_who_leaves_takes_her_invitations_and_time_takes_the_rest(coordinator):
    user = make_user(email="elle@cafe.example")
    invitation = roles.invite(email=user.email, role=Role.TEAM, by=coordinator)
    roles.accept_invitation(invitation=invitation, user=user)
    assert [one["role"] for one in roles.export(user)["invitations"]] == ["equipe"]

    roles.erase(user)
    assert not RoleInvitation.objects.exists()
    now = timezone.now()
    assert roles.purge(now + timedelta(days=729), dry_run=False)[1].endswith(" : 0.")
    assert roles.purge(now + timedelta(days=731), dry_run=False)[1].endswith(" : 2.")
    assert not RoleChange.objects.exists()


class TestThePage:
    def test_shows_who_holds_what_and_nothing_of_the_cell(self, client, coordinator):
        make_user(last_name="Pairseule", role=Role.PEER, second_factor=True)
        make_user(last_name="Equipière", roles=[Role.TEAM, Role.PEER], second_factor=True)
        make_user(last_name="Sansrole")
        client.force_login(coordinator)

        page = client.get(reverse("coordination_people"))

        seen = {person.last_name: person for person in page.context["object_list"]}
        assert seen.keys() == {"Equipière", coordinator.last_name}
        assert seen["Equipière"].shown_roles == [("equipe", "Groupe de travail")]
        assert (seen["Equipière"].owes_factor, seen[coordinator.last_name].has_factor) == (False, True)
        assert page.text.count("non demandée") == 1
        assert "Pairseule" not in page.text

    def test_is_searched(self, client, coordinator):
        make_user(last_name="Cherchée", role=Role.TEAM)
        client.force_login(coordinator)

        def found(**query):
            return [one.last_name for one in client.get(reverse("coordination_people"), query).context["object_list"]]

        assert found(q="camille cherch", role="equipe") == ["Cherchée"]
        assert found(q="cherch", role="conseil") == []
        assert len(found(q="\0", role="inconnu")) == 2

    @pytest.mark.parametrize("count", [1, 12])
    def test_costs_the_same_whatever_the_number(self, client, coordinator, django_assert_max_num_queries, count):
        for number in range(count):
            make_user(roles=GRANTABLE_ROLES)
            make_role_invitation(invited_by=coordinator, email=f"n{number}@cafe.example")
        client.force_login(coordinator)

        with django_assert_max_num_queries(12) as seen:
            client.get(reverse("coordination_people"))

        assert len(seen.captured_queries) == len({query["sql"] for query in seen.captured_queries})

    def test_a_form_that_errs_says_so_and_keeps_what_was_typed(self, client, coordinator, outbox):
        client.force_login(coordinator)

        page = client.post(reverse("coordination_invite"), {"email": "pas une adresse", "role": "equipe"})

        assert page.context["form"].errors.keys() == {"email"}
        assert 'value="pas une adresse"' in page.text
        assert outbox.rows == []

    def test_a_role_is_taken_back_after_asking(self, client, coordinator):
        user = make_user(role=Role.TEAM)
        url = reverse("coordination_role_remove", args=[user.pk, "equipe"])
        client.force_login(coordinator)

        client.get(url)
        assert user.groups.count() == 1
        client.post(url)
        assert user.groups.count() == 0
        assert client.get(url).status_code == 404
