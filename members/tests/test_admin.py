"""The technician's pages: the listening cell's groups are out of reach, secrets are not shown."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.urls import reverse

from members.enums import Role
from members.models import User
from members.tests.factories import TOTP_SECRET, make_superuser, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(client):
    user = make_superuser()
    client.force_login(user)
    return client


def change_url(user):
    return reverse("admin:members_user_change", args=[user.pk])


def edit(client, user, **changes):
    form = client.get(change_url(user)).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    groups = [Group.objects.get(name=name).pk for name in changes.pop("groups", [])]
    data = {name: value for name, value in values.items() if value not in (None, False) and name != "password"}
    return client.post(change_url(user), data | {"groups": groups, "cpts_member": "unknown"} | changes)


def test_the_cells_groups_are_not_offered(technician):
    form = technician.get(change_url(make_user())).context["adminform"].form

    assert sorted(form.fields["groups"].queryset.values_list("name", flat=True)) == [
        "conseil",
        "coordination",
        "equipe",
    ]


def test_the_cells_groups_survive_an_edit(technician):
    peer = make_user(roles=[Role.PEER, Role.TEAM])

    response = edit(technician, peer, groups=[Role.BOARD], commune="Le Port")

    peer.refresh_from_db()
    assert response.status_code == 302
    assert (peer.commune, sorted(peer.role_names)) == ("Le Port", ["conseil", "ecoute"])


def test_a_forged_choice_gives_no_role_of_the_cell(technician):
    user = make_user()

    response = edit(technician, user, groups=[Role.CELL_REFERENT])

    assert response.status_code == 200
    assert not user.groups.exists()


def test_groups_are_read_only_and_the_cells_are_hidden(technician):
    page = technician.get(reverse("admin:auth_group_changelist")).content.decode()
    peers = Group.objects.get(name=Role.PEER)

    assert "coordination" in page
    assert "ecoute" not in page
    assert technician.get(reverse("admin:auth_group_change", args=[peers.pk])).status_code == 302
    assert technician.get(reverse("admin:auth_group_add")).status_code == 403


def test_who_is_not_superuser_sees_no_password_and_gives_no_access(client):
    helper = make_user(is_staff=True, second_factor=True)
    helper.user_permissions.add(*Permission.objects.filter(content_type__app_label="members"))
    client.force_login(helper)
    user = make_user()

    fieldsets = client.get(change_url(user)).context["adminform"].fieldsets
    shown = {name for _, part in fieldsets for name in part["fields"]}

    assert "email" in shown
    assert not {"password", "is_staff", "is_superuser", "groups"} & shown
    assert client.get(reverse("admin:auth_user_password_change", args=[user.pk])).status_code == 404


def test_a_second_factor_may_be_removed_but_not_read(technician):
    user = make_user(second_factor=True)
    authenticator = Authenticator.objects.get(user=user)
    page = technician.get(reverse("admin:mfa_authenticator_change", args=[authenticator.pk])).content.decode()

    technician.post(reverse("admin:mfa_authenticator_delete", args=[authenticator.pk]), {"post": "yes"})

    assert TOTP_SECRET not in page
    assert not Authenticator.objects.filter(user=user).exists()


def test_a_superuser_has_a_name(capsys):
    given = {"email": "Admin@cafe.example", "interactive": False, "verbosity": 0}

    with pytest.raises(CommandError):
        call_command("createsuperuser", **given)
    call_command("createsuperuser", first_name="Ana", last_name="Hoarau", **given)

    user = User.objects.get()
    assert (user.email, user.get_full_name(), user.needs_second_factor) == ("admin@cafe.example", "Ana Hoarau", True)


def test_a_person_is_added_by_hand(technician):
    data = {"email": "neuve@cafe.example", "first_name": "Ana", "last_name": "Hoarau", "usable_password": "false"}

    response = technician.post(reverse("admin:members_user_add"), data)

    assert response.status_code == 302
