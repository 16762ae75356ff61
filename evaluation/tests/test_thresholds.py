"""The promise behind every number: nobody's answer, and no count from 1 to 4, follows from what is shown."""

import itertools
import json
import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from evaluation.blocks import Place
from evaluation.statistics import mean_interval
from evaluation.tests.attack import Attack, Follower
from evaluation.thresholds import (
    HIGHEST,
    LOWEST,
    NOT_ASKED,
    PEOPLE,
    Mean,
    Row,
    Shape,
    Shown,
    Spec,
    Visible,
    advance,
    advance_texts,
    merge_classes,
    shown,
    shown_together,
    texts_shown,
    visible,
)

TABLES = int(os.environ.get("LEAK_STORIES", "10"))


def one_by_one(*values):
    return tuple((value,) for value in values)


MARK = Spec(Shape.ORDERED, one_by_one(*range(11)), unit=1)
SMALL_MARK = Spec(Shape.ORDERED, one_by_one(*range(5)), unit=1)
YES_NO = Spec(Shape.NOMINAL, one_by_one(1, 0, 2))
SEVERAL = Spec(Shape.SEVERAL, one_by_one(0, 1, 2))
PARENTS = {"A": "s1", "B": "s1", "C": "s2", "s1": "all", "s2": "all", "all": None}
EVERYWHERE = frozenset(PARENTS)


def tree(finished=()):
    return [Place(name, parent, name in finished) for name, parent in PARENTS.items()]


def alone(finished=False):
    return [Place("all", None, finished)]


def looks_at(spec, *states, publish_from=5):
    """Return what is shown of one questionnaire without sessions, after each of the answers so far."""
    ledger, seen = {}, []
    for values in states:
        ledger = advance(spec, {"all": Counter(values)}, alone(), ledger, publish_from=publish_from)
        seen.append(shown(spec, ledger, alone(), "all", publish_from=publish_from))
    return seen


def test_four_answers_tell_nothing_and_five_their_mean():
    four, five = looks_at(MARK, [8, 9, 7, 8], [8, 9, 7, 8, 9])

    assert (four, five) == (Shown(), Shown(5, Mean(8.3, 0.3)))


def test_the_cell_needs_eleven_and_eleven_more():
    seen = looks_at(YES_NO, [1] * 10, [1] * 11, [1] * 21, [1] * 22, publish_from=11)

    assert [one.n for one in seen] == [0, 11, 11, 22]


def test_what_is_shown_changes_by_five_answers_at_least_even_when_the_questionnaire_closes():
    answers = [8, 9, 7, 8, 9, 10, 10, 10, 10, 10]
    seen = looks_at(MARK, answers[:5], answers[:9], answers)
    closed = advance(
        MARK, {"all": Counter(answers[:9])}, alone(), advance(MARK, {"all": Counter(answers[:5])}, alone())
    )
    at_closing = shown(MARK, advance(MARK, {"all": Counter(answers[:9])}, alone(finished=True), closed), alone(), "all")

    assert ([one.n for one in seen], at_closing) == ([5, 5, 10], seen[0])


def test_eleven_answers_make_a_table_with_its_interval():
    (told,) = looks_at(YES_NO, [1] * 6 + [0] * 3 + [2] * 2)

    assert told.rows == (Row((1,), 6, 11, 0.545, 0.28, 0.787), Row((0, 2), 5, 11, 0.455, 0.213, 0.72))


def test_a_table_of_one_class_is_not_shown():
    assert looks_at(YES_NO, [1] * 40) == [Shown(40)]


def test_a_table_is_renewed_only_where_each_class_gained_five():
    first = [1] * 6 + [0] * 5
    seen = looks_at(YES_NO, first, first + [1] * 9, first + [1] * 9 + [0] * 5)

    assert [(one.n, [row.count for row in one.rows]) for one in seen] == [(11, [6, 5]), (20, [6, 5]), (25, [15, 10])]


def test_at_closing_the_total_is_told_in_finer_classes_within_the_old_ones():
    agreement = Spec(Shape.ORDERED, one_by_one(1, 2, 3, 4))
    first, then = [1] * 2 + [2] * 4 + [3] * 5 + [4] * 2, [1] * 5 + [2] * 5 + [3] * 5 + [4] * 5
    ledger = advance(agreement, {"all": Counter(first)}, alone())
    before = shown(agreement, ledger, alone(), "all")

    ledger = advance(agreement, {"all": Counter(first + then)}, alone(finished=True), ledger)
    after = shown(agreement, ledger, alone(finished=True), "all")

    assert [(row.values, row.count) for row in before.rows] == [((1, 2), 6), ((3, 4), 7)]
    assert [(row.values, row.count) for row in after.rows] == [((1,), 7), ((2,), 9), ((3,), 10), ((4,), 7)]


@pytest.mark.parametrize(
    ("shape", "counts", "expected"),
    [
        (Shape.ORDERED, [1, 5, 9, 2], [(0, 1), (2, 3)]),
        (Shape.ORDERED, [5, 4, 5, 5], [(0, 1), (2,), (3,)]),
        (Shape.ORDERED, [0, 0, 0, 12], [(0, 1, 2, 3)]),
        (Shape.NOMINAL, [9, 1, 7, 4], [(0,), (2,), (1, 3)]),
        (Shape.NOMINAL, [9, 1, 7, 0], [(0,), (1, 2, 3)]),
        (Shape.NOMINAL, [9, 6, 7, 8], [(0,), (3,), (2,), (1,)]),
        (Shape.NOMINAL, [2, 1, 0, 1], [(0, 1, 2, 3)]),
    ],
)
def test_small_classes_join_their_neighbours_or_the_others(shape, counts, expected):
    assert list(merge_classes(shape, one_by_one(*range(4)), Counter(dict(enumerate(counts))))) == expected


def test_a_choice_is_told_where_those_who_made_it_and_those_who_did_not_are_both_five():
    ledger = advance(SEVERAL, {"all": {PEOPLE: 12, 0: 7, 1: 9, 2: 4}}, alone())
    two = Spec(Shape.SEVERAL, one_by_one(0, 1))
    of_two = advance(two, {"all": {PEOPLE: 12, 0: 7, 1: 6}}, alone())

    assert [(row.values, row.count, row.n) for row in shown(SEVERAL, ledger, alone(), "all").rows] == [((0,), 7, 12)]
    assert [row.values for row in shown(two, of_two, alone(), "all").rows] == [(0,)]


def test_a_question_under_a_condition_needs_five_who_were_not_asked():
    asked_of_some = Spec(Shape.ORDERED, one_by_one(*range(11)), unit=1, conditional=True)
    seen = []
    for not_asked in (0, 4, 5):
        ledger = advance(asked_of_some, {"all": {8: 7, NOT_ASKED: not_asked}}, alone())
        seen.append(shown(asked_of_some, ledger, alone(), "all").n)

    assert seen == [0, 0, 7]


def test_hidden_sessions_enter_the_total_only_together():
    assert visible({"A": 8, "B": 3, "C": 1}) == Visible(("A",), ("B", "C"), ("A",), 8)
    assert visible({"A": 8, "B": 3, "C": 2}) == Visible(("A",), ("B", "C"), ("A", "B", "C"), 13)
    assert visible({"A": 10, "B": 12}, publish_from=11) == Visible(("B",), ("A",), ("B",), 12)


def test_what_a_finished_session_cannot_show_joins_the_season_then_the_total():
    live = {"A": Counter([8] * 8), "B": Counter([7] * 3), "C": Counter([6] * 2)}
    seen = []
    ledger = {}
    for finished in ((), ("A", "B"), ("A", "B", "C"), EVERYWHERE):
        ledger = advance(MARK, live, tree(finished), ledger)
        seen.append([shown(MARK, ledger, tree(finished), name).n for name in ("A", "B", "C", "s1", "s2", "all")])

    assert seen == [[8, 0, 0, 8, 0, 8]] * 3 + [[8, 0, 0, 8, 0, 13]]


def test_the_sessions_of_an_activity_are_told_together_from_what_each_shows():
    ledger = advance(MARK, {"A": {8: 6}, "B": {9: 4}, "C": {9: 5}}, tree())

    assert shown_together(MARK, ledger, ["A", "B", "C"]) == Shown(11, Mean(8.8, 0.41))
    assert shown_together(MARK, ledger, ["B"]) == Shown()


@pytest.mark.parametrize("values", [[10] * 11, [3, 9, 8, 8, 10, 7, 8, 9, 9, 8, 6], [0, 10] * 20, list(range(11)) * 9])
def test_the_interval_of_a_mean_holds_students_and_stays_on_the_scale(values):
    (told,) = looks_at(MARK, values)
    exact = mean_interval(values)

    assert told.mean.low <= max(0, exact.low) <= min(10, exact.high) <= told.mean.high
    assert abs(told.mean.value - exact.value) <= told.mean.margin + 0.05
    assert (told.mean.low >= 0, told.mean.high <= 10) == (True, True)


def test_the_interval_of_a_mean_tells_nothing_of_a_lonely_answer():
    """Eleven answers of the same sum: one alone at the top of the scale, or none."""
    lonely, alike = (looks_at(MARK, values) for values in ([0] * 8 + [1, 1, 10], [1] * 10 + [2]))

    assert lonely == alike


def test_a_table_of_all_the_answers_makes_the_interval_narrower():
    marks = [6, 7, 8] * 20
    ledger = advance(MARK, {"all": Counter(marks)}, alone(finished=True))
    told = shown(MARK, ledger, alone(finished=True), "all")

    assert (len(told.rows), told.mean.high - told.mean.low < 2.5) == (3, True)


def test_a_ledger_survives_storage_and_a_look_without_news_changes_nothing():
    live = {"A": Counter([8, 9, 3] * 9), "C": Counter([2] * 7)}
    ledger = advance(MARK, live, tree())

    assert json.loads(json.dumps(ledger)) == ledger
    assert advance(MARK, live, tree(), ledger) == ledger
    assert json.loads(json.dumps(shown(MARK, ledger, tree(), "A").to_plain()))["n"] == 27


def test_the_order_in_which_the_database_tells_changes_nothing():
    values = [8, 9, 3, 0, 10] * 5
    backwards = Counter(dict(reversed(Counter(values).items())))

    assert advance(MARK, {"A": Counter(values)}, tree()) == advance(MARK, {"A": backwards}, tree()[::-1])


def test_verbatims_are_read_from_eleven_then_by_fives_in_an_order_of_their_own():
    ledger, seen = {}, []
    for count in (10, 11, 15, 16):
        ledger = advance_texts({"all": range(count)}, alone(), ledger)
        seen.append(texts_shown(ledger, alone(), "all", salt="sel"))

    assert [sorted(ids) for ids in seen] == [[], list(range(11)), list(range(11)), list(range(16))]
    assert (seen[1] == sorted(seen[1]), seen[1] == seen[2]) == (False, True)


@pytest.mark.parametrize("n", [5, 6])
def test_no_mean_of_a_few_people_tells_how_many_gave_a_mark(n):
    """All the answers there can be: those that show the same figure differ in how often each mark was given."""
    told = {}
    for values in itertools.combinations_with_replacement(range(11), n):
        pot = advance(MARK, {"all": Counter(values)}, alone())["blocks"]["all"]["shown"]
        told.setdefault(tuple(pot.get(str(key), 0) for key in (LOWEST, HIGHEST)), []).append(Counter(values))

    certain = [
        (figure, mark, many[0][mark])
        for figure, many in told.items()
        for mark in range(11)
        if many[0][mark] and len({counts[mark] for counts in many}) == 1
    ]
    assert (len(told) > 10, certain) == (True, [])


def everything_shown(spec, looks):
    """Return an Attack that knows all of it, the groups of answers to look into, and whether tables were shown.

    looks: [({session: answers that came}, finished places)].
    """
    live, ledger, sizes, facts, groups = {name: Counter() for name in "ABC"}, {}, {}, [], set()
    blocks, tables = Follower(tree()), Follower(tree())
    for look, (arrived, finished) in enumerate(looks):
        new = {name: {(name, look)} for name, values in arrived.items() if values}
        for name in new:
            live[name].update(arrived[name])
            sizes[name, look] = len(arrived[name])
        after = advance(spec, live, tree(finished), ledger)
        old, old_table = ledger.get("blocks", {}), ledger.get("tables", {}).get("all", {}).get("pots", {})
        moved = blocks.follow(old, after["blocks"], new)
        tables.follow(old_table, after["tables"]["all"].get("pots", {}), moved)
        for name, slices in moved.items():
            groups.add(frozenset(slices))
            # More than is printed: the exact range of each block.
            gained = (Counter(after["blocks"][name]["shown"]), Counter(old.get(name, {}).get("shown", {})))
            ends = [gained[0][str(key)] - gained[1][str(key)] for key in (LOWEST, HIGHEST)]
            facts.append(("sum", slices, ends))
        ledger = after
        for name in PARENTS:
            told, inside = shown(spec, ledger, tree(finished), name), blocks.inside(name)
            assert told.n == sum(sizes[one] for one in inside)
            facts.append(("rows", tables.inside(name), told.rows))
            groups.add(frozenset(inside))
    attack = Attack([value for (value,) in spec.classes], sizes)
    for kind, slices, fact in facts:
        if kind == "sum":
            attack.know_sum(slices, *fact)
        else:
            attack.know_rows(slices, fact)
    return attack, {*groups, *(frozenset({one}) for one in sizes)} - {frozenset()}


@st.composite
def stories(draw):
    """Answers that come to three sessions between looks, taken from all marks or from a few."""
    marks = draw(st.sampled_from([(0, 1, 2, 3, 4), (4, 4, 4, 3), (0, 4), (0, 0, 1, 4), (1, 3, 3, 4)]))
    some = st.lists(st.sampled_from(marks), max_size=12)
    looks = draw(st.lists(st.fixed_dictionaries({"A": some, "B": some, "C": some}), min_size=1, max_size=3))
    early = draw(st.sampled_from([(), ("A",), ("A", "B", "s1")]))
    ends = [early] * (len(looks) - 1) + [draw(st.sampled_from([early, EVERYWHERE]))]
    for look in looks[1:]:
        look.update({name: [] for name in early if name in look})
    return list(zip(looks, ends, strict=True))


@settings(max_examples=TABLES, deadline=None, derandomize=TABLES < 50, suppress_health_check=list(HealthCheck))
@given(stories())
def test_whatever_was_shown_no_answer_and_no_small_count_can_be_derived(story):
    if not any(any(arrived.values()) for arrived, _ in story):
        return
    attack, groups = everything_shown(SMALL_MARK, story)

    assert attack.derived(groups) == []


MANY = [Place(name, "all", True) for name in "ABCDEFGHIJ"] + [Place("all", None, True)]


def closed_after(spec, sessions):
    """Return an Attack that knows all that is told when many small sessions are looked at once, at closing."""
    live = {name: Counter(values) for name, values in zip("ABCDEFGHIJ", sessions, strict=False)}
    ledger = advance(spec, live, MANY)
    attack = Attack(
        [value for (value,) in spec.classes], {name: len(values) for name, values in zip(live, sessions, strict=True)}
    )
    for name in live:
        pot = ledger["blocks"][name]["shown"]
        attack.know_sum({name}, pot.get(str(LOWEST), 0), pot.get(str(HIGHEST), 0))
    told = shown(spec, ledger, MANY, "all")
    attack.know_rows(set(live), told.rows)
    return attack, [frozenset({name}) for name in live], told.rows


@st.composite
def evenings(draw):
    """Some sessions of five to seven answers, from one choice of marks that some do not share."""
    marks = st.sampled_from([tuple(range(5)), (4, 4, 3), (0, 4), (4, 4, 4, 0), (2, 3), (4, 1, 1, 0)])
    here, there = draw(marks), draw(marks)
    many = st.lists(st.sampled_from(here), min_size=5, max_size=7) | st.lists(
        st.sampled_from(there), min_size=5, max_size=5
    )
    return draw(st.lists(many, min_size=2, max_size=10))


@settings(max_examples=TABLES, deadline=None, derandomize=TABLES < 50, suppress_health_check=list(HealthCheck))
@given(evenings())
@example([[4, 4, 4, 1, 0]] * 10)
@example([[4, 4, 4, 2, 0], [4, 4, 3, 2, 2]] * 5)
def test_a_table_beside_the_means_of_many_small_sessions_gives_nothing_away(sessions):
    attack, groups, _ = closed_after(SMALL_MARK, sessions)

    assert attack.derived(groups) == []


def test_a_table_made_at_closing_is_the_totals_where_it_could_not_tell_of_all_otherwise():
    seasons = {"A": Counter([1] * 9 + [0] * 9), "C": Counter([1] * 12 + [0] * 3)}
    ledger = advance(YES_NO, seasons, tree(EVERYWHERE))
    told = {
        name: [row.count for row in shown(YES_NO, ledger, tree(EVERYWHERE), name).rows] for name in ("all", "A", "C")
    }

    assert told == {"all": [21, 12], "A": [], "C": []}


def test_many_small_sessions_have_their_table_at_closing_unless_it_fits_their_means_too_well():
    usual = closed_after(MARK, [[9, 8, 10, 7, 8], [10, 9, 6, 8, 9]] * 5)[2]
    tight = closed_after(MARK, [[10, 10, 10, 3, 4]] * 10)[2]

    assert ([(row.values, row.count) for row in usual], tight) == ([(tuple(range(9)), 25), ((9, 10), 25)], ())


def test_the_attack_succeeds_against_an_engine_that_only_waits_for_five_and_eleven():
    """Control. Six answers, then seven: exact means give the seventh; a table renewed at once gives its class."""
    marks, then = [4, 3, 4, 2, 4, 4], [0]
    attack = Attack(range(5), {("A", 0): 6, ("A", 1): 1})
    attack.know_sum({("A", 0)}, sum(marks), sum(marks))
    attack.know_sum({("A", 0), ("A", 1)}, sum(marks + then), sum(marks + then))
    table = Attack((0, 1), {("A", 0): 11, ("A", 1): 1})
    table.know_rows({("A", 0)}, [Row((0,), 5, 11, 0, 0, 0), Row((1,), 6, 11, 0, 0, 0)])
    table.know_rows({("A", 0), ("A", 1)}, [Row((0,), 6, 12, 0, 0, 0), Row((1,), 6, 12, 0, 0, 0)])

    seventh = frozenset({("A", 1)})
    assert [one.derived([seventh]) for one in (attack, table)] == [[(seventh, 0, 1)]] * 2
