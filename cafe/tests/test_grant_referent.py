import pytest
from django.core.management import CommandError, call_command

from members.enums import Role
from members.models import User
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db


def roles_of(user):
    return User.objects.get(pk=user.pk).role_names


def test_the_role_of_referent_is_given_and_taken_back_from_the_command_line(capsys):
    user = make_user()

    call_command("grant_referent", user.email.upper())
    given = roles_of(user)
    call_command("grant_referent", user.email, retirer=True)

    assert (given, roles_of(user)) == ({Role.CELL_REFERENT}, frozenset())
    assert "second facteur" in capsys.readouterr().out


def test_an_address_without_account_is_refused_in_french():
    with pytest.raises(CommandError, match="Aucun compte actif"):
        call_command("grant_referent", "personne@cafe.example")
