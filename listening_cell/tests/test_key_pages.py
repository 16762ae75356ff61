"""One's own key on screen: the ceremony, the making, opening and closing, the loss of a passphrase."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cafe.tests.pdf_reader import ACCESSIBLE, promises, text_of
from listening_cell import passphrases, vault
from listening_cell.enums import KeyState
from listening_cell.models import CellSession, Peer, Referent, RootKey
from listening_cell.services import keys
from listening_cell.tests.factories import PASSPHRASE, make_case, make_cell, make_peer
from listening_cell.views.spaces import COOKIE
from members.enums import Role
from members.tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "lampe velours tisane sentier marée"
PEER_KEY, REFERENT_KEY = reverse("cell_key", args=["peer"]), reverse("cell_key", args=["referent"])


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A loaded machine may take longer than a visitor would wait."""
    monkeypatch.setattr("listening_cell.drawing.PATIENCE", 300)


@pytest.fixture
def cell():
    return make_cell()


@pytest.fixture
def invited(client, cell):
    """A person invited to be a peer, signed in."""
    user = make_user(second_factor=True)
    peer = keys.invite(model=Peer, user=user, actor=cell.referent.pk)
    client.force_login(user)
    return peer


@pytest.fixture
def peer(client, cell):
    """A peer whose key is signed, signed in."""
    peer = make_peer(cell)
    client.force_login(peer.user)
    return peer


def make(client, passphrase=PASSPHRASE, again=None, url=PEER_KEY):
    return client.post(url, {"passphrase": passphrase, "again": again or passphrase})


def unlock(client, passphrase=PASSPHRASE, **fields):
    return client.post(reverse("cell_unlock", args=["peer"]), {"passphrase": passphrase, **fields})


def heading(response):
    return " ".join(re.search(r"<h1>(.*?)</h1>", response.content.decode(), re.S)[1].split())


def carried(response):
    """Return the code and the mark that the page of a code carries."""
    return {name: response.context[name] for name in ("code", "mark")}


# --- Making a key ---------------------------------------------------------------------------------


def test_five_words_are_proposed_other_ones_each_time_and_kept_nowhere(client, invited):
    first, second = (client.get(PEER_KEY).context["form"].proposed for _ in range(2))

    assert set(first.split()) <= set(passphrases.words())
    assert (len(first.split()), first == second) == (5, False)
    assert first not in str(dict(client.session))


def test_an_error_leaves_the_words_one_has_just_learnt(client, invited):
    proposed = client.get(PEER_KEY).context["form"].proposed

    response = client.post(PEER_KEY, {"proposal": proposed, "passphrase": proposed, "again": OTHER})

    assert response.context["form"].errors == {"again": ["Les deux phrases ne sont pas les mêmes. Retapez-les."]}
    assert response.context["form"].proposed == proposed
    assert f'value="{proposed}"' in response.content.decode()


def test_a_proposal_that_the_portal_did_not_make_is_not_shown_again(client, invited):
    response = client.post(PEER_KEY, {"proposal": "un deux trois quatre cinq"})

    assert "un deux trois" not in response.content.decode()


@pytest.mark.parametrize(
    ("passphrase", "word"),
    [
        ("café café café café café", "quatre mots"),
        ("un mot de trop", "vingt signes"),
        ("tisane lampe\x00 velours marée sentier", "nul"),
        ("mot " * 100, "300"),
        ("", "obligatoire"),
    ],
)
def test_a_passphrase_too_easy_or_unreadable_is_refused(client, invited, passphrase, word):
    response = make(client, passphrase)

    assert word in response.context["form"].errors["passphrase"][0]
    assert Peer.objects.get(pk=invited.pk).state == KeyState.INVITED


def test_the_login_password_does_not_become_the_passphrase(client, cell):
    password = "un mot de passe vraiment long"
    user = make_user(second_factor=True, password=password)
    keys.invite(model=Peer, user=user, actor=cell.referent.pk)
    client.force_login(user)

    errors = make(client, password).context["form"].errors

    assert errors == {"passphrase": ["C’est votre mot de passe de connexion. Cette phrase doit être une autre."]}
    assert password != PASSWORD


def test_making_a_key_shows_the_code_in_that_answer_alone(client, invited):
    response = make(client)

    made = Peer.objects.get(pk=invited.pk)
    code = response.context["code"]
    assert heading(response) == "Votre code de secours"
    assert "no-store" in response["Cache-Control"]
    assert [f"<li>{group}</li>" in response.content.decode() for group in vault.grouped(code).split()] == [True] * 8
    assert response.context["mark"] == keys.mark_of(made.public_key)
    assert made.state == KeyState.UNSIGNED
    assert code not in client.get(PEER_KEY).content.decode()
    assert code not in str(dict(client.session))


def test_an_unsigned_key_waits_and_can_be_made_again(client, invited):
    make(client)
    page = client.get(PEER_KEY)
    again = client.get(reverse("cell_key_redo", args=["peer"]))
    make(client, OTHER)

    assert "Votre clé attend la signature du référent." in page.content.decode()
    assert heading(again) == "Créez votre clé"
    assert keys.unlock(holder=Peer.objects.get(pk=invited.pk), passphrase=OTHER)


def test_a_key_that_cases_are_sealed_to_is_never_replaced_from_its_page(client, peer):
    make_case(peer)

    response = make(client, OTHER)
    redo = client.get(reverse("cell_key_redo", args=["peer"]))
    peer.refresh_from_db()

    assert response.context["form"].non_field_errors() == [keys.CHANGED_MEANWHILE]
    assert redo.url == PEER_KEY
    assert keys.unlock(holder=peer, passphrase=PASSPHRASE)


def test_the_page_of_ones_key_says_where_it_stands(client, peer):
    signed = client.get(PEER_KEY).content.decode()
    Peer.objects.filter(pk=peer.pk).update(signature=b"x" * 64)
    refused = client.get(PEER_KEY).content.decode()
    keys.revoke(holder=peer, actor="")
    revoked = client.get(PEER_KEY)

    assert "Elle est signée" in signed
    assert "Elle ne permet plus" in refused
    assert heading(revoked) == "Votre clé ne sert plus"


def test_a_role_without_invitation_leads_to_a_sentence(client, cell):
    client.force_login(make_user(role=Role.PEER, second_factor=True))

    pages = [client.get(PEER_KEY), client.get(reverse("cell_unlock", args=["peer"]), follow=True), make(client)]

    assert [heading(page) for page in pages] == ["Votre clé"] * 3
    assert "Personne ne vous a encore invité" in pages[0].content.decode()


def test_no_other_kind_of_key_exists(client, peer):
    addresses = [reverse("cell_key", args=["x"]), REFERENT_KEY]

    assert [client.get(address).status_code for address in addresses] == [404, 404]


# --- The code on paper ----------------------------------------------------------------------------


def test_two_groups_read_from_the_paper_confirm_the_code(client, invited):
    code_page = make(client)
    groups = code_page.context["groups"]
    url = reverse("cell_code_noted", args=["peer"])

    wrong = client.post(url, carried(code_page) | {"second": groups[0], "seventh": groups[6]})
    right = client.post(url, carried(code_page) | {"second": f" {groups[1].lower()} ", "seventh": groups[6]})

    assert wrong.context["groups"] == groups
    assert f'value="{groups[0]}"' in wrong.content.decode()
    assert right.url == PEER_KEY


def test_the_sheet_is_drawn_from_the_form_alone_and_written_nowhere(client, invited, tmp_path):
    code_page = make(client)
    before = sorted(path for path in tmp_path.rglob("*") if path.is_file())

    response = client.post(reverse("cell_code_pdf", args=["peer"]), carried(code_page))

    words = text_of(response.content)
    assert promises(response.content) == ACCESSIBLE
    assert [group in words for group in code_page.context["groups"]] == [True] * 8
    assert code_page.context["mark_groups"] in words
    assert "/ecoute/cle/peer/secours" in words
    assert invited.user.last_name not in words
    assert "no-store" in response["Cache-Control"]
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == before


@pytest.mark.parametrize("name", ["cell_code_noted", "cell_code_pdf"])
def test_what_is_no_code_leads_back_to_the_key(client, invited, name):
    make(client)
    url, mark = reverse(name, args=["peer"]), "A" * keys.MARK_SYMBOLS
    sent = [{}, {"code": "<b>", "mark": mark}, {"code": "A" * 32, "mark": "\x00"}, {"code": "O" * 32, "mark": mark}]

    assert [client.post(url, values).headers.get("Location") for values in sent] == [PEER_KEY] * 4


def test_a_sheet_that_cannot_be_drawn_leaves_the_code_on_the_page(client, invited, monkeypatch):
    code_page = make(client)
    monkeypatch.setattr("listening_cell.drawing.PATIENCE", 0)

    response = client.post(reverse("cell_code_pdf", args=["peer"]), carried(code_page))

    assert response.context["groups"] == code_page.context["groups"]
    assert "recopiez le code à la main" in response.content.decode()


# --- Opening and closing --------------------------------------------------------------------------


def test_the_passphrase_opens_the_space_under_a_cookie_that_scripts_do_not_read(client, peer):
    response = unlock(client, target=f"{PEER_KEY}?page=2")

    cookie = response.cookies[COOKIE]
    assert response.url == f"{PEER_KEY}?page=2"
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Strict", "")
    assert CellSession.objects.count() == 1
    assert client.get(PEER_KEY).context["mark"] == vault.grouped(keys.mark_of(peer.public_key))


def test_a_wrong_passphrase_keeps_everything_and_opens_nothing(client, peer):
    response = unlock(client, OTHER, target=PEER_KEY, sending="1", held_name="words", held_value="Bonjour\nà vous")

    kept = {name: response.context[name] for name in ("error", "target", "sending", "held")}
    assert kept == {
        "error": keys.NOT_OPENED,
        "target": PEER_KEY,
        "sending": True,
        "held": [("words", "Bonjour\nà vous")],
    }
    assert 'value="Bonjour\nà vous"' in response.content.decode()
    assert (COOKIE in response.cookies, CellSession.objects.count()) == (False, 0)


def test_ten_tries_in_a_quarter_of_an_hour_then_the_right_passphrase_is_refused_alike(client, peer, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    wrong = [keys.NOT_OPENED in unlock(client, OTHER).content.decode() for _ in range(10)]
    right = unlock(client)

    assert (wrong, keys.NOT_OPENED in right.content.decode()) == ([True] * 10, True)
    assert CellSession.objects.count() == 0


@pytest.mark.parametrize("passphrase", ["", "\x00", "x" * 5000])
def test_what_is_no_passphrase_gets_the_same_sentence(client, peer, passphrase):
    assert keys.NOT_OPENED in unlock(client, passphrase).content.decode()


@pytest.mark.parametrize(
    "target",
    ["https://exemple.fr/ecoute/", "//exemple.fr/ecoute/", "/mon-espace/", "/ecoute/../gestion/", "/ecoute/non", ""],
)
def test_the_passphrase_leads_to_no_other_place_than_the_cell(client, peer, target):
    assert unlock(client, target=target).url == "/ecoute/pairs/"


def test_what_was_being_sent_is_sent_on_once_the_space_is_open(client, peer):
    url = reverse("cell_passphrase", args=["peer"])
    response = unlock(
        client, target=url, sending="1", held_name=["words", "theme"], held_value=["l’été\r\n\r\n« oui »", "a"]
    )

    page = response.content.decode()
    assert heading(response) == "Votre espace est ouvert"
    assert response.context["held"] == [("words", "l’été\r\n\r\n« oui »"), ("theme", "a")]
    assert f'action="{url}"' in page
    assert 'name="theme" value="a"' in " ".join(page.split())


def test_a_button_without_field_is_sent_on_too(client, peer):
    response = unlock(client, target=PEER_KEY, sending="1")

    assert (heading(response), response.context["held"]) == ("Votre espace est ouvert", [])


def test_opening_again_ends_the_space_that_was_open(client, peer):
    unlock(client)
    first = client.cookies[COOKIE].value
    unlock(client)

    assert CellSession.objects.count() == 1
    assert client.cookies[COOKIE].value != first


def test_closing_deletes_the_row_and_the_cookie_even_once_signed_out(client, peer):
    unlock(client)
    cookie = client.cookies[COOKIE].value
    client.logout()
    client.cookies[COOKIE] = cookie

    response = client.post(reverse("cell_lock"))

    assert (response.url, CellSession.objects.count()) == (reverse("cell_locked"), 0)
    assert (response.cookies[COOKIE].value, response.cookies[COOKIE]["max-age"]) == ("", 0)
    assert heading(client.get(response.url)) == "Votre espace est fermé"


def test_the_space_of_one_kind_or_person_does_not_open_anothers(client, cell, peer):
    other = make_peer(cell)
    unlock(client)
    cookie = client.cookies[COOKIE].value
    client.force_login(other.user)
    client.cookies[COOKIE] = cookie

    assert client.get(PEER_KEY).context["mark"] == ""


# --- Passphrase and code --------------------------------------------------------------------------


def test_lost_passphrase_the_recovery_code_opens_and_both_change(client, invited):
    code = make(client).context["code"]
    url = reverse("cell_recover", args=["peer"])

    wrong = client.post(url, {"code": "A" * 32, "passphrase": OTHER, "again": OTHER})
    right = client.post(url, {"code": vault.grouped(code).lower(), "passphrase": OTHER, "again": OTHER})

    assert wrong.context["form"].non_field_errors() == [keys.NOT_OPENED]
    assert "A" * 32 in wrong.content.decode()
    assert (heading(right), right.context["code"] == code) == ("Votre code de secours", False)
    assert unlock(client, OTHER).status_code == 302
    again = client.post(url, {"code": code, "passphrase": OTHER, "again": OTHER})
    assert again.context["form"].non_field_errors() == [keys.NOT_OPENED]


def test_codes_are_tried_ten_times_a_quarter_of_an_hour(client, invited, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    code = make(client).context["code"]
    url = reverse("cell_recover", args=["peer"])
    for _ in range(10):
        client.post(url, {"code": "A" * 32, "passphrase": OTHER, "again": OTHER})

    response = client.post(url, {"code": code, "passphrase": OTHER, "again": OTHER})

    assert response.context["form"].non_field_errors() == [keys.NOT_OPENED]


def test_changing_the_passphrase_leaves_the_code(client, invited):
    code = make(client).context["code"]

    url = reverse("cell_passphrase", args=["peer"])
    wrong = client.post(url, {"current": OTHER, "passphrase": OTHER, "again": OTHER})
    response = client.post(url, {"current": PASSPHRASE, "passphrase": OTHER, "again": OTHER})

    holder = Peer.objects.get(pk=invited.pk)
    assert wrong.context["form"].non_field_errors() == [keys.NOT_OPENED]
    assert response.url == PEER_KEY
    assert keys.unlock(holder=holder, passphrase=OTHER)
    assert keys.recover(holder=holder, code=code, passphrase=PASSPHRASE)


def test_a_new_code_ends_the_old_one_and_leaves_the_passphrase(client, invited):
    old = make(client).context["code"]

    new = client.post(reverse("cell_code", args=["peer"]), {"passphrase": PASSPHRASE}).context["code"]

    holder = Peer.objects.get(pk=invited.pk)
    with pytest.raises(keys.Refusal):
        keys.recover(holder=holder, code=old, passphrase=OTHER)
    assert keys.unlock(holder=holder, passphrase=PASSPHRASE)
    assert keys.recover(holder=holder, code=new, passphrase=OTHER)


def test_a_key_replaced_meanwhile_is_not_wrapped_under_the_old_ones_words(cell):
    peer = make_peer(cell)
    stale = Peer.objects.get(pk=peer.pk)
    keys.make_key(holder=peer, passphrase=OTHER)

    with pytest.raises(keys.Refusal, match="a changé entre-temps"):
        keys.change_passphrase(holder=stale, passphrase=PASSPHRASE, new=PASSPHRASE)
    assert keys.unlock(holder=Peer.objects.get(pk=peer.pk), passphrase=OTHER)


# --- The ceremony ---------------------------------------------------------------------------------


def test_the_first_referents_page_is_the_ceremony_which_is_held_once(client, settings):
    user = make_user(role=Role.CELL_REFERENT, second_factor=True)
    client.force_login(user)
    before = client.get(REFERENT_KEY)

    code_page = make(client, url=REFERENT_KEY)
    after = client.get(REFERENT_KEY)
    again = make(client, OTHER, url=REFERENT_KEY)

    root = settings.CELL_ROOT_FILE.read_text().strip()
    assert heading(before) == "La cérémonie de la clé racine"
    assert (heading(code_page), code_page.context["root"]) == ("Votre code de secours", root)
    assert root in code_page.content.decode()
    assert heading(after) == "Votre clé"
    assert again.context["form"].non_field_errors() == [keys.CHANGED_MEANWHILE]
    assert (RootKey.objects.count(), Referent.objects.get().user) == (1, user)


def test_the_referents_sheet_bears_the_verify_key(client, settings):
    client.force_login(make_user(role=Role.CELL_REFERENT, second_factor=True))
    code_page = make(client, url=REFERENT_KEY)

    sheet = client.post(reverse("cell_code_pdf", args=["referent"]), carried(code_page)).content

    assert settings.CELL_ROOT_FILE.read_text().strip() in text_of(sheet).replace(" ", "")


def test_the_role_alone_makes_no_second_root(client, cell):
    client.force_login(make_user(role=Role.CELL_REFERENT, second_factor=True))

    pages = [client.get(REFERENT_KEY), make(client, url=REFERENT_KEY)]

    assert ["Personne ne vous a encore invité" in page.content.decode() for page in pages] == [True, True]
    assert (RootKey.objects.count(), Referent.objects.count()) == (1, 1)


def test_whoever_is_nobody_holds_no_ceremony(client):
    client.force_login(make_user())

    assert [client.get(REFERENT_KEY).status_code, make(client, url=REFERENT_KEY).status_code] == [404, 404]
    assert RootKey.objects.count() == 0
