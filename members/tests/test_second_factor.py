"""Who needs a second factor sets one up before anything else, and no way of signing in goes around it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth import get_user
from django.urls import reverse

from activities.tests.factories import make_session
from members.enums import Role
from members.middleware import SENTENCE
from members.tests.factories import PASSWORD, TOTP_SECRET, make_superuser, make_user
from members.tests.test_accounts import code_in, reauthenticate, sign_in

pytestmark = pytest.mark.django_db


def totp_code(secret=TOTP_SECRET):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.mark.parametrize("role", [Role.COORDINATION, Role.PEER, Role.CELL_REFERENT])
def test_a_role_that_needs_it_is_sent_to_set_it_up_with_a_kind_sentence(client, role):
    client.force_login(make_user(role=role))

    response = client.get(reverse("my_space"), follow=True)

    assert response.redirect_chain == [(reverse("mfa_index"), 302)]
    assert [str(message) for message in response.context["messages"]] == [SENTENCE]


@pytest.mark.parametrize("role", [None, Role.TEAM, Role.BOARD])
def test_others_go_where_they_want(client, role):
    client.force_login(make_user(role=role))

    assert client.get(reverse("my_space")).status_code == 200


@pytest.mark.parametrize("name", ["home", "session_list", "account_logout", "mfa_index", "account_reauthenticate"])
def test_public_pages_setting_up_and_leaving_stay_open(client, name):
    client.force_login(make_user(role=Role.COORDINATION))

    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize(("second_factor", "status"), [(False, 404), (True, 200)])
def test_until_then_public_pages_show_what_any_professional_sees(client, second_factor, status):
    draft = make_session(state="draft")
    client.force_login(make_user(role=Role.COORDINATION, second_factor=second_factor))

    assert client.get(draft.get_absolute_url()).status_code == status


def test_once_it_is_set_up_the_rest_opens(client, outbox, django_capture_on_commit_callbacks):
    user = make_user(role=Role.COORDINATION)
    client.force_login(user)
    reauthenticate(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)})

    assert response.url == reverse("mfa_view_recovery_codes")
    assert len(client.get(response.url).context["unused_codes"]) == 10
    assert client.get(reverse("my_space")).status_code == 200
    assert "Double vérification activée" in [mail.subject for mail in outbox.rows]


def test_the_demonstration_does_without(client, settings):
    settings.REQUIRE_MFA = False
    client.force_login(make_user(role=Role.COORDINATION))

    assert client.get(reverse("my_space")).status_code == 200


def test_it_costs_ordinary_people_one_statement_for_the_roles(client, django_assert_num_queries):
    client.force_login(make_user())

    with django_assert_num_queries(4):  # session, user, roles, and the portal's name
        client.get(reverse("my_data"))


def test_it_costs_nothing_to_who_is_not_signed_in(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(reverse("my_data"))


class TestSigningIn:
    def test_by_password_asks_for_the_code(self, client):
        user = make_user(second_factor=True)

        assert sign_in(client, user).url == reverse("mfa_authenticate")
        assert get_user(client).is_anonymous
        assert client.post(reverse("mfa_authenticate"), {"code": totp_code()}).url == reverse("my_space")
        assert get_user(client) == user

    def test_by_password_refuses_a_wrong_code(self, client):
        sign_in(client, make_user(second_factor=True))

        response = client.post(reverse("mfa_authenticate"), {"code": "000000"})

        assert "Ce code ne convient pas" in response.content.decode()
        assert get_user(client).is_anonymous

    def test_by_a_code_received_by_mail_asks_for_it_too(self, client, outbox):
        user = make_user(second_factor=True)
        client.post(reverse("account_request_login_code"), {"email": user.email})

        response = client.post(reverse("account_confirm_login_code"), {"code": code_in(outbox.rows[0])})

        assert response.url == reverse("mfa_authenticate")
        assert get_user(client).is_anonymous

    def test_by_a_new_password_asks_for_it_too(self, client):
        """Resetting a password signs nobody in."""
        client.post(reverse("account_reset_password"), {"email": make_user(second_factor=True).email})

        assert get_user(client).is_anonymous

    def test_with_a_recovery_code_works_once(self, client):
        user = make_user(second_factor=True)
        code = RecoveryCodes.activate(user).get_unused_codes()[0]

        for wanted in [user, None]:
            sign_in(client, user)
            client.post(reverse("mfa_authenticate"), {"code": code})
            assert (get_user(client) if wanted else get_user(client).is_anonymous) == (wanted or True)
            client.logout()


class TestTheTechnician:
    def test_without_second_factor_does_not_enter(self, client):
        client.force_login(make_superuser(second_factor=False))

        assert client.get("/gestion/").url == reverse("mfa_index")

    def test_with_it_enters(self, client):
        client.force_login(make_superuser())

        assert client.get("/gestion/").status_code == 200

    def test_cannot_use_the_admins_own_login_page(self, client):
        user = make_superuser()

        response = client.post("/gestion/login/", {"username": user.email, "password": PASSWORD, "next": "/gestion/"})

        assert response.url == f"{reverse('account_login')}?next=/gestion/"
        assert get_user(client).is_anonymous

    def test_comes_back_to_the_page_asked_for(self, client):
        assert client.get("/gestion/members/user/").url == f"{reverse('account_login')}?next=/gestion/members/user/"


def test_who_needs_it_cannot_take_the_last_one_away(client):
    user = make_user(role=Role.COORDINATION, second_factor=True)
    client.force_login(user)
    reauthenticate(client)

    response = client.post(reverse("mfa_deactivate_totp"))

    assert "ajoutez un autre moyen d’abord" in response.content.decode()
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def test_who_does_not_may(client, outbox):
    user = make_user(second_factor=True)
    client.force_login(user)
    reauthenticate(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.filter(user=user).exists()
    assert [mail.subject for mail in outbox.rows] == ["Double vérification retirée"]


def test_recovery_codes_are_shown_and_downloaded_after_proving_oneself(client):
    user = make_user(second_factor=True)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    client.force_login(user)

    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 302
    reauthenticate(client)
    assert code in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert code in client.get(reverse("mfa_download_recovery_codes")).content.decode()
