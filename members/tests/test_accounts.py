"""Opening an account, signing in, passwords, addresses: what one sees, what is written, and what nobody can learn."""

import re
from datetime import timedelta
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from members import notifications
from members.enums import Gender, Practice, Profession, Role
from members.models import PROFILE_FIELDS, User
from members.tests.factories import PASSWORD, make_superuser, make_user

pytestmark = pytest.mark.django_db

SIGN_UP = {
    "email": "Louise.Petit@Cafe.example",
    "password1": "quatre-mots-sans-lien",
    "first_name": "Louise",
    "last_name": "Petit",
    "profession": Profession.MIDWIFE,
    "commune": "Saint-Paul",
    "practice": Practice.SELF_EMPLOYED,
    "cpts_member": "true",
    "gender": Gender.WOMAN,
    "phone": "0262 00 00 00",
}


def sign_up(client, **changes):
    return client.post(reverse("account_signup"), SIGN_UP | changes)


def sign_in(client, user, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def link_in(mail):
    """Return the path of the first link to an account page in a mail."""
    return re.search(r"https?://[^/]+(/comptes/\S+)", mail.text).group(1)


def code_in(mail):
    return re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", mail.text, re.MULTILINE).group(1)


def test_sign_up_writes_the_whole_profile_and_asks_to_verify(client, outbox):
    response = sign_up(client)

    user = User.objects.get()
    assert response.url == reverse("account_email_verification_sent")
    assert {name: getattr(user, name) for name in ["email", *PROFILE_FIELDS]} == {
        "email": "louise.petit@cafe.example",
        "first_name": "Louise",
        "last_name": "Petit",
        "profession": "sage-femme",
        "commune": "Saint-Paul",
        "practice": "liberal",
        "cpts_member": True,
        "gender": "femme",
        "phone": "0262 00 00 00",
    }
    user.full_clean()
    assert [(mail.to, mail.subject, mail.carries_token) for mail in outbox.rows] == [
        ("louise.petit@cafe.example", "Confirmez votre adresse e-mail", True)
    ]
    assert get_user(client).is_anonymous


def test_sign_up_needs_only_names_and_profession(client):
    sign_up(client, commune="", practice="", cpts_member="unknown", gender="", phone="")

    user = User.objects.get()
    assert [user.commune, user.practice, user.cpts_member, user.gender, user.phone] == ["", "", None, "", ""]


def test_sign_up_keeps_what_was_typed_and_says_what_is_missing(client):
    response = sign_up(client, profession="", password1="court")

    assert response.context["form"]["first_name"].value() == "Louise"
    assert set(response.context["form"].errors) == {"profession", "password1"}
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("first_name", "Lou\u202eise\r\nBcc: x@y.z", "LouiseBcc: x@y.z"),
        ("last_name", "Petit \U0001f375", "Petit \U0001f375"),
    ],
)
def test_sign_up_cleans_what_hides(client, field, value, kept):
    sign_up(client, **{field: value})

    assert list(User.objects.values_list(field, flat=True)) == [kept]


@pytest.mark.parametrize(
    "changes", [{"first_name": "a\0b"}, {"first_name": "\u202e"}, {"last_name": "x" * 81}, {"email": "x"}]
)
def test_sign_up_refuses_the_impossible_in_french(client, changes):
    response = sign_up(client, **changes)

    assert response.status_code == 200
    assert list(response.context["form"].errors) == list(changes)
    assert not User.objects.exists()


def test_the_link_of_the_mail_verifies_the_address(client, outbox):
    sign_up(client)
    link = link_in(outbox.rows[0])

    assert b"Oui, je confirme" in client.get(link).content
    assert client.post(link).url == reverse("account_login")
    assert EmailAddress.objects.get().verified


def test_an_unverified_person_does_not_get_in_and_is_written_to_again(client, outbox, time_machine):
    user = make_user(verified=False)

    assert sign_in(client, user).url == reverse("account_email_verification_sent")
    assert get_user(client).is_anonymous
    assert [mail.subject for mail in outbox.rows] == ["Confirmez votre adresse e-mail"]


def test_a_forged_or_old_link_says_so(client, outbox, time_machine):
    sign_up(client)
    old = link_in(outbox.rows[0])
    forged = reverse("account_confirm_email", args=[signing.dumps(1, salt="autre")])
    time_machine.move_to(timezone.now() + timedelta(days=4))

    assert [b"Ce lien ne vaut plus" in client.get(link).content for link in (old, forged)] == [True, True]


class TestNobodyLearnsWhoHasAnAccount:
    """The same address of next page, the same words, for an address known and one unknown."""

    @pytest.mark.parametrize(
        ("name", "field"), [("account_reset_password", "email"), ("account_request_login_code", "email")]
    )
    def test_asking_by_mail(self, client, outbox, name, field):
        user = make_user()
        answers = []
        for email in [user.email, "personne@cafe.example"]:
            response = client.post(reverse(name), {field: email}, follow=True)
            page = re.sub(r'value="[^"]{64}"', "", response.content.decode()).replace(email, "ADRESSE")
            answers.append((response.redirect_chain, page))
            client.cookies.clear()

        assert answers[0] == answers[1]
        assert [mail.to for mail in outbox.rows] == [user.email, "personne@cafe.example"]

    def test_signing_up(self, client, outbox):
        make_user(email="louise.petit@cafe.example")
        known = sign_up(client)
        client.cookies.clear()
        unknown = sign_up(client, email="autre@cafe.example")

        assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
        assert [mail.subject for mail in outbox.rows] == ["Vous avez déjà un compte", "Confirmez votre adresse e-mail"]
        assert User.objects.count() == 2

    def test_signing_in(self, client):
        user = make_user()
        wrong = sign_in(client, user, "pas-celui-là")
        nobody = client.post(reverse("account_login"), {"login": "personne@cafe.example", "password": "pas-celui-là"})

        sentence = ["Adresse ou mot de passe inconnus. Vous pouvez aussi recevoir un code par e-mail."]
        assert [answer.context["form"].non_field_errors() for answer in (wrong, nobody)] == [sentence, sentence]


def test_a_second_sign_up_at_the_same_instant_gets_the_answer_of_a_known_address(client, outbox, monkeypatch):
    make_user(email="louise.petit@cafe.example", verified=False)
    blind = "allauth.account.internal.flows.manage_email.assess_unique_email"
    monkeypatch.setattr(blind, lambda email, user=None: True)  # the other one was not there yet when we looked

    response = sign_up(client)

    assert response.url == reverse("account_email_verification_sent")
    assert [mail.subject for mail in outbox.rows] == ["Vous avez déjà un compte"]


def test_a_code_by_mail_lets_in(client, outbox):
    user = make_user()
    client.post(reverse("account_request_login_code"), {"email": user.email})
    [mail] = outbox.rows

    response = client.post(reverse("account_confirm_login_code"), {"code": code_in(mail)})

    assert (mail.subject, mail.carries_token) == ("Votre code de connexion", True)
    assert response.url == reverse("my_space")
    assert get_user(client) == user


def test_three_wrong_codes_end_the_try(client, outbox):
    user = make_user()
    client.post(reverse("account_request_login_code"), {"email": user.email})
    for _ in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": "AAAA"})

    client.post(reverse("account_confirm_login_code"), {"code": code_in(outbox.rows[0])})

    assert get_user(client).is_anonymous


def test_a_forgotten_password_is_replaced_by_the_link_once(client, outbox):
    user = make_user()
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = link_in(outbox.rows[0])
    form = client.get(link).url
    new = {"password1": "lampe-velours-maree", "password2": "lampe-velours-maree"}

    assert client.post(form, new).url == reverse("account_reset_password_from_key_done")
    user.refresh_from_db()
    assert user.check_password("lampe-velours-maree")
    assert [mail.subject for mail in outbox.rows] == ["Choisir un nouveau mot de passe", "Votre mot de passe a changé"]
    assert b"Ce lien ne vaut plus" in client.get(link).content


def test_changing_the_password_keeps_signed_in_and_tells_by_mail(client, outbox):
    user = make_user()
    client.force_login(user)
    new = {"oldpassword": PASSWORD, "password1": "lampe-velours-maree", "password2": "lampe-velours-maree"}

    client.post(reverse("account_change_password"), new)

    assert get_user(client) == user
    [mail] = outbox.rows
    assert mail.subject == "Votre mot de passe a changé"
    assert "Le mot de passe de votre compte vient d’être modifié." in mail.text


def test_another_address_is_added_verified_then_made_the_main_one(client, outbox):
    user = make_user(second_factor=True)
    client.force_login(user)
    reauthenticate(client)

    client.post(reverse("account_email"), {"email": "neuve@cafe.example", "action_add": ""})
    client.post(link_in(outbox.rows[-1]))
    client.post(reverse("account_email"), {"email": "neuve@cafe.example", "action_primary": ""})

    user.refresh_from_db()
    assert user.email == "neuve@cafe.example"
    assert [mail.subject for mail in outbox.rows] == ["Confirmez votre adresse e-mail", "Votre adresse e-mail a changé"]


def reauthenticate(client):
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def test_the_owner_of_a_mailbox_takes_it_back_from_a_sign_up_never_proved(client, outbox):
    squatter = make_user(email="moi@cafe.example", verified=False)
    owner = make_user()
    client.force_login(owner)
    reauthenticate(client)
    client.post(reverse("account_email"), {"email": "moi@cafe.example", "action_add": ""})

    client.post(link_in(outbox.rows[-1]))
    client.post(reverse("account_email"), {"email": "moi@cafe.example", "action_primary": ""})

    owner.refresh_from_db()
    assert owner.email == "moi@cafe.example"
    assert not User.objects.filter(pk=squatter.pk).exists()


def test_an_account_made_by_hand_is_not_taken_over(client, outbox):
    technician = make_superuser(email="moi@cafe.example", verified=False)
    owner = make_user()
    client.force_login(owner)
    reauthenticate(client)
    client.post(reverse("account_email"), {"email": "moi@cafe.example", "action_add": ""})

    client.post(link_in(outbox.rows[-1]))

    assert User.objects.filter(pk=technician.pk).exists()
    assert not EmailAddress.objects.filter(user=owner, email="moi@cafe.example", verified=True).exists()


def test_too_many_tries_meet_a_french_answer(client):
    user = make_user()
    answers = [sign_in(client, user, "pas-celui-là") for _ in range(7)]

    assert "Trop d’essais" in answers[-1].content.decode()


def test_too_many_requests_meet_a_french_page(client):
    answers = [client.post(reverse("account_reset_password"), {"email": "x@cafe.example"}) for _ in range(6)]

    assert answers[-1].status_code == 429
    assert "Trop de demandes" in answers[-1].content.decode()


def test_a_forged_proxy_header_breaks_nothing(client, settings):
    settings.TRUSTED_PROXY_COUNT = 2

    response = client.post(
        reverse("account_login"), {"login": "x@cafe.example"}, headers={"X-Forwarded-For": "1.2.3.4"}
    )

    assert response.status_code == 200


def test_every_mail_that_allauth_may_send_has_our_words():
    """Read from the package, so that an upgrade with a new mail fails here and not in somebody's evening."""
    folder = Path(allauth.__file__).parent / "templates"
    names = {
        path.name.removesuffix("_subject.txt")
        for app in ("account", "mfa")
        for path in folder.glob(f"{app}/email/*_subject.txt")
    }

    assert names - {"password_reset_code"} == notifications.OWN_TEXT | notifications.CHANGES.keys()


@pytest.mark.parametrize("name", sorted(notifications.OWN_TEXT | notifications.CHANGES.keys()))
def test_each_mail_speaks_plainly(outbox, name):
    user = make_user(first_name="Zoé & Cie")
    values = dict.fromkeys(["activate_url", "password_reset_url", "signup_url"], "https://cafe.example/lien") | {
        "code": "ABCD-EFGH", "user": user, "to_email": "a@b.example", "deleted_email": "c@d.example",
        "timestamp": user.date_joined, "ip": "192.0.2.1", "request": None, "current_site": None,
    }  # fmt: skip

    notifications.account_mail(name=name, to=user.email, context=values)

    [mail] = outbox.rows
    assert mail.text.startswith("Bonjour")
    assert "!" not in mail.text + mail.subject
    assert "&amp;" not in mail.text
    assert "http" in mail.text
    assert mail.carries_token == (name in notifications.WITH_TOKEN)


@pytest.mark.parametrize(
    ("roles", "page"),
    [
        ([], "/mon-espace/"),
        ([Role.BOARD], "/conseil/"),
        ([Role.BOARD, Role.TEAM], "/mon-espace/"),
        ([Role.TEAM], "/mon-espace/"),
        ([Role.BOARD, Role.PEER], "/mon-espace/"),
        ([Role.COORDINATION], "/coordination/"),
        ([Role.COORDINATION, Role.BOARD, Role.TEAM], "/coordination/"),
    ],
)
def test_one_lands_where_ones_work_begins_unless_on_the_way_elsewhere(client, settings, roles, page):
    settings.REQUIRE_MFA = False
    user = make_user(roles=roles)

    landed = sign_in(client, user).url
    client.logout()
    data = {"login": user.email, "password": PASSWORD, "next": "/lettres/"}
    elsewhere = client.post(reverse("account_login"), data).url

    assert (landed, elsewhere) == (page, "/lettres/")
