"""No count from 1 to 10 comes out of the publications: histories, witnesses, small worlds, and rules that fail."""

import random
from collections import Counter
from functools import cache
from itertools import chain, combinations, pairwise, product

import pytest

from listening_cell.counting import (
    EXCLUSIVE,
    LEAST,
    MOST_RESOURCES,
    OTHERS,
    SEVERAL,
    Slip,
    box_rows,
    exclusive_rows,
    publication,
)

HISTORIES = 10_000
WITNESSED = 1_000
SHEETS = [f"fiche-{number}" for number in range(9)]
VALUES = {name: list(members) for name, (_, members) in (EXCLUSIVE | SEVERAL).items()} | {"resources": SHEETS}
BOXES = [*SEVERAL, "resources"]


# --- Ten thousand histories -----------------------------------------------------------------------


def random_slip(rng):
    few = {name: rng.sample(VALUES[name], rng.choice((0, 1, 1, 2, 3))) for name in BOXES}
    return Slip(**{name: rng.choice(VALUES[name]) for name in EXCLUSIVE}, **few)


def random_year(rng, pool):
    """The slips of a year, often alike, so that counts on both sides of 11 are frequent."""
    kinds = rng.sample(pool, rng.randint(2, 25))
    weights = [rng.expovariate(1) for _ in kinds]
    return rng.choices(kinds, weights, k=rng.choice((rng.randint(0, 12), rng.randint(20, 35), rng.randint(30, 90))))


@cache
def histories():
    """Years of slips, as published: those of a year with fewer than eleven wait for the next."""
    rng = random.Random(2016)
    pool = [random_slip(rng) for _ in range(3000)]
    made = []
    for _ in range(HISTORIES):
        waiting, years = [], []
        for _ in range(rng.randint(2, 4)):
            waiting = waiting + random_year(rng, pool)
            if len(waiting) >= LEAST:
                years.append(waiting)
                waiting = []
        made.append(years)
    return made


def published_history(years, publish=publication):
    return [publish(slips_of_year, 2020 + number) for number, slips_of_year in enumerate(years)]


def sums(counts):
    """Every sum of some of these counts, none and all included."""
    found = {0}
    for count in counts:
        found |= {before + count for before in found}
    return found


def readable_counts(published):
    """What a reader gets from one publication by sums and differences: how many slips are in this and not in that.

    Within an exclusive table any union of rows; a box; and what each of them lacks to the total. Of two lists together
    nothing more: what they have in common is fixed only where one of them holds nobody, or everybody.
    """
    found = {0}
    for one in published["lists"]:
        counts = [row["count"] for row in one["rows"]]
        found |= set(counts) if one["several"] else sums(counts)
    return found | {published["total"] - count for count in found}


def betrayed(publications):
    """Counts from 1 to 10 that the publications of a history give away."""
    return set().union(*map(readable_counts, publications)) & set(range(1, LEAST))


@cache
def published_histories():
    return [published_history(years) for years in histories()]


def test_no_count_from_1_to_10_can_be_derived_from_all_publications_together():
    betraying = [publications for publications in published_histories() if betrayed(publications)]

    assert len(published_histories()) == HISTORIES
    assert betraying == []


def test_the_histories_put_the_rule_to_the_test():
    """They hold tables, merged rows and boxes in number."""
    seen = Counter()
    for one in chain.from_iterable(published["lists"] for published in chain.from_iterable(published_histories())):
        seen[one["key"]] += bool(one["rows"])
        seen[OTHERS] += any(row["key"] == OTHERS for row in one["rows"])

    assert min(seen.values()) > HISTORIES / 10, seen


def with_rows(published, several, rule):
    """The same publication, its rows rewritten by a rule of ours that is not good enough."""
    for one in published["lists"]:
        if one["several"] is several:
            one["rows"] = rule(one)
    return published


def every_class(slips_of_year, year):
    """A control: all the classes of the exclusive tables are printed."""

    def rule(one):
        found = Counter(getattr(each, one["key"]).value for each in slips_of_year)
        return [{"key": key, "count": count} for key, count in found.items()]

    return with_rows(publication(slips_of_year, year), False, rule)


def small_classes_left_out(slips_of_year, year):
    """A control: classes under 11 are left out and not merged, so that the total gives them away."""

    def rule(one):
        return [row for row in every_class_rows(one) if row["count"] >= LEAST]

    def every_class_rows(one):
        found = Counter(getattr(each, one["key"]).value for each in slips_of_year)
        return [{"key": key, "count": count} for key, count in found.items()]

    return with_rows(publication(slips_of_year, year), False, rule)


def boxes_without_complement(slips_of_year, year):
    """A control: a box is printed from 11 on, whatever is left of the total."""

    def rule(one):
        ticked = chain.from_iterable(getattr(each, one["key"]) for each in slips_of_year)
        return [{"key": key, "count": count} for key, count in Counter(map(str, ticked)).items() if count >= LEAST]

    return with_rows(publication(slips_of_year, year), True, rule)


@pytest.mark.parametrize("publish", [every_class, small_classes_left_out, boxes_without_complement])
def test_a_publication_without_the_rule_fails_the_same_check(publish):
    some = histories()[:500]

    betraying = [years for years in some if betrayed(published_history(years, publish))]

    assert len(betraying) > len(some) / 4


def differences(before, after):
    """What a reader who knows that the slips of one publication are all in the other gets, line by line."""
    lines = [
        {(one["key"], row["key"]): row["count"] for one in published["lists"] for row in one["rows"]}
        for published in (before, after)
    ]
    return {abs(lines[1][key] - lines[0][key]) for key in lines[0].keys() & lines[1].keys()}


def test_slips_that_were_not_deleted_would_betray_by_the_difference_of_two_years():
    some = [years for years in histories()[:500] if len(years) > 1]

    betraying = [
        years
        for years in some
        if differences(publication(years[0], 2020), publication(years[0] + years[1], 2021)) & set(range(1, LEAST))
    ]

    assert len(betraying) > len(some) / 4


# --- Witnesses ------------------------------------------------------------------------------------
# For a count of 1 to 10 that is true of a history, another set of slips that gives the very same publication and of
# which it is not true: nobody can derive it, whatever she does with what is printed, even knowing the rule.


def random_target(rng, fields=None):
    """A subset that the closed lists define: some values of one to three lists, boxes ticked or not."""
    target = {}
    for name in fields or rng.sample(list(VALUES), rng.randint(1, 3)):
        if name in BOXES:
            target[name] = (rng.choice(VALUES[name]), rng.random() < 0.7)
        else:
            target[name] = frozenset(rng.sample(VALUES[name], rng.randint(1, len(VALUES[name]) - 1)))
    return target


def is_in(one, target):
    return all(
        (wanted[0] in getattr(one, name)) is wanted[1] if name in BOXES else getattr(one, name) in wanted
        for name, wanted in target.items()
    )


def answers_of(one):
    return {name: getattr(one, name) for name in VALUES}


def with_answer(one, name, answer):
    return Slip(**{field: getattr(one, field) for field in VALUES} | {name: answer})


def exchanged(rng, target, made):
    """Two slips exchange their answers to one list of the target: every printed count stays."""
    first, second = rng.sample(range(len(made)), 2)
    name = rng.choice(list(target))
    one, other = made[first], made[second]
    return {
        first: with_answer(one, name, getattr(other, name)),
        second: with_answer(other, name, getattr(one, name)),
    }


def altered(rng, target, made):
    """One slip answers otherwise to one list of the target."""
    place, name = rng.randrange(len(made)), rng.choice(list(target))
    answer = set(getattr(made[place], name)) ^ {target[name][0]} if name in BOXES else rng.choice(VALUES[name])
    full = name == "resources" and len(answer) > MOST_RESOURCES
    return {} if full else {place: with_answer(made[place], name, answer)}


def renamed(rng, target, made):
    """Two classes of an exclusive list of the target are taken for each other throughout."""
    names = [name for name in target if name not in BOXES]
    if not names:
        return {}
    name = rng.choice(names)
    one, other = rng.sample(VALUES[name], 2)
    swap = {one: other, other: one}
    answers = ((place, getattr(each, name)) for place, each in enumerate(made))
    return {place: with_answer(made[place], name, swap[answer]) for place, answer in answers if answer in swap}


def witness(rng, target, made):
    """Return slips with the same publication and another count of the target, or None when none was found."""
    published, gained = publication(made, 2020), 0
    for step in range(400):
        changes = rng.choice((exchanged, altered, renamed))(rng, target, made)
        gain = sum(is_in(new, target) - is_in(made[place], target) for place, new in changes.items())
        # Past the first steps, those that change nothing are taken as well: they lead where no single step does.
        if gained + gain or step > 40:
            changed = [changes.get(place, one) for place, one in enumerate(made)]
            if publication(changed, 2020) == published:
                made, gained = changed, gained + gain
        if gained:
            return made
    return None


def test_of_any_history_another_one_has_the_same_publications_and_not_the_same_small_counts():
    rng = random.Random(76)
    asked, without_witness = 0, []
    for years in histories()[:WITNESSED]:
        made = rng.choice(years) if years else []
        targets = (random_target(rng) for _ in range(8))
        target = next((one for one in targets if 1 <= sum(is_in(each, one) for each in made) < LEAST), None)
        if target:
            asked += 1
            if witness(rng, target, made) is None:
                without_witness.append((target, made))

    assert asked > WITNESSED / 2
    assert without_witness == []


# --- Small worlds ---------------------------------------------------------------------------------
# Where everything can be listed, for a reader who knows the rule: among all sets of slips that give one publication no
# group has one and the same small count.


def given_away(sets_of_slips, publish, targets, least):
    """Targets whose count is the same, from 1 to least - 1, in all the sets of slips with one publication."""
    lowest, highest = {}, {}
    for made in sets_of_slips:
        counts = [sum([made[cell] for cell in target]) for target in targets]
        shown = publish(made)
        lowest[shown] = [*map(min, lowest.get(shown, counts), counts)]
        highest[shown] = [*map(max, highest.get(shown, counts), counts)]
    return [
        (shown, target, low)
        for shown in lowest
        for target, low, high in zip(targets, lowest[shown], highest[shown], strict=True)
        if low == high and 0 < low < least
    ]


def compositions(total, cells):
    """Every way to put `total` slips into so many cells."""
    for bars in combinations(range(total + cells - 1), cells - 1):
        edges = (-1, *bars, total + cells - 1)
        yield tuple(right - left - 1 for left, right in pairwise(edges))


def subsets(cells):
    return [part for size in range(1, len(cells)) for part in combinations(cells, size)]


def shown_rows(counts, least=LEAST, rows=exclusive_rows):
    return tuple(sorted(rows(dict(zip("abcdef", counts, strict=False)), least).items()))


@pytest.mark.parametrize(("classes", "totals"), [(2, range(11, 90)), (3, range(11, 48)), (4, (40, 41, 45))])
def test_no_exclusive_table_gives_a_class_away_to_whoever_knows_the_rule(classes, totals):
    cells = tuple(range(classes))

    for total in totals:
        assert given_away(compositions(total, classes), shown_rows, subsets(cells), LEAST) == []


def merged_alone(counts, least):
    """A control: the rule without its guard, « Autres » taking the first of the next smallest."""
    shown = {key: count for key, count in counts.items() if count >= least}
    while len(shown) < len(counts) and shown and sum(counts.values()) - sum(shown.values()) < least:
        del shown[min(shown, key=shown.get)]
    left = sum(counts.values()) - sum(shown.values())
    return shown | ({OTHERS: left} if left else {})


def test_the_rule_without_its_guard_gives_classes_away():
    found = given_away(
        compositions(32, 3), lambda counts: shown_rows(counts, rows=merged_alone), subsets((0, 1, 2)), LEAST
    )

    assert [(shown, cells, count) for shown, cells, count in found if count == 10] == [
        ((("autres", 21), ("b", 11)), (2,), 10)
    ]


@pytest.mark.parametrize("total", range(3, 10))
def test_two_lists_together_give_no_group_away_in_a_small_world(total):
    """Three classes by two, at least 3 in a row instead of 11: any union of the six cells."""
    least = 3

    def publish(made):
        return (
            shown_rows((made[0] + made[1], made[2] + made[3], made[4] + made[5]), least),
            shown_rows((made[0] + made[2] + made[4], made[1] + made[3] + made[5]), least),
        )

    assert given_away(compositions(total, 6), publish, subsets(range(6)), least) == []


@pytest.mark.parametrize(("total", "least"), [(4, 2), (5, 2), (6, 2), (6, 3), (7, 3)])
def test_a_list_and_two_boxes_together_give_no_group_away_in_a_small_world(total, least):
    """Two classes, two boxes that may both be ticked or neither: any union of the eight cells."""
    cells = list(product((0, 1), repeat=3))

    def publish(made):
        of_class, x, y = ([count for count, cell in zip(made, cells, strict=True) if cell[place]] for place in range(3))
        boxes = box_rows({"x": sum(x), "y": sum(y)}, total, least)
        return shown_rows((total - sum(of_class), sum(of_class)), least), tuple(boxes.items())

    assert given_away(compositions(total, 8), publish, subsets(range(8)), least) == []


def test_two_boxes_of_which_one_has_to_be_ticked_would_give_their_overlap_away():
    """A control, and the reason why no list of boxes has to be ticked: 16 and 17 out of 30 would leave 3 with both."""

    def publish(made):
        only_x, only_y, both = made
        return tuple(box_rows({"x": only_x + both, "y": only_y + both}, 30).items())

    found = given_away(compositions(30, 3), publish, [(2,)], LEAST)

    assert ((("x", 16), ("y", 17)), (2,), 3) in found
