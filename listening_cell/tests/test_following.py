"""A pair follows a case: covers, reading, messages, talks, the interview log, the count of a case that is closed."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cafe.errors import Refusal
from listening_cell import counting, guide, vault
from listening_cell.enums import AuditAction, CaseState
from listening_cell.models import Case, CaseEnvelope, CellAudit, CellSettings, Note, Reservation, Slip
from listening_cell.services import audit, booking, casework, closing, following, interviews, keys, slips
from listening_cell.tests.factories import make_case, make_cell, make_peer, make_slot, private_of
from members.enums import Profession

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "chrysalide"
CONTENT = {
    "day": "2026-03-02", "held": "held", "themes": ["overload"], "addictions": [], "alert": "none", "agreed": "",
    "narrative": WORDS, "resources": [], "next": "",
}  # fmt: skip
SLIP = counting.Slip("soins", "1", "soi", "papier", motives=["charge"], resources=["12"])


@pytest.fixture
def cell():
    return make_cell()


@pytest.fixture
def pair(cell):
    return make_peer(cell), make_peer(cell, seasoned=False)


def opened_by(peer):
    """Return what a peer's page works on: the opened case and the envelope."""
    envelope = peer.envelopes.select_related("case").get()
    return {"opened": casework.open_envelope(envelope, private_of(peer)), "envelope": envelope}


def covers_of(peer, states=CaseState.open):
    return following.covers(peer=peer, private=private_of(peer), states=states)


def slots_of(peers, *days):
    """Open an hour of each of these peers on each of these days; return the hours."""
    return sorted({make_slot(peer, days=count).starts_at for count in days for peer in peers})


def said(receipt):
    """Return what the requester reads, as (author, words)."""
    return [(one.author, one.content) for one in casework.read_messages(casework.open_by_receipt(receipt))]


def test_what_a_pair_does_never_brings_the_week_of_a_case_back(pair):
    opened, _ = make_case(*pair)
    (at,) = slots_of(pair, 20)
    read_before = Case.objects.get()
    booking.hold(case=opened.case, peers=pair, starts_at=at)

    following.touch(read_before, replacement_wanted=True)

    assert Case.objects.get().last_week == audit.monday_of(timezone.localdate(at))
    assert Case.objects.get().replacement_wanted is True


# --- Covers ---------------------------------------------------------------------------------------


def test_a_cover_says_profession_commune_mode_and_date_and_nothing_else(pair):
    opened, _ = make_case(*pair, profession=Profession.MIDWIFE.value, commune="Port-Sauvel", words=WORDS, name=WORDS)
    (at,) = slots_of(pair, 3)
    booking.hold(case=opened.case, peers=pair, starts_at=at)

    (cover,) = covers_of(pair[0])

    shown = (cover.profession, cover.commune, cover.mode, cover.at, cover.readable, cover.waits, cover.unread)
    assert shown == ("Sage-femme", "Port-Sauvel", "Par téléphone", at, True, True, 0)
    assert WORDS not in repr(cover)


def test_covers_come_by_date_of_talk_then_those_without_and_closed_ones_apart(pair):
    late, soon, undated, closed = (make_case(*pair)[0].case for _ in range(4))
    first, second = slots_of(pair, 3, 4)
    booking.hold(case=late, peers=pair, starts_at=second)
    booking.hold(case=soon, peers=pair, starts_at=first)
    Case.objects.filter(pk=closed.pk).update(state=CaseState.CLOSED)

    assert [cover.case.pk for cover in covers_of(pair[0])] == [soon.pk, late.pk, undated.pk]
    assert [cover.case.pk for cover in covers_of(pair[0], [CaseState.CLOSED])] == [closed.pk]


def test_a_case_that_does_not_open_leaves_the_others_on_the_page(pair):
    broken, _ = make_case(*pair)
    make_case(*pair)
    CaseEnvelope.objects.filter(case=broken.case).update(keys=b"\x01nonsense")

    assert sorted((cover.readable, cover.waits) for cover in covers_of(pair[0])) == [(False, True), (True, True)]


@pytest.mark.parametrize("count", [1, 3, 50])
def test_covers_take_three_statements_whatever_their_number(pair, count, django_assert_num_queries):
    for _ in range(count):
        make_case(*pair)
    private = private_of(pair[0])

    with django_assert_num_queries(3):
        found = following.covers(peer=pair[0], private=private, states=CaseState.open)

    assert len(found) == count


# --- Reading, messages ----------------------------------------------------------------------------


def test_reading_the_request_begins_the_follow_up_and_stops_the_warnings_for_that_peer_alone(pair):
    make_case(*pair)
    CaseEnvelope.objects.update(rounds=3)

    following.take_up(**opened_by(pair[0]))

    seen = {envelope.peer_id: (envelope.opened, envelope.rounds) for envelope in CaseEnvelope.objects.all()}
    assert seen == {pair[0].pk: (True, 0), pair[1].pk: (False, 3)}
    assert Case.objects.get().state == CaseState.FOLLOWED


def test_what_a_peer_writes_waits_for_the_other_one_only(pair):
    _, receipt = make_case(*pair)
    for peer in pair:
        following.take_up(**opened_by(peer))

    following.send_message(**opened_by(pair[0]), words=WORDS)

    assert said(receipt) == [(pair[0].pk, WORDS)]
    assert [covers_of(peer)[0].unread for peer in pair] == [0, 1]
    envelope = opened_by(pair[1])["envelope"]
    following.mark_read(envelope=envelope, up_to=1)
    assert covers_of(pair[1])[0].waits is False


def test_answering_does_not_hide_what_the_requester_wrote_meanwhile(pair):
    opened, _ = make_case(*pair)
    following.take_up(**opened_by(pair[0]))
    mine = opened_by(pair[0])
    casework.write_message(opened=opened, author=casework.REQUESTER, content="encore ceci")

    following.send_message(**mine, words=WORDS)

    assert covers_of(pair[0])[0].unread == 2


def test_reading_an_older_page_again_makes_nothing_unread(pair):
    make_case(*pair)
    CaseEnvelope.objects.update(read_up_to=5)

    following.mark_read(envelope=CaseEnvelope(pk=CaseEnvelope.objects.first().pk, read_up_to=2), up_to=3)

    assert set(CaseEnvelope.objects.values_list("read_up_to", flat=True)) == {5}


@pytest.mark.parametrize("gone", ["withdrawn", "handed over"])
def test_a_case_that_went_meanwhile_is_said_to_be_gone(pair, gone):
    opened, _ = make_case(*pair)
    mine = opened_by(pair[0])
    if gone == "withdrawn":
        casework.shred_case(case=opened.case)
    else:
        mine["envelope"].delete()

    for act in (following.take_up, following.cancel_talk, closing.reopen):
        with pytest.raises(following.Gone):
            act(**mine)
    with pytest.raises(following.Gone):
        following.send_message(**mine, words=WORDS)


# --- Talks ----------------------------------------------------------------------------------------


def test_the_pair_sets_then_moves_the_talk_and_the_requester_is_told(pair):
    _, receipt = make_case(*pair)
    first, second = slots_of(pair, 3, 4)
    case = Case.objects.get()

    following.set_talk(**opened_by(pair[0]), starts_at=first)
    following.set_talk(**opened_by(pair[1]), starts_at=second)

    assert (booking.coming(case), Reservation.objects.count()) == (second, 2)
    assert said(receipt) == [
        (casework.CELL, f"L’entretien est fixé au {following.said(first)}."),
        (casework.CELL, f"L’entretien est déplacé au {following.said(second)}."),
    ]
    assert Case.objects.get().last_week == audit.monday_of(timezone.localdate(second))


def test_an_hour_that_one_of_the_pair_has_not_opened_is_refused_and_nothing_moves(pair):
    _, receipt = make_case(*pair)
    (at,) = slots_of(pair, 3)
    following.set_talk(**opened_by(pair[0]), starts_at=at)
    alone = make_slot(pair[0], days=5).starts_at

    with pytest.raises(booking.SlotTaken):
        following.set_talk(**opened_by(pair[0]), starts_at=alone)

    assert (booking.coming(Case.objects.get()), len(said(receipt))) == (at, 1)


def test_a_talk_that_is_over_stays_when_the_next_one_is_set(pair, time_machine):
    make_case(*pair)
    first, second = slots_of(pair, 3, 10)
    following.set_talk(**opened_by(pair[0]), starts_at=first)
    time_machine.move_to(first + timedelta(minutes=50))

    following.set_talk(**opened_by(pair[0]), starts_at=second)

    assert sorted(Reservation.objects.values_list("slot__starts_at", flat=True)) == [first, first, second, second]


def test_a_cancelled_talk_gives_both_hours_back_and_cannot_be_cancelled_twice(pair):
    _, receipt = make_case(*pair)
    (at,) = slots_of(pair, 3)
    following.set_talk(**opened_by(pair[0]), starts_at=at)

    following.cancel_talk(**opened_by(pair[0]))

    assert list(booking.read_board().free) == [at]
    expected = f"L’entretien du {following.said(at)} est annulé. Une autre date vous sera proposée ici."
    assert said(receipt)[-1] == (casework.CELL, expected)
    with pytest.raises(Refusal) as refused:
        following.cancel_talk(**opened_by(pair[0]))
    assert refused.value.sentence == following.NO_TALK


def test_a_peer_left_alone_sets_no_talk(pair):
    make_case(*pair)
    (at,) = slots_of(pair, 3)
    pair[1].envelopes.all().delete()

    with pytest.raises(Refusal) as refused:
        following.set_talk(**opened_by(pair[0]), starts_at=at)
    assert refused.value.sentence == following.ALONE


# --- Interview log --------------------------------------------------------------------------------


def log_of(peer):
    return interviews.interviews_of(casework.read_notes(opened_by(peer)["opened"]))


def test_an_edit_is_a_new_version_and_the_former_one_stays(pair):
    make_case(*pair)
    note = interviews.write_interview(**opened_by(pair[0]), content=CONTENT)

    interviews.write_interview(**opened_by(pair[1]), content=CONTENT | {"narrative": "plus tard"}, replaces=note.number)

    (one,) = log_of(pair[0])
    assert (one.number, one.latest.number, one.content["narrative"]) == (1, 2, "plus tard")
    assert [(version.author, version.content["narrative"]) for version in one.earlier] == [(pair[0].pk, WORDS)]
    assert Note.objects.count() == 2


def test_a_version_that_is_not_the_latest_is_not_replaced_unseen(pair):
    make_case(*pair)
    interviews.write_interview(**opened_by(pair[0]), content=CONTENT)
    interviews.write_interview(**opened_by(pair[1]), content=CONTENT, replaces=1)

    for replaces in (1, 0, 9):
        with pytest.raises(interviews.Changed):
            interviews.write_interview(**opened_by(pair[0]), content=CONTENT, replaces=replaces)

    assert Note.objects.count() == 2


def test_the_log_shows_the_newest_talk_first(pair):
    make_case(*pair)
    for day in ("2026-02-01", "2026-03-01", "2026-01-01"):
        interviews.write_interview(**opened_by(pair[0]), content=CONTENT | {"day": day})

    assert [one.content["day"] for one in log_of(pair[0])] == ["2026-03-01", "2026-02-01", "2026-01-01"]


def test_the_next_talk_is_set_with_the_note_or_neither_is(pair):
    make_case(*pair)
    (at,) = slots_of(pair, 3)
    interviews.write_interview(**opened_by(pair[0]), content=CONTENT | {"next": at.isoformat()})
    taken = CONTENT | {"next": (at + timedelta(hours=1)).isoformat()}

    with pytest.raises(booking.SlotTaken):
        interviews.write_interview(**opened_by(pair[0]), content=taken)

    assert (booking.coming(Case.objects.get()), Note.objects.count()) == (at, 1)


def test_the_requester_reads_no_note(pair):
    _, receipt = make_case(*pair)
    interviews.write_interview(**opened_by(pair[0]), content=CONTENT)

    assert said(receipt) == []
    with pytest.raises(TypeError):
        casework.read_notes(casework.open_by_receipt(receipt))


def test_the_guide_covers_what_puts_professionals_at_risk_and_each_theme_is_counted_somewhere():
    labels = [theme.label for theme in guide.THEMES.values()]
    assert len(labels) == len(set(labels)) == 21
    assert {theme.motive for theme in guide.THEMES.values()} | {counting.Motive.ADDICTION} == set(counting.Motive)
    assert [(level.key, bool(level.steps), bool(level.calls)) for level in guide.LEVELS] == [
        ("none", False, False),
        ("watch", True, True),
        ("urgent", True, True),
    ]


def test_motives_are_suggested_from_what_was_talked_about():
    contents = [{"themes": ["overload", "money", "gone"]}, {"themes": [], "addictions": ["alcohol"]}]

    assert guide.motives(contents) == {counting.Motive.WORKLOAD, counting.Motive.MONEY, counting.Motive.ADDICTION}
    assert guide.labels(["money", "overload", "gone"]) == ["Surcharge de travail", "Finances", "gone"]


# --- Closing --------------------------------------------------------------------------------------


def test_closing_keeps_one_slip_gives_the_hours_back_and_leaves_a_trace(cell, pair):
    _, receipt = make_case(*pair)
    (at,) = slots_of(pair, 20)
    following.set_talk(**opened_by(pair[0]), starts_at=at)

    closing.close(**opened_by(pair[0]), slip=SLIP)

    case = Case.objects.get()
    stat = keys.stat_of(referent=cell.referent, private=cell.private)
    assert (case.state, case.last_week, Reservation.objects.count()) == (CaseState.CLOSED, audit.this_week(), 0)
    assert [slips.opened(slip, stat) for slip in Slip.objects.all()] == [SLIP]
    assert said(receipt)[-1] == (casework.CELL, closing.ENDED)
    traces = CellAudit.objects.filter(action=AuditAction.CLOSE)
    assert [(line.actor, line.case_tag) for line in traces] == [(pair[0].pk, audit.tag_of(case.pk))]


def test_a_slip_names_neither_the_case_nor_a_day_and_all_are_of_one_length(pair):
    receipts = [make_case(*pair) for _ in range(2)]
    for (opened, _), slip in zip(receipts, (SLIP, counting.Slip("medecins", "7+", "collegue", "autre")), strict=True):
        envelope = pair[0].envelopes.select_related("case").get(case=opened.case)
        mine = casework.open_envelope(envelope, private_of(pair[0]))
        closing.close(opened=mine, envelope=envelope, slip=slip)

    rows = list(Slip.objects.all())
    assert len({len(bytes(row.blob)) for row in rows}) == 1
    assert {field.name for field in Slip._meta.fields} == {"key", "blob"}
    assert not any(opened.case.pk in row.key for opened, _ in receipts for row in rows)


def test_nothing_is_closed_where_the_statistics_key_is_not_the_one_that_root_signed(pair):
    make_case(*pair)
    CellSettings.objects.update(stat_public=vault.public_of(vault.new_private()))

    with pytest.raises(Refusal) as refused:
        closing.close(**opened_by(pair[0]), slip=SLIP)

    assert refused.value.sentence == closing.NO_KEY
    assert (Case.objects.get().state, Slip.objects.count(), Note.objects.count()) == (CaseState.ASKED, 0, 0)


def test_nothing_is_closed_without_a_slip(pair):
    make_case(*pair)

    with pytest.raises(Refusal) as refused:
        closing.close(**opened_by(pair[0]))

    assert (refused.value.sentence, Case.objects.get().state) == (closing.NO_SLIP, CaseState.ASKED)


def test_a_case_opened_again_goes_on_and_is_never_counted_twice(pair):
    make_case(*pair)
    closing.close(**opened_by(pair[0]), slip=SLIP)
    with pytest.raises(Refusal) as refused:
        following.send_message(**opened_by(pair[0]), words=WORDS)

    closing.reopen(**opened_by(pair[1]))
    following.send_message(**opened_by(pair[0]), words=WORDS)
    closing.close(**opened_by(pair[1]), slip=SLIP)

    assert refused.value.sentence == following.CLOSED
    assert (Case.objects.get().state, Slip.objects.count()) == (CaseState.CLOSED, 1)
    assert log_of(pair[0]) == []


def test_an_open_case_is_not_opened_again(pair):
    make_case(*pair)

    with pytest.raises(Refusal) as refused:
        closing.reopen(**opened_by(pair[0]))
    assert refused.value.sentence == closing.NOT_CLOSED


def test_a_closed_case_says_until_when_it_can_be_read(pair, django_assert_num_queries):
    first, second = (make_case(*pair)[0].case for _ in range(2))
    first.last_week = second.last_week = date(2026, 3, 2)
    slot = make_slot(pair[0])
    slot.starts_at = timezone.make_aware(timezone.datetime(2025, 4, 1, 18))
    slot.save()
    Reservation.objects.create(slot=slot, case=second)

    with django_assert_num_queries(1):
        until = closing.kept_until([first, second])

    assert until == {first.pk: date(2026, 5, 7), second.pk: date(2026, 4, 1)}
