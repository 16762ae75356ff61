"""Checked against scipy, and against the examples of the articles themselves."""

import pytest
from scipy import stats

from evaluation.statistics import (
    Comparison,
    Gap,
    Interval,
    Ranked,
    Verdict,
    compare_late,
    compare_waves,
    compare_with_nation,
    kappa,
    mean_difference,
    mean_interval,
    rank,
    share_difference,
    share_interval,
    shrunken_mean,
    student_t,
    verdict_of,
)


def rounded(interval, digits=4):
    return tuple(round(number, digits) for number in (interval.value, interval.low, interval.high))


@pytest.mark.parametrize(("count", "n"), [(0, 11), (1, 29), (6, 11), (11, 11), (15, 148), (151, 10_000)])
def test_a_share_has_the_interval_that_scipy_gives_it(count, n):
    expected = stats.binomtest(count, n).proportion_ci(method="wilson")

    interval = share_interval(count, n)

    assert (interval.value, interval.low, interval.high) == pytest.approx((count / n, *expected), abs=1e-12)


def test_shares_published_by_newcombe():
    """Table I of Newcombe 1998 (a), method 3."""
    found = [rounded(share_interval(count, n))[1:] for count, n in [(81, 263), (15, 148), (0, 20), (1, 29)]]

    assert found == [(0.2553, 0.3662), (0.0624, 0.1605), (0.0, 0.1611), (0.0061, 0.1718)]


def test_nobody_has_no_share():
    assert share_interval(0, 0) is None


@pytest.mark.parametrize("freedom", [1, 1.5, 2, 4, 10, 10.7, 39, 120, 9_999])
def test_students_percentile_is_that_of_scipy(freedom):
    assert student_t(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-7)


@pytest.mark.parametrize("values", [[8, 9], [10, 7, 8, 9, 3, 8, 8, 10, 6, 9, 9], list(range(11)) * 30])
def test_a_mean_has_the_interval_that_scipy_gives_it(values):
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)

    interval = mean_interval(values)

    assert (interval.low, interval.high) == pytest.approx(tuple(expected), rel=1e-8)


def test_one_answer_has_no_interval_and_equal_answers_have_a_narrow_one():
    assert (mean_interval([8]), mean_interval([8] * 11)) == (None, Interval(8, 8, 8))


def test_few_answers_are_drawn_to_the_middle_and_many_are_not():
    assert [round(shrunken_mean(n, 10, 8), 2) for n in (0, 3, 10, 990)] == [8, 8.46, 9, 9.98]


def test_three_delighted_people_do_not_beat_forty_contented_ones():
    ranking = rank({"tai-chi": (3, 10.0), "boxe": (40, 9.0), "yoga": (57, 6.0), "chant": (0, 0.0)})

    grand = (30 + 360 + 342) / 100
    assert ranking == [
        Ranked("boxe", 40, 9.0, (360 + 10 * grand) / 50, Verdict.RENEW),
        Ranked("tai-chi", 3, 10.0, (30 + 10 * grand) / 13, Verdict.TOO_FEW),
        Ranked("yoga", 57, 6.0, (342 + 10 * grand) / 67, Verdict.REVIEW),
    ]


def test_without_answers_there_is_no_ranking():
    assert rank({"chant": (0, 0.0)}) == []


@pytest.mark.parametrize(
    ("n", "shrunken", "verdict"),
    [(10, 9.9, Verdict.TOO_FEW), (11, 7, Verdict.RENEW), (11, 6.9, Verdict.REVIEW)],
)
def test_the_verdict_needs_eleven_answers_and_a_seven(n, shrunken, verdict):
    assert verdict_of(n, shrunken) == verdict


def pairs(table):
    """Return what two coders chose, from their table of counts: {(first, second): count}."""
    both = [pair for pair, count in table.items() for _ in range(count)]
    return [one for one, _ in both], [other for _, other in both]


def test_kappa_of_the_diagnoses_of_fleiss():
    """J. Fleiss, Statistical Methods for Rates and Proportions, table 18.1: two raters, 100 patients, 0.68."""
    counts = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    table = {(row, column): counts[row][column] for row in range(3) for column in range(3)}

    assert round(kappa(*pairs(table)), 3) == 0.676


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({("oui", "oui"): 20, ("oui", "non"): 5, ("non", "oui"): 10, ("non", "non"): 15}, 0.4),
        ({("oui", "oui"): 5, ("non", "non"): 6}, 1.0),
        ({("oui", "non"): 5, ("non", "oui"): 5}, -1.0),
        ({("oui", "oui"): 9}, None),
        ({}, None),
    ],
)
def test_kappa_goes_from_full_agreement_to_none(table, expected):
    assert kappa(*pairs(table)) == expected


def test_coders_who_read_different_items_are_an_error():
    with pytest.raises(ValueError, match="same items"):
        kappa(["temps"], [])


def test_the_difference_of_two_shares_published_by_newcombe():
    """Table II of Newcombe 1998 (b), method 10: 56/70 against 48/80, 9/10 against 3/10, 10/10 against 0/10."""
    found = [rounded(share_difference(*four)) for four in [(56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 10)]]

    assert found == [(0.2, 0.0524, 0.3339), (0.6, 0.1705, 0.8090), (1.0, 0.6075, 1.0)]


@pytest.mark.parametrize("shift", [0, 1, 3])
def test_the_difference_of_two_means_is_welchs(shift):
    late, early = [5, 6, 8, 4, 7, 6, 9, 3, 5, 6, 7], [value + shift for value in (7, 8, 8, 9, 7, 6, 8, 8, 7, 8, 8, 8)]
    expected = stats.ttest_ind(late, early, equal_var=False).confidence_interval(0.95)

    interval = mean_difference(late, early)

    assert (interval.low, interval.high) == pytest.approx(tuple(expected), rel=1e-8)


def test_equal_answers_differ_by_what_they_differ():
    assert mean_difference([8] * 11, [6] * 12) == Interval(2, 2, 2)


def gaps(comparisons):
    return [comparison.gap for comparison in comparisons]


def test_a_territory_is_told_from_the_nation_only_when_chance_would_rarely_do_it():
    """63 % of the nation; 20 of 40 is 35 to 65 %, 10 of 40 is 14 to 40 %, 36 of 40 is 77 to 96 %."""
    found = [compare_with_nation(count, 40, 0.63) for count in (20, 10, 36)]

    assert gaps(found) == [Gap.UNCLEAR, Gap.BELOW, Gap.ABOVE]
    assert round(found[0].difference.high, 3) == 0.018


def test_a_small_national_survey_widens_the_doubt():
    taken_as_exact, counted = compare_with_nation(14, 40, 0.5), compare_with_nation(14, 40, 0.5, national_n=40)

    assert (taken_as_exact.difference.high, gaps([taken_as_exact, counted])) == (
        pytest.approx(share_interval(14, 40).high - 0.5),
        [Gap.UNCLEAR, Gap.UNCLEAR],
    )
    assert counted.difference.high > taken_as_exact.difference.high


def test_ten_answers_are_compared_with_nothing():
    too_few = Comparison(Gap.TOO_FEW)

    assert [
        compare_with_nation(10, 10, 0.1),
        compare_waves(10, 10, 0, 500),
        compare_waves(0, 500, 10, 10),
        compare_late([1] * 10, [9] * 50),
    ] == [too_few] * 4


def test_a_wave_is_compared_with_the_one_before():
    assert gaps([compare_waves(56, 70, 48, 80), compare_waves(48, 80, 56, 70), compare_waves(50, 70, 48, 80)]) == [
        Gap.ABOVE,
        Gap.BELOW,
        Gap.UNCLEAR,
    ]


def test_those_who_answer_late_may_be_less_happy():
    early, late = [8, 9, 8, 7, 9, 8, 8, 9, 8, 9, 10], [6, 7, 5, 6, 7, 6, 5, 7, 6, 6, 7]

    assert gaps([compare_late(late, early), compare_late(early, early)]) == [Gap.BELOW, Gap.UNCLEAR]
