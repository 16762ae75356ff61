"""Handing a case over: to whom it may go, what becomes of the talk, what the requester reads, what nobody can do."""

import pytest
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell import vault
from listening_cell.enums import AuditAction
from listening_cell.models import Case, CaseEnvelope, CellAudit, Reservation
from listening_cell.services import booking, casework, following, interviews, keys, passing, returning
from listening_cell.tests.factories import PASSPHRASE, make_case, make_cell, make_peer, make_slot, private_of
from listening_cell.tests.test_following import CONTENT, opened_by, said, slots_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cell():
    return make_cell()


@pytest.fixture
def pair(cell):
    return make_peer(cell), make_peer(cell, seasoned=False)


def holders():
    return set(CaseEnvelope.objects.values_list("peer", flat=True))


def actions():
    return list(CellAudit.objects.filter(action__in=["reseal", "recuse"]).values_list("action", "actor"))


def test_who_recuses_hands_the_case_to_somebody_else_and_opens_it_no_more(cell, pair):
    _, receipt = make_case(*pair, words="chrysalide")
    (other,) = newcomers = [make_peer(cell)]
    mine = opened_by(pair[0])

    assert passing.recuse(**mine) == newcomers

    assert holders() == {pair[1].pk, other.pk}
    assert casework.read_request(opened_by(other)["opened"]).words == "chrysalide"
    assert actions() == [(AuditAction.RESEAL, pair[0].pk), (AuditAction.RECUSE, pair[0].pk)]
    sentence = "Votre binôme a changé\u00a0: Camille et Camille vous reçoivent désormais."
    assert said(receipt) == [(casework.CELL, sentence)]
    fresh = CaseEnvelope.objects.get(peer=other)
    assert (fresh.opened, fresh.rounds, fresh.read_up_to) == (False, 0, 0)
    with pytest.raises(following.Gone):
        following.take_up(**mine)


def test_nobody_the_requester_excluded_ever_takes_over(cell, pair):
    excluded = make_peer(cell)
    make_case(*pair, excluded=(excluded.pk,))

    with pytest.raises(Refusal) as refused:
        passing.recuse(**opened_by(pair[0]))

    assert refused.value.sentence == passing.NOBODY
    assert (holders(), actions()) == ({peer.pk for peer in pair}, [])


def test_who_left_a_case_is_never_given_it_back(cell, pair):
    make_case(*pair)
    third = make_peer(cell)
    passing.recuse(**opened_by(pair[0]))

    with pytest.raises(Refusal):
        passing.pass_on(**opened_by(third), leaving={third.pk})

    assert holders() == {pair[1].pk, third.pk}
    assert casework.read_request(opened_by(third)["opened"]).excluded == (pair[0].pk,)


def test_once_handed_over_the_requester_may_still_change_pair_and_meets_nobody_who_was_of_it(cell, pair):
    _, receipt = make_case(*pair)
    third = make_peer(cell)
    passing.recuse(**opened_by(pair[0]))
    others = {make_peer(cell).pk, make_peer(cell).pk}
    Case.objects.update(replacement_wanted=True)

    chosen = returning.change_pair(opened=casework.open_by_receipt(receipt))

    assert {peer.pk for peer in chosen} == others == holders()
    out = casework.read_request(casework.open_by_receipt(receipt)).excluded
    assert set(out) == {pair[0].pk, pair[1].pk, third.pk}


def test_a_pair_always_keeps_a_seasoned_peer(cell, pair):
    make_case(*pair)
    make_peer(cell, seasoned=False)

    with pytest.raises(Refusal):
        passing.recuse(**opened_by(pair[0]))
    assert holders() == {peer.pk for peer in pair}


def test_the_hour_is_kept_by_a_replacement_who_is_free_then_and_given_back_by_who_leaves(cell, pair):
    opened, receipt = make_case(*pair)
    (at,) = slots_of(pair, 3)
    booking.hold(case=opened.case, peers=pair, starts_at=at)
    make_peer(cell)
    free = make_peer(cell)
    make_slot(free, days=3)

    passing.recuse(**opened_by(pair[0]))

    held = {row.slot.peer_id for row in Reservation.objects.select_related("slot")}
    assert held == {pair[1].pk, free.pk} == holders()
    assert booking.read_board().free == {at: frozenset({pair[0].pk})}
    assert said(receipt)[-1][1].endswith(passing.SAME_HOUR)


def test_where_no_replacement_is_free_at_that_hour_the_talk_is_given_back_and_the_requester_told(cell, pair):
    opened, receipt = make_case(*pair)
    (at,) = slots_of(pair, 3)
    booking.hold(case=opened.case, peers=pair, starts_at=at)
    other = make_peer(cell)

    passing.recuse(**opened_by(pair[0]))

    assert holders() == {pair[1].pk, other.pk}
    assert booking.read_board().free == {at: frozenset(peer.pk for peer in pair)}
    assert said(receipt)[-1][1].endswith(passing.OTHER_HOUR)


def test_a_past_talk_stays_with_the_case(cell, pair, time_machine):
    opened, _ = make_case(*pair)
    (at,) = slots_of(pair, 3)
    booking.hold(case=opened.case, peers=pair, starts_at=at)
    make_peer(cell)
    time_machine.move_to(at)

    passing.recuse(**opened_by(pair[0]))

    assert Reservation.objects.count() == 2


def test_one_peer_hands_over_the_place_of_the_other_who_cannot(cell, pair):
    make_case(*pair)
    third = make_peer(cell, seasoned=False)
    interviews.write_interview(**opened_by(pair[0]), content=CONTENT)

    passing.pass_on(**opened_by(pair[0]), leaving={pair[1].pk})

    assert holders() == {pair[0].pk, third.pk}
    assert [note.content["kind"] for note in casework.read_notes(opened_by(third)["opened"])] == ["interview"]


def test_both_hand_over_to_two_others(cell, pair):
    opened, _ = make_case(*pair)
    (at,) = slots_of(pair, 3)
    booking.hold(case=opened.case, peers=pair, starts_at=at)
    others = [make_peer(cell), make_peer(cell, seasoned=False)]
    slots_of(others, 3)

    passing.pass_on(**opened_by(pair[1]), leaving={peer.pk for peer in pair})

    assert holders() == {peer.pk for peer in others}
    assert {row.slot.peer_id for row in Reservation.objects.select_related("slot")} == holders()


@pytest.mark.parametrize("also_me", [False, True])
def test_an_empty_place_is_filled_by_who_is_left(cell, pair, also_me):
    make_case(*pair)
    keys.revoke(holder=pair[1], actor=cell.referent.pk)
    others = {make_peer(cell).pk, make_peer(cell).pk}

    passing.pass_on(**opened_by(pair[0]), leaving={pair[0].pk} if also_me else set())

    assert len(holders()) == 2
    assert holders() <= others if also_me else holders() & others and pair[0].pk in holders()


def test_a_whole_pair_of_which_nobody_leaves_is_not_changed(cell, pair):
    make_case(*pair)
    stranger = make_peer(cell)

    with pytest.raises(Refusal) as refused:
        passing.pass_on(**opened_by(pair[0]), leaving={stranger.pk})
    assert refused.value.sentence == passing.WHO


def test_a_peer_whose_key_is_not_recognised_is_named_before_anything_is_sealed(cell, pair):
    make_case(*pair)
    make_peer(cell)
    pair[1].signature = b""
    pair[1].save()

    with pytest.raises(Refusal) as refused:
        passing.recuse(**opened_by(pair[0]))

    assert refused.value.sentence == passing.NOT_SIGNED.format(name=pair[1].user)
    assert holders() == {peer.pk for peer in pair}


def test_an_hour_that_goes_meanwhile_gives_the_whole_talk_back(cell, pair):
    opened, _ = make_case(*pair)
    (at,) = slots_of(pair, 3)
    booking.hold(case=opened.case, peers=pair, starts_at=at)
    without_that_hour = make_peer(cell)

    kept = passing.give_hours(opened.case, [pair[1]], [without_that_hour], at, timezone.now())

    assert (kept, Reservation.objects.count()) == (False, 0)


def test_a_replacement_that_was_asked_for_is_no_longer_once_done(cell, pair):
    make_case(*pair)
    Case.objects.update(replacement_wanted=True)
    make_peer(cell, seasoned=False)

    passing.pass_on(**opened_by(pair[0]), leaving={pair[1].pk})

    assert Case.objects.get().replacement_wanted is False


def test_the_others_are_mailed_at_once_and_the_mail_says_nothing(cell, pair, outbox):
    make_case(*pair, words="chrysalide")
    other = make_peer(cell)

    passing.recuse(**opened_by(pair[0]))

    mails = [(row.to, row.subject) for row in outbox.rows]
    assert {to for to, _ in mails} == {pair[1].user.email, other.user.email}
    assert {subject for _, subject in mails} == {"Vous avez une notification"}


# --- The same peer, another key -------------------------------------------------------------------


def other_key(cell, peer, *, signed=True):
    keys.make_key(holder=peer, passphrase=PASSPHRASE)
    if signed:
        keys.sign_holder(holder=peer, root=cell.root, actor=cell.referent.pk)


def test_who_made_another_key_gets_the_case_back_from_the_other_peer(cell, pair):
    make_case(*pair, words="chrysalide")
    CaseEnvelope.objects.filter(peer=pair[1]).update(opened=True, read_up_to=4)
    other_key(cell, pair[1])
    with pytest.raises(vault.Unreadable):
        opened_by(pair[1])

    assert passing.entrust_again(**opened_by(pair[0])) == pair[1]

    again = opened_by(pair[1])
    assert casework.read_request(again["opened"]).words == "chrysalide"
    assert (again["envelope"].opened, again["envelope"].read_up_to) == (True, 4)


def test_nothing_is_sealed_to_a_key_that_no_referent_signed(cell, pair):
    make_case(*pair)
    other_key(cell, pair[1], signed=False)
    before = CaseEnvelope.objects.get(peer=pair[1]).pk

    with pytest.raises(Refusal) as refused:
        passing.entrust_again(**opened_by(pair[0]))

    assert refused.value.sentence == passing.NOT_SIGNED.format(name=pair[1].user)
    assert CaseEnvelope.objects.get(peer=pair[1]).pk == before


def test_a_peer_left_alone_has_nobody_to_entrust_the_case_to(pair):
    make_case(*pair)
    pair[1].envelopes.all().delete()

    with pytest.raises(Refusal) as refused:
        passing.entrust_again(**opened_by(pair[0]))
    assert refused.value.sentence == following.ALONE


def test_the_key_of_who_left_opens_no_envelope_of_the_case(cell, pair):
    make_case(*pair)
    make_peer(cell)
    private = private_of(pair[0])
    passing.recuse(**opened_by(pair[0]))

    for envelope in CaseEnvelope.objects.select_related("case"):
        with pytest.raises(vault.Unreadable):
            casework.open_envelope(envelope, private)
