"""What may be said of small numbers: intervals, comparisons, a fair ranking, the agreement of two readers.

Plain Python, checked against scipy and published examples by the tests. Shares go from 0 to 1; intervals hold 95 %.
Of answers, feed it what thresholds lets be shown, never raw sums: a share or a mean printed with more digits undoes it.
"""

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from statistics import fmean, stdev

Z95 = 1.959963984540054
# From how many answers a share or a mean is compared with another at all.
COMPARED_FROM = 11
PRIOR_WEIGHT = 10
RENEWED_FROM = 7.0


class Gap(StrEnum):
    """What a comparison lets one say. A gap is never called a cause, nor « no gap » an equality."""

    ABOVE = "écart significatif, au-dessus"
    BELOW = "écart significatif, en dessous"
    UNCLEAR = "écart non significatif"
    TOO_FEW = "trop peu de réponses pour comparer"


class Verdict(StrEnum):
    RENEW = "à reconduire"
    REVIEW = "à revoir"
    TOO_FEW = "trop peu de réponses"


@dataclass(frozen=True)
class Interval:
    """A figure between its two bounds, at 95 %, in the figure's own unit."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """The difference of two figures with its interval, and what may be said of it (difference None where too few)."""

    gap: Gap
    difference: Interval | None = None


@dataclass(frozen=True)
class Ranked:
    """An activity in the ranking. mean: as answered; shrunken: what it is ranked by, out of 10."""

    key: str
    n: int
    mean: float
    shrunken: float
    verdict: Verdict


def share_interval(count, n):
    """Return the Wilson score interval of count among n, or None of nobody.

    Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212; no continuity correction. Unlike the usual
    p ± 1.96 s it stays within 0 and 1, and keeps its word for the few answers of one evening.
    """
    if n == 0:
        return None
    share, z2 = count / n, Z95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


def mean_interval(values):
    """Return the mean with Student's t interval (n - 1 degrees of freedom), or None under two values.

    Source: Student, Biometrika 6 (1908) 1-25. It supposes the mean of n answers nearly normal: from 11 answers on a
    bounded scale that is fair. The bounds may pass the ends of the scale: whoever shows them cuts them there.
    """
    if len(values) <= 1:
        return None
    mean = fmean(values)
    half = student_t(len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return Interval(mean, mean - half, mean + half)


@lru_cache(maxsize=1024)
def student_t(freedom):
    """Return the 97.5th percentile of Student's t for that many degrees of freedom, whole or not (1 or more).

    P(|T| < t) is the integral of cos^(freedom - 1) from 0 to atan(t / sqrt(freedom)), over its value up to pi / 2
    (M. Abramowitz, I. Stegun, 26.7): Simpson's rule, then halving. Good to seven digits.
    """
    low, high = 0.0, math.pi / 2
    for _ in range(50):
        angle = (low + high) / 2
        low, high = (angle, high) if _central_part(angle, freedom) < 0.95 else (low, angle)  # noqa: PLR2004
    return math.sqrt(freedom) * math.tan(low)


def _central_part(angle, freedom, slices=120):
    step, power = angle / slices, freedom - 1
    heights = [math.cos(step * place) ** power for place in range(slices + 1)]
    area = step / 3 * (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2]))
    return area * 2 / math.sqrt(math.pi) * math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))


def shrunken_mean(n, mean, grand_mean, weight=PRIOR_WEIGHT):
    """Return the mean drawn towards the grand mean: (n × mean + weight × grand_mean) / (n + weight).

    Three delighted people are not a better evening than forty contented ones. It is as if each activity began with
    `weight` answers like everybody's: with few answers it stays near the middle, with many it speaks for itself.
    Source: the linear shrinkage of empirical Bayes (B. Efron, C. Morris, J. Am. Stat. Assoc. 70 (1975) 311-319); the
    weight is fixed, not estimated: a dozen activities are too few to tell their spread from chance.
    """
    return (n * mean + weight * grand_mean) / (n + weight)


def verdict_of(n, shrunken, *, from_n=COMPARED_FROM, from_mean=RENEWED_FROM):
    """« Trop peu de réponses » under 11 answers; then « à reconduire » from a shrunken mean of 7 out of 10."""
    if n < from_n:
        return Verdict.TOO_FEW
    return Verdict.RENEW if shrunken >= from_mean else Verdict.REVIEW


def rank(activities):
    """Return the activities, best shrunken mean first, as Ranked. activities: {key: (n, mean out of 10)}.

    The grand mean counts each answer once. The means are those that are shown, rounded as they are: the shrunken mean
    of an exact one would give it back. Where two are equal the one with more answers comes first, then by key.
    """
    answered = {key: (n, mean) for key, (n, mean) in activities.items() if n}
    if not answered:
        return []
    grand = sum(n * mean for n, mean in answered.values()) / sum(n for n, _ in answered.values())
    rows = [_ranked(key, n, mean, grand) for key, (n, mean) in answered.items()]
    return sorted(rows, key=lambda row: (-row.shrunken, -row.n, row.key))


def _ranked(key, n, mean, grand):
    shrunken = shrunken_mean(n, mean, grand)
    return Ranked(key, n, mean, shrunken, verdict_of(n, shrunken))


def kappa(first, second):
    """Return Cohen's kappa of two coders, item by item, or None where it has no meaning.

    first, second: one heading (any hashable) per item, in the same order. (observed - expected) / (1 - expected),
    where expected is the agreement of two coders who draw at random, each after his own habits. None without items,
    or where both put everything under one and the same heading. Source: J. Cohen, Educ. Psychol. Meas. 20 (1960) 37-46.
    """
    n = len(first)
    if n != len(second):
        raise ValueError("both coders must have read the same items")
    if n == 0:
        return None
    agreed = sum(one == other for one, other in zip(first, second, strict=True))
    habits, other_habits = Counter(first), Counter(second)
    by_chance = sum(count * other_habits[heading] for heading, count in habits.items())
    # In whole numbers, so that « all by chance » is seen exactly.
    return None if by_chance == n * n else (agreed * n - by_chance) / (n * n - by_chance)


def share_difference(count, n, other_count, other_n):
    """Return the first share less the second, with Newcombe's hybrid score interval (independent groups).

    Source: R. G. Newcombe, Stat. Med. 17 (1998) 873-890, method 10: the Wilson bounds of both, put together.
    """
    one, other = share_interval(count, n), share_interval(other_count, other_n)
    gap = one.value - other.value
    return Interval(
        gap,
        gap - math.hypot(one.value - one.low, other.high - other.value),
        gap + math.hypot(one.high - one.value, other.value - other.low),
    )


def mean_difference(values, other_values):
    """Return the first mean less the second with Welch's interval (variances may differ; two values each at least).

    Source: B. L. Welch, Biometrika 34 (1947) 28-35.
    """
    gap = fmean(values) - fmean(other_values)
    parts = [stdev(group) ** 2 / len(group) for group in (values, other_values)]
    if sum(parts) == 0:
        return Interval(gap, gap, gap)
    frees = parts[0] ** 2 / (len(values) - 1) + parts[1] ** 2 / (len(other_values) - 1)
    half = student_t(sum(parts) ** 2 / frees) * math.sqrt(sum(parts))
    return Interval(gap, gap - half, gap + half)


def compare_with_nation(count, n, national, national_n=None):
    """Compare a territory's share with a national one (0 to 1); national_n: how many answered there, if it is known.

    Where it is not, the national share is taken as exact, which 50,000 answers nearly are. Neither those who answer nor
    the people asked are alike: what is significant is that chance alone would rarely give the gap, and no more.
    """
    if n < COMPARED_FROM:
        return Comparison(Gap.TOO_FEW)
    if national_n:
        return _compared(share_difference(count, n, round(national * national_n), national_n))
    mine = share_interval(count, n)
    return _compared(Interval(mine.value - national, mine.low - national, mine.high - national))


def compare_waves(count, n, earlier_count, earlier_n):
    """Compare the share of a wave with that of an earlier one; both need 11 answers.

    Answers are anonymous: the same people may be in both, unpaired, which makes the interval rather too wide.
    """
    if min(n, earlier_n) < COMPARED_FROM:
        return Comparison(Gap.TOO_FEW)
    return _compared(share_difference(count, n, earlier_count, earlier_n))


def compare_late(late, early):
    """Compare the answers that came after a reminder with those before, number by number; both need 11 answers.

    BELOW: those who answer late are less happy, so that those who never answered may be too. Show the words alone:
    early and late cut across what thresholds publishes, and their means would undo it.
    """
    if min(len(late), len(early)) < COMPARED_FROM:
        return Comparison(Gap.TOO_FEW)
    return _compared(mean_difference(late, early))


def _compared(difference):
    if difference.low > 0:
        return Comparison(Gap.ABOVE, difference)
    return Comparison(Gap.BELOW if difference.high < 0 else Gap.UNCLEAR, difference)
