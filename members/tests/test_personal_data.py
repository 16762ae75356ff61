"""« Mon espace », export, erasure, purge."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from activities.models import Registration
from activities.tests.factories import make_session, sign_up
from cafe.errors import Refusal
from cafe.tasks import purge
from members import services
from members.enums import Role
from members.models import User
from members.tests.factories import make_superuser, make_user
from members.tests.test_accounts import reauthenticate

pytestmark = pytest.mark.django_db


def test_my_space_shows_registrations_of_verified_addresses_only(client):
    user = make_user()
    EmailAddress.objects.create(user=user, email="seconde@cafe.example", verified=True)
    EmailAddress.objects.create(user=user, email="pas-encore@cafe.example", verified=False)
    mine = [sign_up(make_session(), email) for email in (user.email, "seconde@cafe.example")]
    sign_up(make_session(), "pas-encore@cafe.example")
    client.force_login(user)

    context = client.get(reverse("my_space")).context

    assert [row for row, _ in context["coming"]] == mine
    assert client.get(context["coming"][0][1]).status_code == 200
    assert context["past"] == []


def test_my_space_of_an_unverified_person_shows_none(client):
    user = make_user(verified=False)
    sign_up(make_session(), user.email)
    client.force_login(user)

    response = client.get(reverse("my_space"))

    assert response.context["coming"] == []
    assert "Confirmez votre adresse" in response.content.decode()


def test_a_session_that_is_over_moves_to_the_past(client, time_machine):
    user = make_user()
    registration = sign_up(make_session(starts_in=timedelta(days=1)), user.email)
    time_machine.move_to(timezone.now() + timedelta(days=2))
    client.force_login(user)

    context = client.get(reverse("my_space")).context

    assert (context["coming"], context["past"]) == ([], [(registration, [])])


@pytest.mark.parametrize("count", [1, 3, 30])
def test_my_space_costs_the_same_whatever_the_number(client, django_assert_num_queries, count):
    user = make_user()
    for _ in range(count):
        sign_up(make_session(), user.email)
    client.force_login(user)

    with django_assert_num_queries(8):  # session, user, roles, identity, addresses, registrations, factors
        client.get(reverse("my_space"))


def test_the_profile_is_changed_and_cleaned(client):
    user = make_user()
    client.force_login(user)
    data = {"first_name": "Ana\u202e", "last_name": "Hoarau", "profession": "pharmacien", "cpts_member": "false"}

    response = client.post(reverse("my_profile"), data)

    user.refresh_from_db()
    assert response.url == reverse("my_space")
    assert [user.first_name, user.last_name, user.profession, user.cpts_member] == [
        "Ana",
        "Hoarau",
        "pharmacien",
        False,
    ]


def test_the_profile_says_what_is_missing(client):
    client.force_login(make_user(first_name="Ana"))

    response = client.post(reverse("my_profile"), {"first_name": "", "last_name": "", "profession": ""})

    assert set(response.context["form"].errors) == {"first_name", "last_name", "profession"}


def test_the_export_holds_the_account_and_the_registrations(client):
    user = make_user(role=Role.TEAM, phone="0262")
    sign_up(make_session(slug="yoga"), user.email)
    client.force_login(user)

    response = client.get(reverse("my_data_export"))

    data = json.loads(response.content)
    assert response.headers["Content-Disposition"] == 'attachment; filename="mes-donnees.json"'
    assert data["compte"] == {
        "adresses": [{"email": user.email, "verified": True, "primary": True}],
        "prenom": "Camille",
        "nom": user.last_name,
        "profession": "Infirmier, infirmière",
        "commune": "Saint-Paul",
        "mode_exercice": "En libéral",
        "adherent_cpts": True,
        "genre": "",
        "telephone": "0262",
        "roles": ["equipe"],
        "inscrit_le": user.date_joined.isoformat(),
        "derniere_connexion": data["compte"]["derniere_connexion"],
    }
    assert [row["email"] for row in data["inscriptions"]] == [user.email]


class TestErasure:
    def test_asks_to_prove_oneself_first(self, client):
        client.force_login(make_user())

        assert client.get(reverse("my_erasure")).url.startswith(reverse("account_reauthenticate"))
        assert client.post(reverse("my_erasure")).url.startswith(reverse("account_reauthenticate"))
        assert User.objects.exists()

    def test_takes_the_account_and_leaves_nameless_figures(self, client, outbox):
        user = make_user()
        registration = sign_up(make_session(), user.email)
        client.force_login(user)
        reauthenticate(client)

        response = client.post(reverse("my_erasure"), follow=True)

        registration.refresh_from_db()
        assert response.redirect_chain == [(reverse("home"), 302)]
        assert "Votre compte est effacé" in response.content.decode()
        assert get_user(client).is_anonymous
        assert not User.objects.exists()
        assert [registration.email, registration.first_name, registration.last_name] == ["", "", ""]
        assert registration.state == Registration.State.CANCELLED
        assert "Votre compte est effacé" in [mail.subject for mail in outbox.rows]

    def test_is_whole_or_not_at_all(self, monkeypatch):
        """A part that fails brings back what the others erased."""
        user = make_user()
        registration = sign_up(make_session(), user.email)
        monkeypatch.setattr(User, "delete", lambda self: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            services.erase_account(user=user)

        registration.refresh_from_db()
        assert registration.email == user.email

    def test_is_refused_to_the_keeper_of_the_keys(self):
        with pytest.raises(Refusal):
            services.erase_account(user=make_superuser())


NOW = datetime(2026, 3, 3, tzinfo=UTC)
THREE_YEARS = timedelta(days=3 * 365.25)


def idle_user(days_left, **fields):
    """Return somebody whose three idle years end in that many days."""
    return make_user(last_login=NOW - THREE_YEARS + timedelta(days=days_left), **fields)


class TestPurge:
    def test_warns_thirty_days_ahead_once_then_erases(self, outbox):
        user = idle_user(29)

        services.purge(NOW, dry_run=False)
        services.purge(NOW + timedelta(days=1), dry_run=False)
        assert [mail.subject for mail in outbox.rows] == ["Votre compte sera bientôt effacé"]
        assert "2 avril 2026" in outbox.rows[0].text

        services.purge(NOW + timedelta(days=29), dry_run=False)
        assert User.objects.filter(pk=user.pk).exists()
        services.purge(NOW + timedelta(days=31), dry_run=False)
        assert not User.objects.filter(pk=user.pk).exists()

    def test_keeps_who_came_back_and_warns_again_years_later(self, outbox):
        user = idle_user(29)
        services.purge(NOW, dry_run=False)
        user.refresh_from_db()
        user.last_login = NOW + timedelta(days=2)
        user.save()

        services.purge(NOW + timedelta(days=40), dry_run=False)
        assert User.objects.filter(pk=user.pk).exists()

        services.purge(NOW + THREE_YEARS, dry_run=False)
        assert len(outbox.rows) == 2
        assert User.objects.filter(pk=user.pk).exists()

    def test_leaves_roles_and_technicians_to_who_granted_them(self):
        idle_user(-100, role=Role.BOARD, idle_warned_at=NOW - timedelta(days=50))
        idle_user(-100, is_superuser=True, idle_warned_at=NOW - timedelta(days=50))

        assert services.purge(NOW, dry_run=False) == [
            "Comptes sans connexion depuis trois ans, effacés : 0.",
            "Comptes sans connexion, prévenus de leur effacement dans 30 jours : 0.",
        ]

    def test_dry_run_says_and_changes_nothing(self, outbox):
        now = timezone.now()
        make_user(last_login=now - THREE_YEARS + timedelta(days=5))
        make_user(last_login=now - THREE_YEARS, idle_warned_at=now - timedelta(days=31))
        said = StringIO()

        call_command("purge", "--dry-run", stdout=said)

        lines = said.getvalue().splitlines()
        assert lines[:3] == [
            "Rien n’est changé : voici ce qui serait fait.",
            "Comptes sans connexion depuis trois ans, effacés : 1.",
            "Comptes sans connexion, prévenus de leur effacement dans 30 jours : 1.",
        ]
        assert any(line.startswith("Inscriptions de plus de 24 mois") for line in lines)
        assert (User.objects.count(), outbox.rows) == (2, [])

    def test_runs_every_night(self, outbox):
        make_user(last_login=timezone.now() - THREE_YEARS + timedelta(days=5))

        purge()

        assert [mail.subject for mail in outbox.rows] == ["Votre compte sera bientôt effacé"]


def test_a_waiting_or_cancelled_place_is_no_memory(client, time_machine):
    user = make_user()
    session = make_session(capacity=1)
    sign_up(session)
    waiting = sign_up(session, user.email)
    client.force_login(user)
    assert [row for row, _ in client.get(reverse("my_space")).context["coming"]] == [waiting]

    time_machine.move_to(timezone.now() + timedelta(days=12))
    client.force_login(user)

    assert client.get(reverse("my_space")).context["past"] == []
