"""What a referent decides on screen: inviting, signing by voice, extending, another key, revoking, succeeding ROOT."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.debug import ExceptionReporter

from listening_cell import counting, vault
from listening_cell.enums import KeyState
from listening_cell.models import CellAudit, Peer, Referent, Slip
from listening_cell.services import casework, enrolling, keys, sessions, slips
from listening_cell.tests.factories import PASSPHRASE, make_case, make_cell, make_peer, private_of
from listening_cell.views.spaces import COOKIE
from members.enums import Role
from members.models import User
from members.tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "lampe velours tisane sentier marée"
SURE = {"sure": "on"}
SLIP = counting.Slip("soins", "0", "soi", "papier", motives=["charge"])


@pytest.fixture
def cell():
    return make_cell()


def open_space(client, referent, passphrase=PASSPHRASE):
    client.force_login(referent.user)
    client.post(reverse("cell_unlock", args=["referent"]), {"passphrase": passphrase})


@pytest.fixture
def referent(client, cell):
    """A client whose referent's space is open."""
    open_space(client, cell.referent)
    return client


def address(name, holder):
    return reverse(name, args=[holder.pk])


def page_of(client, holder):
    return client.get(address("cell_holder", holder)).content.decode()


def errors(response):
    return [error for form_errors in response.context["form"].errors.values() for error in form_errors]


def invite(client, email, role="beginner"):
    return client.post(reverse("cell_invite"), {"email": email, "role": role})


# --- Inviting -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "seasoned"), [("seasoned", True), ("beginner", False)])
def test_a_peer_is_invited_by_the_address_of_the_account(referent, role, seasoned, outbox):
    user = make_user()

    response = invite(referent, user.email.upper(), role)

    peer = Peer.objects.get(user=user)
    assert response.url == address("cell_holder", peer)
    assert (peer.state, peer.seasoned, peer.user.role_names) == (KeyState.INVITED, seasoned, {Role.PEER})
    assert "/ecoute/cle/peer/" in page_of(referent, peer)
    assert outbox.rows == []


def test_an_address_without_account_gets_a_clear_sentence_and_stays_typed(referent):
    response = invite(referent, "personne@cafe.example")

    assert errors(response) == [enrolling.NO_ACCOUNT]
    assert 'value="personne@cafe.example"' in response.content.decode()


@pytest.mark.parametrize("email", ["", "x", "a@b\x00.fr", f"{'a' * 300}@cafe.example"])
def test_what_is_no_address_is_refused(referent, email):
    assert len(errors(invite(referent, email))) >= 1
    assert Peer.objects.count() == 0


def test_neither_the_coordinator_nor_an_administrator_can_listen(referent):
    coordinator, technician = make_user(role=Role.COORDINATION), make_superuser()

    refused = [errors(invite(referent, user.email)) for user in (coordinator, technician)]

    assert refused == [[enrolling.NOT_BOTH]] * 2
    assert Peer.objects.count() == 0


def test_who_has_a_key_is_not_invited_again(referent, cell):
    peer = make_peer(cell)

    assert errors(invite(referent, peer.user.email)) == ["Cette personne a déjà une clé."]


# --- Signing --------------------------------------------------------------------------------------


def test_a_key_is_signed_once_its_mark_was_read_aloud(referent, cell):
    peer = make_peer(cell, signed=False)
    mark = keys.mark_of(peer.public_key)
    shown = referent.get(address("cell_sign", peer)).content.decode() + page_of(referent, peer)

    wrong = referent.post(address("cell_sign", peer), {"mark": mark[::-1]})
    right = referent.post(address("cell_sign", peer), {"mark": vault.grouped(mark).lower()})

    assert (mark in shown, vault.grouped(mark) in shown) == (False, False)
    assert errors(wrong) == [enrolling.WRONG_MARK]
    assert right.url == address("cell_holder", peer)
    assert keys.valid_peers() == [peer]


def test_a_key_swapped_before_its_signature_is_heard(referent, cell):
    peer = make_peer(cell, signed=False)
    read_aloud = keys.mark_of(peer.public_key)
    Peer.objects.filter(pk=peer.pk).update(public_key=vault.public_of(vault.new_private()))

    response = referent.post(address("cell_sign", peer), {"mark": read_aloud})

    assert errors(response) == [enrolling.WRONG_MARK]
    assert keys.valid_peers() == []


def test_there_is_nothing_to_sign_twice(referent, cell):
    peer = make_peer(cell)

    response = referent.post(address("cell_sign", peer), {"mark": keys.mark_of(peer.public_key)})

    assert errors(response) == ["Il n’y a pas de clé à signer pour cette personne."]


@pytest.mark.parametrize("mark", ["", "\x00", "x" * 500])
def test_what_is_no_mark_is_refused(referent, cell, mark):
    peer = make_peer(cell, signed=False)

    assert len(errors(referent.post(address("cell_sign", peer), {"mark": mark}))) == 1


def test_expired_keys_are_extended_and_fresh_ones_are_not(referent, cell, time_machine):
    peer = make_peer(cell)
    early = referent.post(address("cell_extend", peer), SURE)
    time_machine.move_to(timezone.now() + timedelta(days=365 * keys.KEY_YEARS + 1))
    open_space(referent, cell.referent)
    expired = (enrolling.standing(Peer.objects.get(), keys.verify_key()), keys.valid_peers())

    unsure = referent.post(address("cell_extend", peer), {})
    referent.post(address("cell_extend", peer), SURE)

    assert errors(early) == ["Cette clé n’a pas à être prolongée."]
    assert expired == ("expired", [])
    assert len(errors(unsure)) == 1
    assert keys.valid_peers() == [peer]
    assert Peer.objects.get().expires_on == timezone.localdate() + timedelta(days=365 * keys.KEY_YEARS)


def test_a_key_that_root_never_signed_is_shown_and_not_extended(referent, cell):
    peer = make_peer(cell)
    yesterday = timezone.localdate() - timedelta(days=1)
    Peer.objects.filter(pk=peer.pk).update(public_key=vault.public_of(vault.new_private()), expires_on=yesterday)

    response = referent.post(address("cell_extend", peer), SURE)

    assert errors(response) == ["Cette clé n’a pas à être prolongée."]
    assert "ce n’est pas la clé racine qui l’a signée" in page_of(referent, peer)
    assert "Une signature n’est pas reconnue" in referent.get(reverse("cell_referent")).content.decode()


# --- Loss -----------------------------------------------------------------------------------------


def test_both_lost_the_referent_allows_another_key_and_the_other_peer_seals_again(referent, cell):
    lost, other = make_peer(cell), make_peer(cell, seasoned=False)
    opened, _ = make_case(lost, other)
    old = private_of(lost)

    referent.post(address("cell_start_again", lost), SURE)
    between = keys.valid_peers()
    lost = Peer.objects.get(pk=lost.pk)
    enrolling.make_own_key(holder=lost, passphrase=OTHER)
    lost.refresh_from_db()
    referent.post(address("cell_sign", lost), {"mark": keys.mark_of(lost.public_key)})
    by_other = casework.open_envelope(other.envelopes.select_related("case").get(), private_of(other))
    lost.refresh_from_db()
    casework.rekey(opened=by_other, peers=[lost, other], actor=other.pk)

    again = lost.envelopes.select_related("case").get()
    private = keys.unlock(holder=lost, passphrase=OTHER)
    assert between == [other]
    assert casework.read_request(casework.open_envelope(again, private)) == casework.read_request(opened)
    with pytest.raises(vault.Unreadable):
        casework.open_envelope(again, old)


def test_the_key_that_was_lost_does_not_come_back_with_a_rolled_back_database(referent, cell):
    peer = make_peer(cell)
    before = Peer.objects.filter(pk=peer.pk).values("state", "signature", "expires_on").get()
    referent.post(address("cell_start_again", peer), SURE)
    Peer.objects.filter(pk=peer.pk).update(**before)

    assert keys.valid_peers() == []


def test_both_peers_lost_everything_the_case_is_lost(cell):
    pair = [make_peer(cell), make_peer(cell, seasoned=False)]
    make_case(*pair)
    for peer in pair:
        keys.make_key(holder=peer, passphrase=OTHER)
        keys.sign_holder(holder=peer, root=cell.root, actor=cell.referent.pk)
        private = keys.unlock(holder=peer, passphrase=OTHER)
        with pytest.raises(vault.Unreadable):
            casework.open_envelope(peer.envelopes.select_related("case").get(), private)


# --- Revoking -------------------------------------------------------------------------------------


def test_a_peer_is_revoked_after_a_confirmation(referent, cell):
    peer = make_peer(cell)
    make_case(peer)

    referent.post(address("cell_revoke", peer), {})
    unsure = keys.valid_peers()
    referent.post(address("cell_revoke", peer), SURE)

    peer.refresh_from_db()
    assert (unsure, keys.valid_peers()) == ([peer], [])
    assert (peer.state, peer.envelopes.count()) == (KeyState.REVOKED, 0)
    assert User.objects.get(pk=peer.user_id).role_names == frozenset()
    again = referent.post(address("cell_revoke", peer), SURE)
    assert errors(again) == ["Cette clé est déjà révoquée."]


def test_a_revoked_peer_may_be_invited_again_with_another_key(referent, cell):
    peer = make_peer(cell)
    referent.post(address("cell_revoke", peer), SURE)
    invite(referent, peer.user.email, "seasoned")
    enrolling.make_own_key(holder=peer, passphrase=OTHER)
    peer.refresh_from_db()
    referent.post(address("cell_sign", peer), {"mark": keys.mark_of(peer.public_key)})

    assert keys.valid_peers() == [peer]


def test_a_revoked_peer_opens_no_case_that_a_restored_database_brings_back(referent, cell, client):
    peer, other = make_peer(cell), make_peer(cell, seasoned=False)
    opened, _ = make_case(peer, other)
    saved = [peer, *opened.case.envelopes.filter(peer=peer)]
    private = private_of(peer)

    referent.post(address("cell_revoke", peer), SURE)
    for row in saved:
        row.save()
    peer.user.groups.add(Group.objects.get(name=Role.PEER))
    client.force_login(peer.user)
    client.cookies[COOKIE] = sessions.open_space(sessions.Space("peer", peer.pk, private))

    assert client.get(reverse("cell_case", args=[opened.case.pk])).url == reverse("cell_key", args=["peer"])
    assert client.get(reverse("cell_peers")).url == reverse("cell_key", args=["peer"])


def test_whether_a_peer_is_experienced_can_change(referent, cell):
    peer = make_peer(cell, seasoned=False)
    url = address("cell_holder_seasoned", peer)

    seen = []
    for value in ("1", "0"):
        referent.post(url, {"seasoned": value})
        seen.append(Peer.objects.get().seasoned)

    assert seen == [True, False]
    assert referent.post(address("cell_holder_seasoned", cell.referent)).status_code == 404


# --- Referents ------------------------------------------------------------------------------------


@pytest.fixture
def second(referent):
    """A second referent, invited, whose key was made and signed."""
    user = make_user(second_factor=True)
    invite(referent, user.email, "referent")
    second = Referent.objects.get(user=user)
    enrolling.make_own_key(holder=second, passphrase=OTHER)
    second.refresh_from_db()
    referent.post(address("cell_sign", second), {"mark": keys.mark_of(second.public_key)})
    second.refresh_from_db()
    return second


def test_a_second_referent_receives_root_and_the_statistics_key(second, cell):
    private = keys.unlock(holder=second, passphrase=OTHER)

    assert keys.root_of(referent=second, private=private) == cell.root
    assert keys.stat_of(referent=second, private=private) == keys.stat_of(referent=cell.referent, private=cell.private)


def test_a_referent_whose_key_is_not_signed_decides_nothing(client, cell):
    user = make_user(second_factor=True)
    unsigned = keys.invite(model=Referent, user=user, actor=cell.referent.pk)
    keys.make_key(holder=unsigned, passphrase=OTHER)
    peer, waiting = make_peer(cell), make_peer(cell, signed=False)
    open_space(client, unsigned, OTHER)
    chain = CellAudit.objects.count()

    answers = [
        invite(client, make_user().email),
        client.post(address("cell_sign", waiting), {"mark": keys.mark_of(waiting.public_key)}),
        client.post(address("cell_revoke", peer), SURE),
        client.post(address("cell_start_again", peer), SURE),
        client.post(reverse("cell_root"), SURE),
    ]
    client.post(address("cell_holder_seasoned", peer), {"seasoned": "0"})

    assert [errors(answer) for answer in answers] == [[enrolling.NO_ROOT]] * 5
    assert Peer.objects.get(pk=peer.pk).seasoned
    assert (keys.valid_peers(), CellAudit.objects.count()) == ([peer], chain)


def test_nobody_lets_go_of_ones_own_key(referent, second, cell):
    acts = [referent.post(address(name, cell.referent), SURE) for name in ("cell_revoke", "cell_start_again")]

    assert [errors(act) for act in acts] == [
        ["Un autre référent doit le faire pour vous. S’il n’y en a pas, nommez-en d’abord un second."]
    ] * 2


def test_a_revoked_referent_keeps_nothing_and_root_is_succeeded(referent, second, cell, settings):
    peer = make_peer(cell)
    old = cell.root

    referent.post(address("cell_revoke", second), SURE)
    unsure = referent.post(reverse("cell_root"), {})
    done = referent.post(reverse("cell_root"), SURE)

    second.refresh_from_db()
    cell.referent.refresh_from_db()
    fresh = keys.root_of(referent=cell.referent, private=cell.private)
    assert (bytes(second.root_sealed), bytes(second.stat_sealed)) == (b"", b"")
    assert len(errors(unsure)) == 1
    assert done.url == reverse("cell_root")
    assert fresh != old
    assert settings.CELL_ROOT_FILE.read_text().strip() == vault.verify_key_of(fresh).hex()
    assert keys.valid_peers() == [peer]


@pytest.mark.parametrize("name", ["cell_revoke", "cell_start_again", "cell_root"])
def test_the_statistics_key_that_a_referent_may_have_kept_opens_no_slip_any_more(referent, second, cell, name):
    kept = keys.stat_of(referent=second, private=keys.unlock(holder=second, passphrase=OTHER))
    before = slips.keep(SLIP)
    third = make_third(cell)

    referent.post(reverse(name) if name == "cell_root" else address(name, second), SURE)

    after = slips.keep(SLIP)
    cell.referent.refresh_from_db()
    third.refresh_from_db()
    stat = keys.stat_of(referent=third, private=keys.unlock(holder=third, passphrase=OTHER))
    assert keys.stat_public() == vault.public_of(stat) != vault.public_of(kept)
    assert keys.stat_of(referent=cell.referent, private=cell.private) == stat
    rows = list(Slip.objects.all())
    assert {row.key for row in rows} == {before.key, after.key}
    assert [slips.opened(row, stat) for row in rows] == [SLIP, SLIP]
    for row in rows:
        with pytest.raises(vault.Unreadable):
            slips.opened(row, kept)


def make_third(cell):
    third = keys.invite(model=Referent, user=make_user(), actor=cell.referent.pk)
    keys.make_key(holder=third, passphrase=OTHER)
    keys.entrust(referent=third, root=cell.root, stat=keys.stat_of(referent=cell.referent, private=cell.private))
    return keys.sign_holder(holder=third, root=cell.root, actor=cell.referent.pk)


def test_renewing_the_statistics_key_makes_no_forged_slip_count(referent, second, cell):
    stat = keys.stat_of(referent=cell.referent, private=cell.private)
    forged = vault.seal(b"x" * 200, public=vault.public_of(stat), place=slips.PLACE)
    Slip.objects.create(blob=forged)
    broken = Slip.objects.create(blob=b"x")

    referent.post(address("cell_revoke", second), SURE)

    cell.referent.refresh_from_db()
    stat = keys.stat_of(referent=cell.referent, private=cell.private)
    for row in Slip.objects.all():
        with pytest.raises(vault.Unreadable):
            slips.opened(row, stat)
    assert bytes(Slip.objects.get(pk=broken.pk).blob) == b"x"


@pytest.mark.parametrize("change", ["coordination", "is_superuser"])
def test_a_referent_is_told_of_who_holds_a_key_and_has_come_to_coordinate_the_portal(referent, cell, change):
    peer = make_peer(cell)
    before = enrolling.to_revoke()
    if change == "coordination":
        peer.user.groups.add(Group.objects.get_or_create(name=Role.COORDINATION)[0])
    else:
        User.objects.filter(pk=peer.user_id).update(is_superuser=True, is_staff=True)

    told = referent.get(reverse("cell_referent")).content.decode()
    line = f"{escape(peer.user)} coordonne ou administre désormais le portail&nbsp;: révoquez sa clé."
    referent.post(address("cell_revoke", peer), SURE)

    assert (before, enrolling.to_revoke()) == ([], [])
    assert line in told
    assert address("cell_revoke", peer) in told
    assert line not in referent.get(reverse("cell_referent")).content.decode()


def test_root_is_recovered_by_the_code_of_a_referent(cell):
    user = make_user(second_factor=True)
    second = keys.invite(model=Referent, user=user, actor=cell.referent.pk)
    code = keys.make_key(holder=second, passphrase=OTHER).recovery_code
    mark = keys.mark_of(second.public_key)
    enrolling.sign(referent=cell.referent, private=cell.private, holder=second, mark=mark)

    second.refresh_from_db()
    keys.recover(holder=second, code=code, passphrase=PASSPHRASE)
    private = keys.unlock(holder=second, passphrase=PASSPHRASE)

    assert keys.root_of(referent=second, private=private) == cell.root


def test_an_expired_key_survives_the_succession_and_can_still_be_extended(cell, time_machine):
    peer = make_peer(cell)
    time_machine.move_to(timezone.now() + timedelta(days=365 * keys.KEY_YEARS + 1))
    hand = {"referent": cell.referent, "private": cell.private}

    enrolling.succeed_root(**hand)
    cell.referent.refresh_from_db()
    before = keys.valid_peers()
    enrolling.extend(**hand, holder=peer)

    assert (before, keys.valid_peers()) == ([], [peer])


@pytest.mark.parametrize(
    ("place", "words"),
    [("file", "Le serveur la tient d’un fichier"), ("environment", "hors de la base. C’est bien")],
)
def test_the_page_of_root_shows_the_verify_key_and_where_it_stands(referent, settings, place, words):
    root = keys.verify_key().hex()
    settings.CELL_ROOT_VERIFY_KEY = root if place == "environment" else ""

    page = " ".join(referent.get(reverse("cell_root")).content.decode().split())

    assert (root in page, words in page) == (True, True)


def test_after_a_succession_the_page_says_that_the_environment_is_behind(referent, settings):
    settings.CELL_ROOT_VERIFY_KEY = keys.verify_key().hex()

    referent.post(reverse("cell_root"), SURE)

    page = referent.get(reverse("cell_root")).content.decode()
    assert "nomme encore l’ancienne" in page
    assert keys.verify_key().hex() in page


# --- The list, and who sees it --------------------------------------------------------------------


def test_the_list_says_how_each_key_stands(referent, cell):
    make_peer(cell)
    make_peer(cell, signed=False)
    keys.revoke(holder=make_peer(cell), actor=cell.referent.pk)
    invite(referent, make_user().email)

    page = referent.get(reverse("cell_holders"))

    assert [peer.standing for peer in page.context["page_obj"]] == ["signed", "unsigned", "invited", "revoked"]
    assert [one.standing for one in page.context["referents"]] == ["signed"]
    assert "Vous êtes seul référent" in page.content.decode()
    assert "Une clé attend votre signature." in " ".join(
        referent.get(reverse("cell_referent")).content.decode().split()
    )


def test_without_peers_the_list_says_what_to_do(referent):
    assert "Aucun pair pour le moment." in referent.get(reverse("cell_holders")).content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(referent, cell):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            referent.get(reverse("cell_holders"))
        return len(queries)

    make_peer(cell)
    cost()
    one = cost()
    for _ in range(4):
        make_peer(cell)

    assert cost() == one


def test_pages_are_neutral_even_of_an_open_space(referent, cell):
    peer = make_peer(cell)
    urls = [reverse("cell_referent"), reverse("cell_holders"), reverse("cell_root"), address("cell_holder", peer)]

    titles = {re.search(r"<title>(.*?)</title>", referent.get(url).content.decode(), re.S)[1].strip() for url in urls}

    assert len(titles) == 1
    assert not re.search("écoute|référent|clé|pair", titles.pop(), re.I)


def test_before_unlocking_a_referent_sees_nobody(client, cell):
    peer = make_peer(cell)
    client.force_login(cell.referent.user)
    names = ["cell_holders", "cell_root", "cell_referent", "cell_invite"]

    pages = [client.get(reverse(name)).content.decode() for name in names]
    pages.append(client.get(address("cell_holder", peer)).content.decode())

    assert ["Ouvrez votre espace" in page for page in pages] == [True] * 5
    assert [peer.user.last_name in page for page in pages] == [False] * 5


@pytest.mark.parametrize("role", [Role.COORDINATION, Role.PEER, Role.TEAM, Role.BOARD, "superuser", "stolen"])
def test_nobody_else_enters_even_with_the_cookie_of_an_open_space(referent, cell, role):
    cookie = referent.cookies[COOKIE].value
    if role == "stolen":
        other = make_user(role=Role.CELL_REFERENT, second_factor=True)
    else:
        other = make_superuser() if role == "superuser" else make_user(role=role, second_factor=True)
    referent.force_login(other)
    referent.cookies[COOKIE] = cookie
    urls = [reverse("cell_holders"), address("cell_holder", cell.referent), reverse("cell_root")]

    outcomes = [referent.get(url).status_code for url in urls]

    assert outcomes == [302 if role == "stolen" else 404] * 3


def test_what_goes_wrong_in_an_open_space_reports_neither_key_nor_root(referent, cell, settings):
    settings.CELL_ROOT_FILE.write_text("ceci n’est pas une clé")

    with pytest.raises(ValueError, match="fromhex") as failure:
        referent.post(reverse("cell_root"), SURE)

    trace = failure.tb
    while not trace.tb_frame.f_code.co_filename.endswith("listening_cell/views/spaces.py"):
        trace = trace.tb_next  # above are this test's own variables
    reporter = ExceptionReporter(RequestFactory().get("/"), failure.type, failure.value, trace)
    report = reporter.get_traceback_html()
    assert "bytes.fromhex" in report
    assert [shown in report for shown in ("secret=b&#x27;", escape(repr(cell.private[:4]))[:-6])] == [False, False]


def test_an_address_of_nobody_leads_nowhere(referent):
    assert referent.get(reverse("cell_holder", args=["x"])).status_code == 404
