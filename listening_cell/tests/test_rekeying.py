"""Who leaves a case takes no key along: it is given others, whoever stays goes on, and the receipt still opens it."""

import logging

import pytest
from django.urls import reverse

from cafe.errors import Refusal
from listening_cell import vault
from listening_cell.models import Case, CaseEnvelope, CellAudit, Message, Note, Peer
from listening_cell.services import casework, closing, files, following, interviews, keys, passing, returning, sessions
from listening_cell.tests.factories import PASSPHRASE, make_case, make_cell, make_peer, private_of
from listening_cell.tests.test_following import CONTENT, opened_by, said
from listening_cell.views.spaces import COOKIE

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "chrysalide"


@pytest.fixture
def cell():
    return make_cell()


@pytest.fixture
def pair(cell):
    return make_peer(cell), make_peer(cell, seasoned=False)


@pytest.fixture
def others(cell):
    return make_peer(cell), make_peer(cell, seasoned=False)


def recuse(pair, receipt, cell):
    passing.recuse(**opened_by(pair[0]))


def replace_other(pair, receipt, cell):
    passing.pass_on(**opened_by(pair[1]), leaving={pair[0].pk})


def change_pair(pair, receipt, cell):
    Case.objects.update(replacement_wanted=True)
    returning.change_pair(opened=casework.open_by_receipt(receipt))


def revoke_then_write(pair, receipt, cell):
    keys.revoke(holder=pair[0], actor=cell.referent.pk)
    following.send_message(**opened_by(pair[1]), words="Nous voici.")


def revoke_then_replace(pair, receipt, cell):
    keys.revoke(holder=pair[0], actor=cell.referent.pk)
    passing.pass_on(**opened_by(pair[1]), leaving=set())


def entrust_again(pair, receipt, cell):
    keys.make_key(holder=pair[0], passphrase=PASSPHRASE)
    keys.sign_holder(holder=pair[0], root=cell.root, actor=cell.referent.pk)
    passing.entrust_again(**opened_by(pair[1]))


LEAVING = [recuse, replace_other, change_pair, revoke_then_write, revoke_then_replace, entrust_again]


def blobs():
    """Return every blob of the cases, with the place where it lies."""
    found = []
    for case in Case.objects.all():
        found += [
            (case.request, casework.place("request", case.pk)),
            (case.receipt_key, casework.place("receipt", case.pk)),
        ]
    for purpose, model in (("message", Message), ("note", Note)):
        found += [(row.blob, casework.place(purpose, row.case_id, row.number)) for row in model.objects.all()]
    for row in CaseEnvelope.objects.all():
        found.append((row.keys, casework.place(f"envelope {row.peer_id}", row.case_id)))
    return found


def opens_something(kept, shred):
    """Tell whether one of these private keys opens any blob of the cases, SHRED and all."""
    for private in kept:
        for blob, where in blobs():
            try:
                vault.unseal(blob, private=private, place=where, shred=shred)
            except vault.Unreadable:
                continue
            return True
    return False


def rows():
    models = (Case, CaseEnvelope, Message, Note)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("leave", LEAVING)
def test_the_keys_somebody_kept_open_nothing_any_more_and_whoever_stays_reads_all(cell, pair, others, leave):
    opened, receipt = make_case(*pair, words=WORDS)
    casework.write_message(opened=opened, author=casework.REQUESTER, content=WORDS)
    if leave is not change_pair:  # once there are notes only a peer may pass them on
        interviews.write_interview(**opened_by(pair[0]), content=CONTENT)
    kept = [opened.case_key, opened.note_key, private_of(pair[0]), opened.receipt_public]
    before = (
        casework.read_messages(casework.open_by_receipt(receipt))[:1],
        casework.read_notes(opened_by(pair[1])["opened"]),
    )
    assert opens_something(kept[:1], opened.shred)

    leave(pair, receipt, cell)
    casework.write_message(opened=casework.open_by_receipt(receipt), author=casework.REQUESTER, content="Merci.")
    holders = list(Peer.objects.filter(envelopes__isnull=False))
    interviews.write_interview(**opened_by(holders[0]), content=CONTENT)

    assert not opens_something(kept, opened.shred)
    for peer in holders:
        mine = opened_by(peer)["opened"]
        assert casework.read_request(mine).words == WORDS
        assert (casework.read_messages(mine)[:1], casework.read_notes(mine)[: len(before[1])]) == before
    assert [words for _, words in said(receipt)][-1] == "Merci."
    assert casework.read_request(casework.open_by_receipt(receipt)).words == WORDS


@pytest.mark.parametrize("act", ["message", "note", "close", "reopen"])
def test_nothing_is_written_under_keys_that_a_revoked_peer_has_held(cell, pair, act):
    opened, _ = make_case(*pair)
    interviews.write_interview(**opened_by(pair[1]), content=CONTENT)
    casework.write_note(opened=opened_by(pair[1])["opened"], author=pair[1].pk, content={"kind": closing.COUNTED})
    if act == "reopen":
        closing.close(**opened_by(pair[1]))
    keys.revoke(holder=pair[0], actor=cell.referent.pk)
    mine = opened_by(pair[1])

    {
        "message": lambda: following.send_message(**mine, words=WORDS),
        "note": lambda: interviews.write_interview(**mine, content=CONTENT),
        "close": lambda: closing.close(**mine),
        "reopen": lambda: closing.reopen(**mine),
    }[act]()

    assert not opens_something([opened.case_key, opened.note_key], opened.shred)
    assert len(casework.read_notes(opened_by(pair[1])["opened"])) >= 2


def test_a_pair_of_which_nobody_left_keeps_its_keys(pair):
    opened, _ = make_case(*pair)

    following.send_message(**opened_by(pair[0]), words=WORDS)

    assert opened_by(pair[1])["opened"].case_key == opened.case_key
    assert not CellAudit.objects.filter(action="reseal").exists()


def test_the_keys_are_changed_once_and_not_at_each_word_of_a_peer_left_alone(cell, pair):
    make_case(*pair)
    keys.revoke(holder=pair[0], actor=cell.referent.pk)
    for _ in range(3):
        following.send_message(**opened_by(pair[1]), words=WORDS)

    assert CellAudit.objects.filter(action="reseal").count() == 1


# --- All, or nothing ------------------------------------------------------------------------------


def test_what_cannot_be_sealed_anew_leaves_every_row_as_it_was(cell, pair):
    make_case(*pair, words=WORDS)
    interviews.write_interview(**opened_by(pair[0]), content=CONTENT)
    unsigned = make_peer(cell, signed=False)
    before = rows()

    with pytest.raises(casework.NotVouched):
        casework.rekey(opened=opened_by(pair[0])["opened"], peers=[pair[0], unsigned])

    assert rows() == before
    assert casework.read_request(opened_by(pair[1])["opened"]).words == WORDS


def test_a_peer_left_alone_whose_key_was_swapped_in_the_database_is_sealed_nothing(cell, pair):
    make_case(*pair)
    mine = opened_by(pair[1])
    keys.revoke(holder=pair[0], actor=cell.referent.pk)
    Peer.objects.filter(pk=pair[1].pk).update(public_key=vault.public_of(vault.new_private()))
    before = rows()

    with pytest.raises(Refusal) as refused:
        following.send_message(**mine, words=WORDS)

    assert (refused.value.sentence, rows()) == (passing.NOT_SIGNED.format(name=pair[1].user), before)


@pytest.mark.parametrize("model", [Message, Note])
def test_a_case_of_which_something_was_taken_away_is_given_no_other_keys(pair, others, model):
    make_case(*pair)
    following.send_message(**opened_by(pair[0]), words=WORDS)
    interviews.write_interview(**opened_by(pair[0]), content=CONTENT)
    mine = opened_by(pair[0])
    model.objects.all().delete()
    before = rows()

    with pytest.raises(vault.Unreadable):
        passing.recuse(**mine)

    assert rows() == before


def test_a_word_written_with_former_keys_is_refused_instead_of_lost(pair, others):
    opened, receipt = make_case(*pair)
    requester, peer = casework.open_by_receipt(receipt), opened_by(pair[1])
    passing.recuse(**opened_by(pair[0]))
    before = rows()

    for write in (
        lambda: returning.write(opened=requester, words=WORDS),
        lambda: following.send_message(**peer, words=WORDS),
        lambda: casework.write_note(opened=opened, author=pair[1].pk, content={}),
        lambda: casework.rekey(opened=opened, peers=pair),
    ):
        with pytest.raises(casework.OtherKeys):
            write()

    assert rows() == before


@pytest.mark.parametrize("who", ["requester", "peer"])
def test_what_is_sent_while_the_keys_change_arrives(client, pair, others, meanwhile, who):
    opened, receipt = make_case(*pair)
    following.take_up(**opened_by(pair[1]))
    space = sessions.Space("receipt", "", receipt.encode())
    if who == "peer":
        client.force_login(pair[1].user)
        space = sessions.Space("peer", pair[1].pk, private_of(pair[1]))
    client.cookies[COOKIE] = sessions.open_space(space)
    mine = opened_by(pair[0])
    to = reverse("cell_follow_message") if who == "requester" else reverse("cell_case_message", args=[opened.case.pk])

    meanwhile(lambda: passing.recuse(**mine), lambda: client.post(to, {"words": WORDS}))

    author = casework.REQUESTER if who == "requester" else pair[1].pk
    assert said(receipt)[1:] == [(author, WORDS)]


def test_no_key_nor_word_is_logged_when_keys_change(cell, pair, others, caplog):
    opened, _ = make_case(*pair, words=WORDS)
    caplog.set_level(logging.DEBUG)

    passing.recuse(**opened_by(pair[0]))

    fresh = opened_by(pair[1])["opened"]
    told = caplog.text + repr(fresh) + repr(opened)
    secrets = [opened.case_key, fresh.case_key, fresh.note_key, fresh.receipt_public, fresh.shred]
    assert not [one for one in secrets if one.hex() in told or repr(one) in told or repr(one)[2:-1] in told]
    assert WORDS not in told
    assert files.references() == {opened.case.pk}
