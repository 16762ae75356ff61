"""Keys and blobs: what opens, what does not, and blobs of a first day that must still open."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listening_cell import vault

PLACE = vault.Place("request", "case", "a" * 26)
PRIVATE, OTHER = bytes(range(32)), bytes(range(1, 33))
SHRED = bytes(range(2, 34))
PEPPER = bytes(range(3, 35))
PUBLIC = vault.public_of(PRIVATE)


def sealed(plaintext=b"un mot", place=PLACE, shred=SHRED):
    return vault.seal(plaintext, public=PUBLIC, place=place, shred=shred)


@settings(deadline=None, max_examples=50)
@given(plaintext=st.binary(max_size=3000), number=st.integers(0, 9))
def test_what_is_sealed_opens_again_whole_and_its_size_is_rounded(plaintext, number):
    place = vault.Place("message", "case", "b" * 26, number)

    blob = sealed(plaintext, place)

    assert vault.unseal(blob, private=PRIVATE, place=place, shred=SHRED) == plaintext
    rounded = (4 + len(plaintext) + vault.PAD - 1) // vault.PAD * vault.PAD
    assert len(blob) == len(sealed(b"", place)) - vault.PAD + rounded


@pytest.mark.parametrize(
    "other",
    [
        {"private": OTHER},
        {"shred": OTHER},
        {"shred": None},
        {"place": vault.Place("message", "case", "a" * 26)},
        {"place": vault.Place("request", "slip", "a" * 26)},
        {"place": vault.Place("request", "case", "c" * 26)},
        {"place": vault.Place("request", "case", "a" * 26, 1)},
    ],
    ids=["key", "shred key", "no shred key", "purpose", "table", "case", "number"],
)
def test_a_blob_that_was_moved_or_swapped_does_not_open(other):
    right = {"private": PRIVATE, "place": PLACE, "shred": SHRED}

    with pytest.raises(vault.Unreadable):
        vault.unseal(sealed(), **(right | other))


@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_a_blob_of_which_one_bit_was_changed_does_not_open(data):
    blob = bytearray(sealed())
    place = data.draw(st.integers(0, len(blob) - 1))
    blob[place] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(vault.Unreadable):
        vault.unseal(bytes(blob), private=PRIVATE, place=PLACE, shred=SHRED)


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x02" + b"x" * 200, b"\x01" + b"x" * 2000, b"\x01" + b"x" * 20])
def test_what_is_no_blob_does_not_open(blob):
    for attempt in (
        lambda: vault.unseal(blob, private=PRIVATE, place=PLACE, shred=SHRED),
        lambda: vault.unseal(blob, private=PRIVATE, place=PLACE),
        lambda: vault.unlock(blob, key=PRIVATE, place=PLACE),
        lambda: vault.unwrap(blob, passphrase="x", pepper=PEPPER, place=PLACE),
    ):
        with pytest.raises(vault.Unreadable):
            attempt()


def test_who_holds_the_public_key_cannot_write_in_a_case_without_its_shred_key():
    forged = sealed(b"faux", shred=None)

    with pytest.raises(vault.Unreadable):
        vault.unseal(forged, private=PRIVATE, place=PLACE, shred=SHRED)


def test_a_wrap_opens_by_its_passphrase_its_pepper_and_its_place_alone():
    blob = vault.wrap(PRIVATE, passphrase="tisane lampe", pepper=PEPPER, place=PLACE)
    right = {"passphrase": "tisane lampe", "pepper": PEPPER, "place": PLACE}

    assert vault.unwrap(blob, **right) == PRIVATE
    moved = vault.Place("recovery", "peer", "a" * 26)
    for wrong in ({"passphrase": "tisane lampes"}, {"pepper": OTHER}, {"place": moved}):
        with pytest.raises(vault.Unreadable):
            vault.unwrap(blob, **(right | wrong))


@pytest.mark.parametrize("cost", [(3, vault.MOST_KIB + 1), (11, 8), (0, 8), (1, 0)])
def test_a_wrap_whose_cost_is_beyond_reason_is_refused_at_once(cost):
    blob = vault.wrap(PRIVATE, passphrase="x", pepper=PEPPER, place=PLACE)
    changed = blob[:1] + vault.WRAP_HEAD.pack(*cost) + blob[1 + vault.WRAP_HEAD.size :]

    with pytest.raises(vault.Unreadable):
        vault.unwrap(changed, passphrase="x", pepper=PEPPER, place=PLACE)


def test_the_cost_of_a_passphrase_is_128_mib_and_three_passes():
    source = vault.__loader__.get_source(vault.__name__)

    assert ("PASSES = 3\n" in source, "MEMORY_KIB = 128 * 1024\n" in source) == (True, True)


def test_a_form_always_gives_the_same_receipt_and_its_symbols_are_fair():
    receipts = [vault.receipt_of(PEPPER, str(number)) for number in range(3000)]

    assert vault.receipt_of(PEPPER, "7") == receipts[7]
    assert len(set(receipts)) == 3000
    assert {len(receipt) for receipt in receipts} == {vault.RECEIPT_SYMBOLS}
    counts = [sum(receipt.count(symbol) for receipt in receipts) for symbol in vault.ALPHABET]
    assert max(counts) < 1.2 * 3000 * 16 / 30
    assert min(counts) > 0.8 * 3000 * 16 / 30


def test_a_code_is_understood_however_it_is_typed():
    assert vault.tidied(" abcd-2345 efgh—6789\u202f") == "ABCD2345EFGH6789"
    assert vault.grouped("ABCD2345EFGH6789") == "ABCD 2345 EFGH 6789"
    assert not set(vault.ALPHABET) & set("01ILOU")
    assert len(vault.new_recovery_code()) == 32


def test_looking_up_and_opening_a_case_are_two_different_keys():
    values = {
        vault.look_up_of(PEPPER, "RECEIPT"),
        vault.receipt_private(PEPPER, "RECEIPT"),
        vault.look_up_of(OTHER, "RECEIPT"),
        vault.digest(PEPPER, "cell receipt", "RECEIPT"),
    }
    assert len(values) == 4


def test_root_signs_one_statement_and_no_other():
    verify_key = vault.verify_key_of(PRIVATE)
    signature = vault.sign(PRIVATE, "holder", "peer", "1", b"key")

    assert vault.is_signed(verify_key, signature, "holder", "peer", "1", b"key")
    assert not vault.is_signed(verify_key, signature, "holder", "peer1", "", b"key")
    assert not vault.is_signed(vault.verify_key_of(OTHER), signature, "holder", "peer", "1", b"key")
    assert not vault.is_signed(verify_key, b"short", "holder", "peer", "1", b"key")
    assert not vault.is_signed(b"", signature, "holder", "peer", "1", b"key")


# Made on the first day. A later version must open them: never change these.
FROZEN_PLACE = vault.Place("request", "case", "0123456789abcdef0123456789", 2)
SEALED = (
    "ARf0/lSQn2oEYU7LHg+l2A+5vF81iF4PhEmxqPg8QUdRA0G1QqlyLRbRedznp578ektYKq/J17v+cjV0rAlRPN3hW+dox8EJeg7g"
    "uTITAokLGz6QWrYyrghIYXCvdlVUv5Zs8JCUuwtBV8EkwchgdFFpCcdYqR3jU/cYIAEwD5n89wwarPgUxdVPAqZmZIRxFVcXjKJB"
    "bPaEy0rhbwmtenuNTJgNRwfQCWDr1OtaYYm6c7ZAxwD5c3EtvN4YBwHR"
)
LOCKED = "AXTfWqMP9NHqVtM02ffZWjziAuK9r35krztPwPixgcaKWfED59wenKnYR1PowaehFVE5v2SbGbKT"
WRAPPED = "AQEAAAAI796RMn66M/L9RWfGgB5h5wGBxc/byKVA780AHmMIu6FLB8QAUE2AuDiISOny+k/8Vm7Jb1oaWHlzeZAEnbBdX0u0bQJHPXfBqw=="
RECEIPT = "DKW69QEM4BNAC3KD"
LOOKUP = "d695e434a207455966275b3a0aef13f8825c992ce6133b2b6fbcb8831a180641"
SIGN = (
    "aabd87f42f86caa48f9841bd64313c1e12fce7b97f55e5cedf1110f303525d74d1c848d1473f750b23117b1d61bee126ed59"
    "5788c504d976519493a4c4035c0d"
)


def test_blobs_of_the_first_day_still_open():
    sealed, locked, wrapped = (base64.b64decode(blob) for blob in (SEALED, LOCKED, WRAPPED))

    opened = [
        vault.unseal(sealed, private=PRIVATE, place=FROZEN_PLACE, shred=SHRED),
        vault.unlock(locked, key=SHRED, place=FROZEN_PLACE),
        vault.unwrap(wrapped, passphrase="tisane lampe", pepper=PEPPER, place=FROZEN_PLACE),
    ]

    assert opened == [b"Premier jour"] * 3
    assert vault.receipt_of(PEPPER, "nonce") == RECEIPT
    assert vault.look_up_of(PEPPER, "ABCD").hex() == LOOKUP
    assert vault.sign(PRIVATE, "a", b"b", 3).hex() == SIGN
