"""Coming back with a receipt: what a code opens, how often one may guess, what the requester may change."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from cafe.errors import Refusal
from cafe.models import Hit
from listening_cell import vault
from listening_cell.enums import AuditAction, CaseState
from listening_cell.models import Case, CaseEnvelope, CellAudit, CellSession, Message, Note, Peer, Reservation, Slot
from listening_cell.services import booking, casework, files, following, keys, returning
from listening_cell.services.casework import REQUESTER
from listening_cell.tests.factories import make_case, make_cell, make_peer, make_slot, private_of
from members.enums import Profession

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = "ZZZZ ZZZZ ZZZZ ZZZZ"
SENTENCE = "Je n’en peux plus de ce cabinet."


@pytest.fixture
def cell():
    return make_cell()


@pytest.fixture
def pair(cell):
    return [make_peer(cell), make_peer(cell, seasoned=False)]


@pytest.fixture
def others(cell):
    return [make_peer(cell), make_peer(cell, seasoned=False)]


@pytest.fixture
def lot(monkeypatch):
    """Nothing is left out by the lot of the day: these tests know their hours."""
    monkeypatch.setattr(returning.matching, "LEFT_OUT_ONE_IN", 1 << 300)


def hours(peers, *days):
    """Open the same hours to these peers, and return when they begin."""
    opened = [[make_slot(peer, days=count) for peer in peers] for count in days]
    return [slots[0].starts_at for slots in opened]


def booked(peers, *, days=3, **request):
    """Make a case whose talk is in so many days; return (Opened by the requester, its talk)."""
    (at,) = hours(peers, days)
    opened, receipt = make_case(*peers, **request)
    booking.hold(case=opened.case, peers=peers, starts_at=at)
    return casework.open_by_receipt(receipt), at


def come(code, address="192.0.2.1"):
    """Return the receipt that a code gives, or the sentence it meets."""
    try:
        return returning.come_back(code=code, address=address)
    except Refusal as refusal:
        return refusal.sentence


def said(opened):
    return [(one.author, one.content) for one in casework.read_messages(reopened(opened))]


def reopened(opened):
    """Return the same Opened with the case as the database has it now."""
    return replace(opened, case=Case.objects.get(pk=opened.case.pk))


def held(case):
    return sorted(Reservation.objects.filter(case=case).values_list("slot__peer_id", "slot__starts_at"))


def held_by(peers, at):
    return sorted((peer.pk, at) for peer in peers)


# --- Coming back ----------------------------------------------------------------------------------


def test_receipt_guessing_limited(pair, time_machine):
    time_machine.move_to("2026-03-02T10:00:00+01:00", tick=False)
    _, receipt = make_case(*pair)

    failures = [come(NOBODY) for _ in range(5)]

    assert failures == [returning.UNKNOWN] * 5
    assert (come(NOBODY), come(receipt)) == (returning.TOO_MANY, returning.TOO_MANY)
    assert come(receipt, address="192.0.2.2") == receipt
    time_machine.move_to("2026-03-02T10:15:00+01:00", tick=False)
    assert (come(receipt), come(NOBODY)) == (receipt, returning.UNKNOWN)


def test_guessing_from_many_addresses_is_limited_too(pair, monkeypatch, time_machine):
    time_machine.move_to("2026-03-02T10:00:00+01:00", tick=False)
    monkeypatch.setattr(returning, "ALL_FAILURES", 8)
    _, receipt = make_case(*pair)

    seen = [come(NOBODY, address=f"192.0.2.{n}") for n in range(10)]

    assert seen == [returning.UNKNOWN] * 8 + [returning.TOO_MANY] * 2
    assert come(receipt, address="192.0.2.99") == returning.TOO_MANY


def test_once_limited_nothing_is_looked_up_and_nothing_more_is_counted(pair, django_assert_num_queries):
    _, receipt = make_case(*pair)
    for _ in range(5):
        come(NOBODY)
    before = list(Hit.objects.order_by("key").values_list("key", "count"))

    with django_assert_num_queries(1) as right:
        come(receipt)
    with django_assert_num_queries(1) as wrong:
        come(NOBODY)

    assert [query["sql"] for query in right] == [query["sql"] for query in wrong]
    assert list(Hit.objects.order_by("key").values_list("key", "count")) == before


def test_a_right_code_counts_nothing_whatever_was_missed_before(pair):
    _, receipt = make_case(*pair)

    assert [come(receipt) for _ in range(20)] == [receipt] * 20
    assert not Hit.objects.exists()
    come(NOBODY)
    before = list(Hit.objects.values_list("key", "count"))
    assert (come(receipt), list(Hit.objects.values_list("key", "count"))) == (receipt, before)


def test_what_is_counted_names_neither_the_address_nor_the_code():
    come(NOBODY, address="192.0.2.77")

    kept = str(list(Hit.objects.values()))
    assert [word in kept for word in ("192.0.2.77", "return", vault.tidied(NOBODY))] == [False] * 3
    assert Hit.objects.count() == 2


@pytest.mark.parametrize("change", ["lower", "spaced", "hyphens"])
def test_a_code_is_read_as_people_write_it(pair, change):
    _, receipt = make_case(*pair)
    written = {
        "lower": receipt.lower(),
        "spaced": f"  {vault.grouped(receipt)} ",
        "hyphens": vault.grouped(receipt).replace(" ", "‑"),
    }

    assert come(written[change]) == receipt


def test_a_forgotten_case_and_one_that_never_was_get_the_same_sentence(pair):
    shredded, gone = make_case(*pair), make_case(*pair)
    returning.forget(opened=gone[0])
    files.destroy(shredded[0].case.reference)

    assert [come(code) for code in (shredded[1], gone[1], NOBODY, "é" * 16, "\u202e", "x")] == [
        *[returning.UNKNOWN] * 5,
        returning.TOO_MANY,
    ]


# --- What is read ---------------------------------------------------------------------------------


def test_the_requester_reads_pair_date_and_messages_and_writes_nothing_by_it(pair):
    opened, at = booked(pair)
    casework.write_message(opened=opened, author=pair[0].pk, content="Bonjour.")
    before = list(CaseEnvelope.objects.order_by("pk").values()), list(Case.objects.values())

    followed = returning.follow(opened)

    assert (followed.starts_at, followed.began, followed.talked, followed.lacks_pair) == (at, False, False, False)
    assert sorted(peer.pk for peer in followed.pair) == sorted(peer.pk for peer in pair)
    assert [(one.author, one.content) for one in followed.messages] == [(pair[0].pk, "Bonjour.")]
    assert (list(CaseEnvelope.objects.order_by("pk").values()), list(Case.objects.values())) == before


def test_one_is_told_by_which_day_to_come_back(pair, time_machine):
    time_machine.move_to("2026-03-05T10:00:00+01:00", tick=False)  # a Thursday
    with_date, at = booked(pair)
    opened, receipt = make_case(*pair)

    assert returning.come_back_by(returning.follow(with_date)) == timezone.localdate(at)
    assert str(returning.come_back_by(returning.follow(opened))) == "2026-03-10"
    returning.write(opened=opened, words="Bonjour.")
    time_machine.move_to("2026-03-20T10:00:00+01:00", tick=False)
    waiting = casework.open_by_receipt(receipt)
    assert str(returning.come_back_by(returning.follow(waiting))) == "2026-03-21"
    casework.write_message(opened=waiting, author=pair[0].pk, content="Bonjour.")
    assert returning.come_back_by(returning.follow(waiting)) is None


def test_the_dates_offered_are_the_pairs_own_and_the_lot_leaves_some_out(pair, cell, monkeypatch):
    common = hours(pair, *range(2, 12))
    make_slot(pair[0], days=20)
    hours([make_peer(cell)], 13)
    monkeypatch.setattr(returning.matching, "is_left_out", lambda slot, seed: slot in common[::2])

    assert returning.dates(pair) == common[1::2]
    monkeypatch.setattr(returning.matching, "is_left_out", lambda slot, seed: True)
    assert returning.dates(pair) == common[:1]
    assert returning.dates(pair[:1]) == []


# --- Date -----------------------------------------------------------------------------------------


def test_moving_keeps_the_pair_frees_the_old_hour_and_tells_the_pair(pair, lot):
    opened, at = booked(pair)
    (other,) = hours(pair, 5)

    returning.set_date(opened=opened, starts_at=other)

    assert held(opened.case) == held_by(pair, other)
    assert said(opened) == [
        (REQUESTER, f"J’ai déplacé l’entretien du {following.said(at)} au {following.said(other)}.")
    ]
    assert returning.dates(pair) == [at]


def test_another_talk_is_asked_for_once_one_has_taken_place(pair, lot):
    opened, at = booked(pair)
    after = at + timedelta(hours=2)
    (other,) = hours(pair, 9)

    returning.set_date(opened=opened, starts_at=other, now=after)

    assert held(opened.case) == sorted(held_by(pair, at) + held_by(pair, other))
    assert returning.follow(reopened(opened), after).talked
    assert said(opened) == [(REQUESTER, f"J’ai choisi une date pour l’entretien : {following.said(other)}.")]


def test_an_hour_taken_meanwhile_moves_nothing_and_shows_others(pair, lot):
    opened, at = booked(pair)
    near = hours(pair, 4, 5, 6, 7)
    taken = near.pop(1)
    booking.hold(case=make_case(*pair)[0].case, peers=pair, starts_at=taken)

    with pytest.raises(booking.SlotTaken) as refusal:
        returning.set_date(opened=opened, starts_at=taken)

    assert (refusal.value.sentence, refusal.value.near) == (booking.TAKEN, near)
    assert (held(opened.case), said(opened)) == (held_by(pair, at), [])


def test_an_hour_that_was_not_offered_cannot_be_had(pair, cell, monkeypatch):
    opened, at = booked(pair)
    left_out, shown = hours(pair, 5, 6)
    (alone,) = hours(pair[:1], 7)
    monkeypatch.setattr(returning.matching, "is_left_out", lambda slot, seed: slot == left_out)

    for hour in (left_out, alone, shown + timedelta(minutes=30)):
        with pytest.raises(booking.SlotTaken):
            returning.set_date(opened=opened, starts_at=hour)

    assert held(opened.case) == held_by(pair, at)


def test_choosing_the_hour_one_already_has_changes_nothing(pair):
    opened, at = booked(pair)

    returning.set_date(opened=opened, starts_at=at)

    assert (held(opened.case), said(opened)) == (held_by(pair, at), [])


def test_cancelling_frees_the_hour_keeps_the_case_and_tells_the_pair_why(pair, lot):
    opened, at = booked(pair)

    returning.cancel(opened=opened, words="Je suis souffrant.")

    assert (held(opened.case), returning.dates(pair)) == ([], [at])
    assert said(opened) == [(REQUESTER, f"J’annule l’entretien du {following.said(at)}.\n\nJe suis souffrant.")]
    with pytest.raises(Refusal, match=returning.NO_TALK):
        returning.cancel(opened=opened)


def test_a_talk_that_has_begun_is_not_cancelled(pair):
    opened, at = booked(pair)

    with pytest.raises(Refusal, match=returning.NO_TALK):
        returning.cancel(opened=opened, now=at + timedelta(minutes=5))

    assert held(opened.case) == held_by(pair, at)


# --- Messages -------------------------------------------------------------------------------------


def test_a_message_sent_twice_in_a_row_is_kept_once_and_both_sides_read_it(pair):
    opened, _ = make_case(*pair)

    for words in (SENTENCE, SENTENCE, "Merci.", SENTENCE):
        returning.write(opened=opened, words=words)

    assert said(opened) == [(REQUESTER, SENTENCE), (REQUESTER, "Merci."), (REQUESTER, SENTENCE)]
    envelope = CaseEnvelope.objects.select_related("case").get(peer=pair[0])
    theirs = casework.open_envelope(envelope, private_of(pair[0]))
    assert [one.content for one in casework.read_messages(theirs)] == [SENTENCE, "Merci.", SENTENCE]
    assert SENTENCE.encode() not in b"".join(bytes(blob) for blob in Message.objects.values_list("blob", flat=True))


def test_a_case_takes_no_message_without_end(pair, monkeypatch):
    monkeypatch.setattr(returning, "MOST_MESSAGES", 2)
    opened, _ = make_case(*pair)

    with pytest.raises(Refusal, match=returning.FULL):
        for words in "abc":
            returning.write(opened=opened, words=words)

    assert len(said(opened)) == 2


def test_a_closed_case_is_read_and_forgotten_but_not_changed(pair, lot):
    opened, _ = booked(pair)
    (other,) = hours(pair, 5)
    Case.objects.update(state=CaseState.CLOSED)
    moves = [
        lambda: returning.write(opened=opened, words="a"),
        lambda: returning.set_date(opened=opened, starts_at=other),
        lambda: returning.change_pair(opened=opened),
    ]

    for move in moves:
        with pytest.raises(Refusal, match="Ce suivi est terminé"):
            move()

    assert (said(opened), returning.follow(reopened(opened)).is_open) == ([], False)
    returning.forget(opened=opened)
    assert not Case.objects.exists()


# --- Another pair ---------------------------------------------------------------------------------


def unanswered(peers, **request):
    """Make a case whose pair did not answer; return it as its requester opens it."""
    opened, receipt = make_case(*peers, **request)
    Case.objects.filter(pk=opened.case.pk).update(replacement_wanted=True)
    return casework.open_by_receipt(receipt)


def test_a_case_nobody_answers_is_sealed_to_two_other_peers_alone(pair, others, lot):
    opened = unanswered(pair, words=SENTENCE)
    returning.write(opened=opened, words="Bonjour.")
    before = private_of(pair[0])
    old = CaseEnvelope.objects.select_related("case").get(peer=pair[0])

    peers = returning.change_pair(opened=opened)

    assert {peer.pk for peer in peers} == {peer.pk for peer in others}
    case = Case.objects.get()
    assert (case.replacement_wanted, case.state) == (False, CaseState.ASKED)
    assert {envelope.peer_id for envelope in case.envelopes.all()} == {peer.pk for peer in others}
    opened_now = [
        casework.open_envelope(envelope, private_of(envelope.peer))
        for envelope in case.envelopes.select_related("case", "peer")
    ]
    assert [casework.read_request(one).words for one in opened_now] == [SENTENCE] * 2
    assert [[message.content for message in casework.read_messages(one)] for one in opened_now] == [["Bonjour."]] * 2
    assert opened_now[0].note_key == opened_now[1].note_key
    assert opened_now[0].note_key != casework.open_envelope(old, before).note_key
    casework.write_note(opened=opened_now[0], author=others[0].pk, content={"kind": "x"})
    assert len(casework.read_notes(reopened(opened_now[1]))) == 1


def test_nobody_who_was_left_out_or_was_of_the_pair_is_ever_chosen(cell, pair, others):
    opened = unanswered(pair, excluded=(others[0].pk,))
    third = make_peer(cell)

    with pytest.raises(Refusal, match=returning.NOBODY_ELSE):
        returning.change_pair(opened=opened, excluded=[third.pk])
    peers = returning.change_pair(opened=opened)

    assert {peer.pk for peer in peers} == {third.pk, others[1].pk}
    envelope = CaseEnvelope.objects.select_related("case").get(peer=third)
    out = casework.read_request(casework.open_envelope(envelope, private_of(third))).excluded
    assert set(out) == {others[0].pk, *(peer.pk for peer in pair)}


def test_a_refusal_leaves_pair_hour_and_keys_as_they_were(pair):
    opened, at = booked(pair)
    Case.objects.update(replacement_wanted=True)
    before = list(CaseEnvelope.objects.order_by("pk").values())

    with pytest.raises(Refusal, match=returning.NOBODY_ELSE):
        returning.change_pair(opened=opened)

    assert (list(CaseEnvelope.objects.order_by("pk").values()), held(opened.case)) == (before, held_by(pair, at))


def test_the_new_pair_holds_the_hour_that_was_chosen_with_it(pair, others, lot):
    opened, at = booked(pair)
    Case.objects.update(replacement_wanted=True)
    (other,) = hours(others, 6)

    with pytest.raises(booking.SlotTaken) as refusal:
        returning.change_pair(opened=opened, starts_at=other + timedelta(days=1))
    assert (refusal.value.near, held(opened.case)) == ([other], held_by(pair, at))
    returning.change_pair(opened=opened, starts_at=other)

    assert held(opened.case) == held_by(others, other)
    assert Case.objects.get().last_week >= timezone.localdate(other) - timedelta(days=6)


@pytest.mark.parametrize("forged", [False, True])
def test_a_key_that_root_did_not_sign_receives_nothing(cell, pair, others, forged):
    opened = unanswered(pair)
    changes = {"public_key": vault.public_of(vault.new_private())} if forged else {"state": "unsigned"}
    Peer.objects.filter(pk=others[0].pk).update(**changes)

    with pytest.raises(Refusal, match=returning.NOBODY_ELSE):
        returning.change_pair(opened=opened)
    with pytest.raises(vault.Unreadable):
        casework.add_envelope(
            opened=replace(opened, note_key=vault.new_private()), peer=Peer.objects.get(pk=others[0].pk)
        )

    third = make_peer(cell)
    assert {peer.pk for peer in returning.change_pair(opened=opened)} == {third.pk, others[1].pk}


def test_the_pair_may_be_changed_once_somebody_has_left_it_and_not_before(cell, pair, others):
    opened, _ = make_case(*pair)

    with pytest.raises(Refusal, match=returning.STILL_THERE):
        returning.change_pair(opened=opened)
    keys.revoke(holder=pair[0], actor=cell.referent.pk)

    assert returning.follow(opened).lacks_pair
    assert {peer.pk for peer in returning.change_pair(opened=opened)} == {peer.pk for peer in others}


def test_notes_stay_with_whoever_can_still_open_them(pair, others):
    opened, receipt = make_case(*pair)
    casework.write_note(opened=opened, author=pair[0].pk, content={"kind": "x"})
    Case.objects.update(replacement_wanted=True, notes=0)  # the file says otherwise
    Note.objects.all().delete()

    with pytest.raises(Refusal, match="que seuls ces pairs peuvent transmettre"):
        returning.change_pair(opened=casework.open_by_receipt(receipt))

    assert {envelope.peer_id for envelope in CaseEnvelope.objects.all()} == {peer.pk for peer in pair}


def test_notes_nobody_can_open_any_more_do_not_keep_the_requester_from_another_pair(cell, pair, others):
    opened, receipt = make_case(*pair)
    casework.write_note(opened=opened, author=pair[0].pk, content={"kind": "x"})
    for peer in pair:
        keys.revoke(holder=peer, actor=cell.referent.pk)
    theirs = casework.open_by_receipt(receipt)

    assert returning.follow(theirs).notes_lost
    returning.change_pair(opened=theirs)

    envelope = CaseEnvelope.objects.select_related("case").get(peer=others[0])
    assert casework.read_notes(casework.open_envelope(envelope, private_of(others[0]))) == []


def test_changing_the_pair_is_kept_in_the_chain_without_saying_who(pair, others):
    opened = unanswered(pair)

    returning.change_pair(opened=opened)

    link = CellAudit.objects.latest("seq")
    assert (link.action, link.actor) == (AuditAction.RESEAL, "")


def test_the_page_proposes_the_other_peers_and_hours_of_another_pair(cell, pair, others):
    hours(pair, 4)
    mine = hours(others, 6)
    out = make_peer(cell, profession=Profession.MIDWIFE)
    opened = unanswered(pair, excluded=(out.pk,))
    followed = returning.follow(opened)

    other = returning.other_pairs(followed)

    assert ({peer.pk for peer in other.peers}, other.slots) == ({peer.pk for peer in others}, mine)
    assert (other.possible, returning.other_pairs(followed, [others[0].pk]).possible) == (True, False)


# --- Forgetting -----------------------------------------------------------------------------------


def test_withdrawing_destroys_the_key_the_rows_and_frees_the_hours(pair, lot):
    opened, at = booked(pair)
    casework.write_message(opened=opened, author=REQUESTER, content=SENTENCE)

    returning.forget(opened=opened)

    left = [model.objects.count() for model in (Case, CaseEnvelope, Message, Note, Reservation)]
    assert (left, files.references(), Slot.objects.count()) == ([0] * 5, set(), 2)
    assert returning.dates(pair) == [at]
    assert CellAudit.objects.latest("seq").action == AuditAction.SHRED
    with pytest.raises(Refusal, match=returning.GONE):
        returning.write(opened=opened, words="a")


def test_nothing_the_requester_does_opens_a_session_or_counts_a_try(pair, lot):
    opened, _ = booked(pair)
    hours(pair, 5)

    returning.follow(opened)
    returning.write(opened=opened, words=SENTENCE)
    returning.cancel(opened=opened)
    returning.forget(opened=opened)

    assert (CellSession.objects.count(), Hit.objects.count()) == (0, 0)
