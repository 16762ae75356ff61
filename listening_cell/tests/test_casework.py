"""A case: who opens it, what does not open, and what is left once it is forgotten."""

import pytest
from django.core.serializers import serialize

from listening_cell import vault
from listening_cell.models import Case, CaseEnvelope, CellAudit, Message, Note
from listening_cell.services import casework, files
from listening_cell.tests.factories import make_case, make_cell, make_peer, private_of

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "chrysalide"


@pytest.fixture
def cell():
    return make_cell()


@pytest.fixture
def pair(cell):
    return make_peer(cell), make_peer(cell, seasoned=False)


def opened_by(peer):
    return casework.open_envelope(peer.envelopes.select_related("case").get(), private_of(peer))


def test_the_pair_and_the_receipt_open_a_case_and_notes_are_the_pairs_alone(pair):
    _, receipt = make_case(*pair, words=WORDS, excluded=("x",))
    requester, peers = casework.open_by_receipt(receipt), [opened_by(peer) for peer in pair]
    casework.write_message(opened=requester, author="requester", content="Bonjour")
    casework.write_note(opened=peers[0], author=pair[0].pk, content={"themes": ["surcharge"]})

    requests = [casework.read_request(opened) for opened in (requester, *peers)]
    assert {(request.words, request.excluded) for request in requests} == {(WORDS, ("x",))}
    again = [opened_by(peer) for peer in pair]
    assert [[m.content for m in casework.read_messages(one)] for one in again] == [["Bonjour"]] * 2
    assert [[n.content for n in casework.read_notes(one)] for one in again] == [[{"themes": ["surcharge"]}]] * 2
    assert requester.note_key is None
    assert casework.open_by_receipt(receipt[::-1]) is None


def test_another_peer_opens_nothing(cell, pair):
    make_case(*pair)
    stranger = make_peer(cell)

    for envelope in CaseEnvelope.objects.select_related("case"):
        with pytest.raises(vault.Unreadable):
            casework.open_envelope(envelope, private_of(stranger))


def test_an_envelope_moved_to_another_case_or_peer_does_not_open(pair):
    first, _ = make_case(*pair)
    second, _ = make_case(*pair)
    mine, theirs = (first.case.envelopes.get(peer=peer) for peer in pair)
    elsewhere = second.case.envelopes.get(peer=pair[0])

    for blob in (elsewhere.keys, theirs.keys):
        mine.keys = blob
        with pytest.raises(vault.Unreadable):
            casework.open_envelope(mine, private_of(pair[0]))


def test_notes_reordered_rolled_back_or_cut_off_are_refused(pair):
    make_case(*pair)
    for number in range(3):
        casework.write_note(opened=opened_by(pair[0]), author=pair[0].pk, content=number)
    first, second, last = Note.objects.order_by("number")

    def refused():
        try:
            casework.read_notes(opened_by(pair[0]))
        except vault.Unreadable:
            return True
        return False

    Note.objects.filter(pk=first.pk).update(blob=second.blob)
    swapped = refused()
    Note.objects.filter(pk=first.pk).update(blob=first.blob)
    whole = refused()
    last.delete()
    Case.objects.update(notes=2)
    assert (swapped, whole, refused()) == (True, False, True)


@pytest.mark.parametrize("also_the_count", [False, True])
def test_messages_cut_off_at_the_end_are_missed_by_the_pair_and_by_the_requester(pair, also_the_count):
    opened, receipt = make_case(*pair)
    for number in range(3):
        casework.write_message(opened=opened, author="requester", content=number)
    Message.objects.filter(number=3).delete()
    if also_the_count:
        Case.objects.update(messages=2)

    for reader in (casework.open_by_receipt(receipt), opened_by(pair[0])):
        with pytest.raises(vault.Unreadable):
            casework.read_messages(reader)


def test_the_counts_of_messages_lie_in_one_file_and_go_with_their_case(pair):
    cases = [make_case(*pair)[0] for _ in range(2)]
    for opened in cases:
        casework.write_message(opened=opened, author="requester", content=WORDS)
    before = files.message_counts()

    casework.shred_case(case=cases[0].case)

    assert before == {opened.case.pk: 1 for opened in cases}
    assert files.message_counts() == {cases[1].case.pk: 1}
    assert not [path for path in files.folder().iterdir() if path.suffix not in {".shred", ".json"}]


def test_a_message_sealed_by_who_lacks_the_shred_key_is_refused(pair):
    opened, receipt = make_case(*pair)
    public = vault.public_of(opened.case_key)
    forged = vault.seal(b"{}", public=public, place=casework.place("message", opened.case.reference, 1))
    Case.objects.update(messages=1)
    Message.objects.create(case=opened.case, number=1, blob=forged)

    with pytest.raises(vault.Unreadable):
        casework.read_messages(casework.open_by_receipt(receipt))


def test_a_forgotten_case_does_not_open_from_a_backup(pair):
    opened, receipt = make_case(*pair, words=WORDS)
    casework.write_message(opened=opened, author="requester", content=WORDS)
    models = (Case, CaseEnvelope, Message)
    backup = [row for model in models for row in model.objects.all()]

    casework.shred_case(case=opened.case)
    left = [model.objects.count() for model in models]
    for row in backup:
        row.save(force_insert=True)

    assert left == [0, 0, 0]
    assert casework.open_by_receipt(receipt) is None
    with pytest.raises(vault.Unreadable):
        opened_by(pair[0])
    assert files.references() == set()


def test_rows_hold_no_word_no_day_and_no_account(pair):
    opened, _ = make_case(*pair, words=WORDS, name=WORDS, reach=WORDS)
    casework.write_message(opened=opened, author="requester", content=WORDS)
    rows = serialize("json", [*Case.objects.all(), *CaseEnvelope.objects.all(), *Message.objects.all()])

    case = Case.objects.get()
    assert WORDS not in rows
    assert (case.week.weekday(), case.last_week.weekday()) == (0, 0)
    assert {field.related_model.__name__ for field in CaseEnvelope._meta.fields if field.related_model} == {
        "Case",
        "Peer",
    }


def test_the_tag_of_a_forgotten_case_means_nothing_any_more(pair):
    opened, _ = make_case(*pair)
    casework.shred_case(case=opened.case)

    tag = CellAudit.objects.get(action="shred").case_tag
    assert len(tag) == 32
    assert opened.case.reference not in tag
    with pytest.raises(vault.Unreadable):
        files.shred_of(opened.case.reference)
