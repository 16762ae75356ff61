"""Who vouches for a key, how it is opened, lost and recovered, and what a database administrator cannot do."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell import vault
from listening_cell.enums import KeyState
from listening_cell.models import CellAudit, CellSettings, Peer, RootKey
from listening_cell.services import audit, casework, files, keys
from listening_cell.tests.factories import PASSPHRASE, make_case, make_cell, make_peer, private_of
from members.enums import Role
from members.models import User
from members.tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cell():
    return make_cell()


def test_a_ceremony_anchors_root_outside_the_database_and_is_held_once(cell, settings):
    written = bytes.fromhex(settings.CELL_ROOT_FILE.read_text().strip())

    assert written == bytes(RootKey.objects.get().verify_key) == keys.verify_key() == vault.verify_key_of(cell.root)
    assert keys.is_valid(cell.referent)
    assert keys.stat_public() == vault.public_of(keys.stat_of(referent=cell.referent, private=cell.private))
    with pytest.raises(Refusal):
        keys.hold_ceremony(user=make_user(), passphrase=PASSPHRASE)


def test_a_peer_counts_once_a_referent_has_signed_and_until_the_key_expires(cell, time_machine):
    peer = make_peer(cell, signed=False)
    unsigned = keys.valid_peers()
    keys.sign_holder(holder=peer, root=cell.root, actor=cell.referent.pk)
    signed = keys.valid_peers()
    time_machine.move_to(timezone.now() + timedelta(days=365 * keys.KEY_YEARS + 1))

    assert (unsigned, signed, keys.valid_peers()) == ([], [peer], [])
    assert peer.user.has_role(Role.PEER)


def test_an_administrator_of_the_database_can_neither_swap_a_key_nor_enrol_anybody(cell):
    peer, stranger = make_peer(cell), make_peer(cell, signed=False)
    own = vault.new_root()

    Peer.objects.filter(pk=peer.pk).update(public_key=vault.public_of(vault.new_private()))
    tomorrow = timezone.localdate() + timedelta(days=1)
    Peer.objects.filter(pk=stranger.pk).update(state=KeyState.SIGNED, expires_on=tomorrow)
    stranger.refresh_from_db()
    Peer.objects.filter(pk=stranger.pk).update(signature=vault.sign(own, *keys.statement(stranger)))
    RootKey.objects.create(
        epoch=2, verify_key=vault.verify_key_of(own), signature=vault.sign(own, keys.ROOT_STATEMENT, 2, b"x")
    )

    assert keys.valid_peers() == []
    with pytest.raises(vault.Unreadable):
        make_case(Peer.objects.get(pk=peer.pk))


def test_a_root_put_in_the_place_of_the_first_one_is_believed_by_nobody(cell):
    peer, own = make_peer(cell), vault.new_root()
    RootKey.objects.all().delete()
    RootKey.objects.create(epoch=1, verify_key=vault.verify_key_of(own))
    Peer.objects.filter(pk=peer.pk).update(signature=vault.sign(own, *keys.statement(peer)))

    assert keys.valid_peers() == []


def test_the_statistics_key_cannot_be_swapped(cell):
    CellSettings.objects.update(stat_public=vault.public_of(vault.new_private()))

    assert keys.stat_public() is None


def test_a_passphrase_opens_and_a_wrong_one_is_refused_and_kept_in_the_chain(cell):
    peer = make_peer(cell)

    private = keys.unlock(holder=peer, passphrase=PASSPHRASE.upper())
    with pytest.raises(Refusal):
        keys.unlock(holder=peer, passphrase="tisane lampe velours marée chemin")

    assert vault.public_of(private) == bytes(peer.public_key)
    kept = list(CellAudit.objects.filter(actor=peer.pk).values_list("action", flat=True))
    assert kept == ["unlock", "failed_unlock"]


def test_a_lost_passphrase_is_recovered_by_the_code_which_then_changes(cell):
    user = make_user()
    peer = keys.invite(model=Peer, user=user, actor=cell.referent.pk)
    code = keys.make_key(holder=peer, passphrase=PASSPHRASE).recovery_code
    keys.sign_holder(holder=peer, root=cell.root, actor=cell.referent.pk)
    opened, _ = make_case(peer)

    new = keys.recover(holder=peer, code=vault.grouped(code).lower(), passphrase="lampe velours tisane sentier marée")

    with pytest.raises(Refusal):
        keys.unlock(holder=peer, passphrase=PASSPHRASE)
    with pytest.raises(Refusal):
        keys.recover(holder=peer, code=code, passphrase=PASSPHRASE)
    private = keys.unlock(holder=peer, passphrase="lampe velours tisane sentier marée")
    assert new.recovery_code != code
    assert casework.open_envelope(peer.envelopes.get(), private).case_key == opened.case_key


def test_both_lost_a_new_key_reads_nothing_old_until_the_other_peer_seals_it_again(cell):
    lost, other = make_peer(cell), make_peer(cell, seasoned=False)
    opened, _ = make_case(lost, other)
    keys.make_key(holder=lost, passphrase="sentier marée velours lampe tisane")
    keys.sign_holder(holder=lost, root=cell.root, actor=cell.referent.pk)
    private = keys.unlock(holder=lost, passphrase="sentier marée velours lampe tisane")

    with pytest.raises(vault.Unreadable):
        casework.open_envelope(lost.envelopes.get(), private)
    by_other = casework.open_envelope(other.envelopes.get(), private_of(other))
    fresh = casework.rekey(opened=by_other, peers=[lost, other], actor=other.pk)

    again = casework.open_envelope(lost.envelopes.get(), private)
    assert (again.case_key, again.note_key) == (fresh.case_key, fresh.note_key)
    assert opened.case_key not in again.__dict__.values()


def test_root_is_succeeded_and_every_valid_key_signed_again(cell):
    peer, revoked = make_peer(cell), make_peer(cell)
    keys.revoke(holder=revoked, actor=cell.referent.pk)
    old = cell.root

    fresh = keys.succeed_root(referent=cell.referent, private=cell.private)

    cell.referent.refresh_from_db()
    assert keys.verify_key() == fresh == vault.verify_key_of(cell.root)
    assert keys.valid_peers() == [peer]
    assert keys.is_valid(cell.referent)
    assert keys.stat_public() is not None
    assert not vault.is_signed(fresh, vault.sign(old, "x"), "x")


def test_the_successor_is_reached_from_an_environment_that_still_names_the_first_root(cell, settings):
    settings.CELL_ROOT_VERIFY_KEY = keys.verify_key().hex()

    fresh = keys.succeed_root(referent=cell.referent, private=cell.private)

    assert keys.verify_key() == fresh


def test_a_revoked_peer_stays_so_even_where_the_database_is_rolled_back(cell):
    peer = make_peer(cell)
    before = Peer.objects.filter(pk=peer.pk).values("state", "signature").get()
    opened, _ = make_case(peer)

    keys.revoke(holder=peer, actor=cell.referent.pk)
    Peer.objects.filter(pk=peer.pk).update(**before)

    assert keys.valid_peers() == []
    assert not opened.case.envelopes.exists()
    assert not peer.user.groups.exists()


@pytest.mark.parametrize("changed", [{"is_active": False}, {"is_staff": True}, {"is_superuser": True}, "coordination"])
def test_nothing_new_is_entrusted_to_a_peer_who_came_to_coordinate_to_administer_or_has_left(cell, changed):
    peer, other = make_peer(cell), make_peer(cell)
    if changed == "coordination":
        peer.user.groups.add(Group.objects.get_or_create(name=Role.COORDINATION)[0])
    else:
        User.objects.filter(pk=peer.user_id).update(**changed)

    assert keys.valid_peers() == [other]


def test_the_chain_shows_a_line_changed_removed_or_cut_off(cell):
    make_peer(cell)
    sound = audit.broken_link()
    last = CellAudit.objects.latest("seq")

    CellAudit.objects.filter(seq=last.seq).delete()
    cut = audit.broken_link()
    last.save(force_insert=True)
    CellAudit.objects.filter(seq=2).update(actor="x")
    changed = audit.broken_link()
    CellAudit.objects.filter(seq=2).delete()

    assert (sound, cut, changed, audit.broken_link()) == (None, last.seq, 2, 3)
    assert files.head()["seq"] == last.seq
