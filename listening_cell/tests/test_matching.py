"""The pair that receives a request: its hard rules whatever the peers, its wishes in order, and the slots offered."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listening_cell.matching import (
    MOST_SLOTS,
    Candidate,
    Choice,
    Pair,
    Reason,
    choose_pair,
    near,
    offered_slots,
    replacement,
)

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
NOTICE = timedelta(days=2)
SEED = b"one day's seed"
PROFESSIONS = ("infirmier", "medecin-generaliste", "sage-femme")


def peer(key, profession="infirmier", *, seasoned=True, this_month=0, limit=4, recent=0, valid=True, paused=False):
    return Candidate(key, profession, seasoned, this_month, limit, recent, valid, paused)


def chosen(candidates, *, profession="infirmier", excluded=frozenset(), free=None, seed=SEED):
    return choose_pair(candidates, profession=profession, excluded=excluded, free=free, seed=seed)


# --- Hard rules, whatever the peers ----------------------------------------------------------------

keys = st.sampled_from("abcdef")
peers = st.builds(
    Candidate,
    key=keys,
    profession=st.sampled_from(PROFESSIONS),
    seasoned=st.booleans(),
    talks_this_month=st.integers(0, 3),
    monthly_limit=st.integers(0, 3),
    recent_talks=st.integers(0, 4),
    valid=st.sampled_from([True, True, True, False]),
    paused=st.sampled_from([False, False, False, True]),
)
teams = st.lists(peers, max_size=6, unique_by=lambda one: one.key)
requests = st.fixed_dictionaries(
    {
        "profession": st.sampled_from(PROFESSIONS),
        "excluded": st.frozensets(keys, max_size=2),
        "free": st.none() | st.frozensets(keys),
        "seed": st.binary(min_size=1, max_size=80),
    }
)


def is_legal(one, request):
    """Whether a peer may receive this request, told anew from the rules, one by one."""
    refusals = [
        not one.valid,
        one.paused,
        one.talks_this_month >= one.monthly_limit,
        one.key in request["excluded"],
        request["free"] is not None and one.key not in request["free"],
    ]
    return not any(refusals)


def legal_pairs(team, request):
    fit = [one for one in team if is_legal(one, request)]
    return [{one, other} for one, other in combinations(fit, 2) if one.seasoned or other.seasoned]


@given(teams, requests)
def test_a_pair_is_two_different_peers_of_whom_the_first_is_seasoned_and_each_may_receive(team, request):
    pair = choose_pair(team, **request)

    if pair:
        assert pair.first.key != pair.second.key
        assert pair.first.seasoned
        assert {pair.first, pair.second} <= set(team)
        assert is_legal(pair.first, request) and is_legal(pair.second, request)


@given(teams, requests)
def test_there_is_no_pair_only_when_no_two_peers_make_one(team, request):
    assert (choose_pair(team, **request) is None) is (legal_pairs(team, request) == [])


@given(teams, requests)
def test_one_has_the_requesters_profession_whenever_a_pair_can(team, request):
    pair = choose_pair(team, **request)
    sharing = [
        legal for legal in legal_pairs(team, request) if request["profession"] in {one.profession for one in legal}
    ]

    if pair:
        shared = request["profession"] in {pair.first.profession, pair.second.profession}
        assert shared is bool(sharing)
        assert pair.reason == (Reason.SAME_PROFESSION if sharing else Reason.OTHER_PROFESSION)


@given(teams, requests)
def test_no_pair_as_close_in_profession_has_had_fewer_talks(team, request):
    pair = choose_pair(team, **request)

    if pair:
        shared = pair.reason == Reason.SAME_PROFESSION
        loads = [
            sum(one.recent_talks for one in legal)
            for legal in legal_pairs(team, request)
            if (request["profession"] in {one.profession for one in legal}) is shared
        ]
        assert pair.first.recent_talks + pair.second.recent_talks == min(loads)


@given(teams, requests, st.randoms())
def test_the_order_in_which_peers_come_changes_nothing(team, request, rng):
    shuffled = rng.sample(team, len(team))

    assert choose_pair(shuffled, **request) == choose_pair(team, **request)


@given(peers, requests)
def test_one_person_listed_twice_is_no_pair(one, request):
    assert choose_pair([one, replace(one, seasoned=True)], **request) is None


@given(teams, peers, requests)
def test_a_replacement_may_receive_and_makes_a_pair_with_the_one_who_stays(team, staying, request):
    choice = replacement(team, staying=staying, **request)
    fit = [one for one in team if is_legal(one, request) and one.key != staying.key]
    legal = [one for one in fit if one.seasoned or staying.seasoned]
    possible = legal if staying.valid and staying.key not in request["excluded"] else []

    assert (choice is None) is (possible == [])
    if choice:
        assert choice.peer in possible
        sharing = [one for one in possible if request["profession"] in {one.profession, staying.profession}]
        assert choice.reason == (Reason.SAME_PROFESSION if sharing else Reason.OTHER_PROFESSION)
        assert choice.peer.recent_talks == min(one.recent_talks for one in sharing or possible)


# --- Hard rules, one by one ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoilt",
    [
        peer("b", valid=False),
        peer("b", paused=True),
        peer("b", this_month=4, limit=4),
        peer("b", limit=0),
        peer("excluded"),
        peer("not free"),
    ],
)
def test_a_peer_who_may_not_receive_leaves_no_pair(spoilt):
    free = {"a", "b", "excluded"}

    assert chosen([peer("a"), peer("b")], excluded={"excluded"}, free=free) is not None
    assert chosen([peer("a"), spoilt], excluded={"excluded"}, free=free) is None


def test_two_beginners_are_no_pair():
    assert chosen([peer("a", seasoned=False), peer("b", seasoned=False)]) is None


def test_without_slot_nobody_has_to_be_free():
    assert chosen([peer("a"), peer("b")], free=None).keys in permutations("ab")
    assert chosen([peer("a"), peer("b")], free=frozenset()) is None


# --- Wishes ----------------------------------------------------------------------------------------


def test_the_profession_goes_before_the_load():
    nurse = peer("nurse", "infirmier", seasoned=False, recent=9)
    midwife, doctor = peer("midwife", "sage-femme"), peer("doctor", "medecin-generaliste", recent=1)

    assert chosen([doctor, nurse, midwife]) == Pair(midwife, nurse, Reason.SAME_PROFESSION)


def test_without_the_profession_the_load_decides_and_the_reason_says_so():
    one, other, busy = peer("one", recent=1), peer("other", recent=2, seasoned=False), peer("busy", recent=3)

    assert chosen([busy, other, one], profession="orthoptiste") == Pair(one, other, Reason.OTHER_PROFESSION)


def test_of_pairs_as_fair_one_seasoned_peer_goes_with_a_beginner_so_that_the_others_make_a_pair_too():
    team = [peer("a"), peer("b"), peer("c", seasoned=False), peer("d", seasoned=False)]

    for number in range(30):
        seed = str(number).encode()
        first = chosen(team, seed=seed)
        left = [one for one in team if one.key not in first.keys]
        assert chosen(left, seed=seed) is not None
    busy = [replace(one, recent_talks=0 if one.seasoned else 1) for one in team]
    assert set(chosen(busy).keys) == {"a", "b"}


def test_a_profession_that_was_not_told_is_nobodys():
    assert chosen([peer("a", ""), peer("b", "")], profession="").reason == Reason.OTHER_PROFESSION


def test_of_two_seasoned_peers_the_less_busy_one_comes_first():
    assert chosen([peer("a", recent=2), peer("b", recent=1)]).keys == ("b", "a")


def test_ties_are_drawn_anew_with_each_seed_and_favour_nobody():
    team = [peer(key) for key in "abcde"]

    drawn = [chosen(team, seed=f"day {day}".encode()) for day in range(400)]

    turns = Counter(key for pair in drawn for key in pair.keys)
    firsts = Counter(pair.first.key for pair in drawn)
    assert sorted(turns) == sorted(firsts) == list("abcde")
    # A fair share is 160 and 80: the draw is the same on every machine.
    assert min(turns.values()) > 130
    assert min(firsts.values()) > 60


def test_the_one_who_stays_may_be_paused_busy_or_not_free():
    staying, newcomer = peer("a", paused=True, this_month=9), peer("b", seasoned=False)

    choice = replacement([staying, newcomer], staying=staying, profession="", excluded=(), free={"b"}, seed=SEED)

    assert choice == Choice(newcomer, Reason.OTHER_PROFESSION)


def test_when_the_one_who_stays_shares_the_profession_load_alone_decides():
    nurse, doctor = peer("nurse", recent=1), peer("doctor", "medecin-generaliste")
    request = {"profession": "infirmier", "excluded": (), "free": None, "seed": SEED}

    assert replacement([nurse, doctor], staying=peer("a"), **request) == Choice(doctor, Reason.SAME_PROFESSION)
    assert replacement([nurse, doctor], staying=peer("a", "sage-femme"), **request) == Choice(
        nurse, Reason.SAME_PROFESSION
    )


def test_each_reason_has_a_sentence():
    assert [reason.sentence for reason in Reason] == [
        "L’un des deux pairs exerce la même profession.",
        "Aucun pair de cette profession n’était disponible.",
    ]


# --- Slots -----------------------------------------------------------------------------------------


def hours(*numbers):
    return [NOW + timedelta(hours=number) for number in numbers]


TWO = (peer("a"), peer("b"))


def offered(free_by_slot, team=TWO, *, seed=SEED, excluded=(), profession="infirmier", **options):
    return offered_slots(
        free_by_slot, team, profession=profession, excluded=excluded, seed=seed, now=NOW, notice=NOTICE, **options
    )


slots_and_free = st.dictionaries(
    st.integers(0, 24 * 10).map(lambda number: NOW + timedelta(hours=number)), st.frozensets(keys), max_size=20
)


@given(slots_and_free, teams, requests, st.integers(0, 8))
def test_offered_slots_are_few_sorted_late_enough_and_a_pair_can_be_made_at_each(free_by_slot, team, request, limit):
    slots = offered(
        free_by_slot,
        team,
        seed=request["seed"],
        excluded=request["excluded"],
        profession=request["profession"],
        limit=limit,
    )

    possible = {
        slot
        for slot, free in free_by_slot.items()
        if slot >= NOW + NOTICE and legal_pairs(team, request | {"free": free})
    }
    assert len(slots) <= limit
    assert slots == sorted(set(slots))
    assert set(slots) <= possible
    assert bool(slots) is bool(possible and limit)


def both_free(count):
    return dict.fromkeys(hours(*range(48, 48 + count)), frozenset("ab"))


def test_at_most_six_slots_are_offered():
    assert len(offered(both_free(60))) == MOST_SLOTS == 6


def test_a_slot_right_at_the_end_of_the_notice_is_offered_and_one_before_it_is_not():
    at, before = hours(48, 47)

    assert offered({at: {"a", "b"}, before: {"a", "b"}}) == [at]


def test_slots_are_the_same_all_day_and_others_on_another_day():
    free_by_slot = both_free(60)
    backwards = dict(reversed(free_by_slot.items()))

    days = [tuple(offered(free_by_slot, seed=f"day {day}".encode())) for day in range(30)]

    assert offered(backwards) == offered(free_by_slot)
    assert len(set(days)) == 30


def test_about_a_third_is_left_out():
    free_by_slot = both_free(1500)

    assert 900 < len(offered(free_by_slot, limit=1500)) < 1100


def test_a_slot_that_was_taken_changes_nothing_for_the_others():
    """What was left out stays so: nobody can tell from the rest which slot was taken, nor bring a hidden one out."""
    free_by_slot = both_free(30)
    slots = offered(free_by_slot, limit=30)
    taken = slots[3]

    left = {slot: free for slot, free in free_by_slot.items() if slot != taken}

    assert offered(left, limit=30) == [slot for slot in slots if slot != taken]


def test_asking_under_another_profession_or_other_exclusions_shows_no_slot_that_was_left_out():
    team, free_by_slot = [peer(key) for key in "abc"], dict.fromkeys(both_free(30), frozenset("abc"))
    slots = offered(free_by_slot, team, limit=30)

    assert offered(free_by_slot, team, limit=30, profession="sage-femme") == slots
    assert offered(free_by_slot, team, limit=30, excluded={"c"}) == slots


def test_a_lone_slot_is_always_offered():
    (slot,) = hours(50)

    assert [offered({slot: {"a", "b"}}, seed=bytes([day])) for day in range(40)] == [[slot]] * 40


def test_peers_may_depend_on_the_slot_as_monthly_limits_do():
    march, april = datetime(2026, 3, 20, 18, tzinfo=UTC), datetime(2026, 4, 3, 18, tzinfo=UTC)

    def team(slot):
        return [peer("a"), peer("b", this_month=4 if slot.month == 3 else 0, limit=4)]

    assert offered({march: {"a", "b"}, april: {"a", "b"}}, team) == [april]


def test_the_draw_does_not_depend_on_the_time_zone_in_which_slots_are_told():
    free_by_slot = both_free(60)
    paris = {slot.astimezone(ZoneInfo("Europe/Paris")): free for slot, free in free_by_slot.items()}

    assert offered(paris) == offered(free_by_slot)


# --- Nearest slots ---------------------------------------------------------------------------------


def test_the_three_nearest_slots_are_told_soonest_first_and_never_the_one_that_was_taken():
    before, wanted, after, later, far = hours(8, 10, 11, 13, 40)

    assert near([far, later, wanted, after, before], wanted) == [before, after, later]
    assert near([before, after], wanted) == [before, after]
    assert near([wanted], wanted) == []


def test_of_two_as_near_the_earlier_is_told():
    before, wanted, after = hours(8, 10, 12)

    assert near([after, before], wanted, count=1) == [before]


@given(st.lists(st.integers(0, 100)), st.integers(0, 100), st.integers(0, 5))
def test_no_slot_left_untold_is_nearer(numbers, wanted_number, count):
    (wanted,) = hours(wanted_number)
    others = set(hours(*numbers)) - {wanted}

    told = near(hours(*numbers), wanted, count)

    assert told == sorted(set(told))
    assert len(told) == min(count, len(others))
    assert all(abs(slot - wanted) <= abs(other - wanted) for slot in told for other in others - set(told))
