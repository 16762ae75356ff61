"""A territory beside the country, and a wave beside an earlier one, from what may be shown and nothing else.

A share is made of whole classes of a published table: where a merged class holds answers of both sides, nothing is
said. So a comparison tells no more than the results do.
"""

import math
from dataclasses import dataclass

from activities.services.import_columns import plain
from evaluation.enums import QuestionKind, SurveyState
from evaluation.models import Question, Survey
from evaluation.national import Figure, figures
from evaluation.services.results import results_of_all
from evaluation.statistics import (
    COMPARED_FROM,
    Comparison,
    Gap,
    Interval,
    compare_waves,
    compare_with_nation,
    share_interval,
)

MOST_WAVES = 20
YES, AGREED = frozenset({1}), frozenset({3, 4})


@dataclass(frozen=True)
class Share:
    """How many of how many answers count, of whole published classes."""

    count: int
    n: int

    @property
    def interval(self):
        return share_interval(self.count, self.n)


@dataclass(frozen=True)
class Compared:
    """One question compared. here, there: shares from 0 to 1, or means; there's bounds may be unknown (None).

    n: how many answered here, there_n: there, both 0 where nothing may be told. comparison: None where it is the detail
    that lacks rather than answers. figure: the national one, if it is with the country that one compares.
    """

    question: Question
    is_share: bool
    here: Interval | None = None
    n: int = 0
    there: Interval | None = None
    there_n: int = 0
    comparison: Comparison | None = None
    figure: Figure | None = None

    @property
    def gap(self):
        return self.comparison.gap if self.comparison else None


# --- With the country -----------------------------------------------------------------------------


def with_nation(results):
    """Return a Compared for each question that was asked in the whole country, in the questionnaire's order."""
    known = figures()
    return [
        against_figure(question, known[question.national_key], results.shown(question))
        for question in results.questions
        if question.national_key in known
    ]


def against_figure(question, figure, shown):
    """Compare a question with a national figure. shown: its Shown in the whole questionnaire."""
    there = Interval(figure.value, figure.value, figure.value)
    blank = Compared(question, figure.is_share, there=there, figure=figure)
    if not figure.is_share:
        return _mean_with_nation(blank, shown) if question.kind == QuestionKind.SCALE else blank
    counted = figure.counted(question)
    share = share_of(shown, counted) if counted else None
    if share is None:
        return _without_detail(blank, shown)
    found = compare_with_nation(share.count, share.n, figure.value, figure.n)
    return Compared(question, True, share.interval, share.n, there, figure.n or 0, found, figure)


def _mean_with_nation(blank, shown):
    """The interval of a mean is known here alone: no source tells how its own answers are spread."""
    here = mean_of(shown)
    if here is None:
        return _without_detail(blank, shown)
    difference = Interval(*(bound - blank.there.value for bound in (here.value, here.low, here.high)))
    found = compared(difference)
    return Compared(blank.question, False, here, shown.n, blank.there, blank.figure.n or 0, found, blank.figure)


def _without_detail(blank, shown):
    """Tell « too few answers » from « enough answers, but neighbours are still together »."""
    if shown.n >= COMPARED_FROM:
        return blank
    return Compared(**(vars(blank) | {"comparison": Comparison(Gap.TOO_FEW)}))


def share_of(shown, counted):
    """Return the Share of the answers whose values count, or None where a class holds some of both sides."""
    if not shown.rows or any(set(row.values) & counted and not set(row.values) <= counted for row in shown.rows):
        return None
    return Share(sum(row.count for row in shown.rows if set(row.values) <= counted), shown.rows[0].n)


def mean_of(shown):
    """Return the mean with its interval, or None where too few answered for one."""
    if not shown.mean or shown.mean.low is None:
        return None
    return Interval(shown.mean.value, shown.mean.low, shown.mean.high)


def difference_of_means(one, other):
    """Return the first mean less the second, with an interval made of both their own.

    The method of variance estimates recovery (G. Y. Zou, A. Donner, Stat. Med. 27 (2008) 1693-1702): it needs the
    intervals alone, so that no answer is read again.
    """
    gap = one.value - other.value
    return Interval(
        gap,
        gap - math.hypot(one.value - one.low, other.high - other.value),
        gap + math.hypot(one.high - one.value, other.value - other.low),
    )


def compared(difference):
    if difference.low > 0:
        return Comparison(Gap.ABOVE, difference)
    return Comparison(Gap.BELOW if difference.high < 0 else Gap.UNCLEAR, difference)


# --- With an earlier wave -------------------------------------------------------------------------


def waves_of(survey):
    """Return the questionnaires that one can be compared with: earlier versions first, then those of its nature."""
    others = Survey.objects.exclude(pk=survey.pk).exclude(state=SurveyState.DRAFT)
    found = list(others.filter(kind=survey.kind).order_by("-opened_on", "-pk")[:MOST_WAVES])
    chain, seen, pk = [], {survey.pk}, survey.previous_id
    by_key = {one.pk: one for one in found} | {one.pk: one for one in others.filter(pk=pk)}
    while pk in by_key and pk not in seen:
        chain.append(by_key[pk])
        seen.add(pk)
        pk = by_key[pk].previous_id
    return [*chain, *(one for one in found if one.pk not in seen)]


def results_with(survey, earlier):
    """Return the Results of both, in as many statements as of one; earlier may be None."""
    found = results_of_all(list(filter(None, (survey, earlier))))
    return found[survey.pk], found.get(earlier.pk) if earlier else None


def with_wave(results, earlier):
    """Return a Compared for each question that both waves ask and that one figure sums up."""
    pairs = ((question, same_question(question, earlier.questions)) for question in results.questions)
    return [
        found
        for question, other in pairs
        if other and (found := _against_wave(question, results.shown(question), other, earlier.shown(other)))
    ]


def same_question(question, others):
    """Return the question of another questionnaire that asks the same: by its key, otherwise word for word."""
    alike = [other for other in others if other.kind == question.kind and options_of(other) == options_of(question)]
    if question.national_key:
        return next((other for other in alike if other.national_key == question.national_key), None)
    return next((other for other in alike if plain(other.text) == plain(question.text)), None)


def options_of(question):
    return [option["label"] for option in question.options]


def counted_in(question):
    """Return the answers of which a share is made, or None where a share would not sum up the question."""
    figure = figures().get(question.national_key)
    if figure and figure.is_share:
        return figure.counted(question)
    return {QuestionKind.YES_NO: YES, QuestionKind.AGREEMENT: AGREED}.get(question.kind)


def _against_wave(question, shown, other, other_shown):
    counted = counted_in(question)
    if counted:
        here, there = share_of(shown, counted), share_of(other_shown, counted_in(other))
        if here is None or there is None:
            return _apart(Compared(question, True), shown, other_shown)
        found = compare_waves(here.count, here.n, there.count, there.n)
        return Compared(question, True, here.interval, here.n, there.interval, there.n, found)
    if question.kind not in QuestionKind.numeric:
        return None
    here, there = mean_of(shown), mean_of(other_shown)
    if here is None or there is None:
        return _apart(Compared(question, False), shown, other_shown)
    found = compared(difference_of_means(here, there))
    return Compared(question, False, here, shown.n, there, other_shown.n, found)


def _apart(blank, shown, other_shown):
    return min((_without_detail(blank, one) for one in (shown, other_shown)), key=lambda one: one.comparison is None)
