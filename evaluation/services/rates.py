"""How many of those invited have answered, and whether those who answer late are less happy.

Counted as of last night: a count that moved during the day would tell, of somebody seen answering, which was theirs.
That a person answered tells nothing of what; still a count under the questionnaire's threshold is not shown.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from evaluation.enums import QuestionKind, ResponseSource
from evaluation.models import Answer, Response, ResultSnapshot, Sending
from evaluation.services.answering import lock_survey
from evaluation.statistics import Gap, compare_late
from evaluation.thresholds import visible

RENEWED_BY = 5
SATISFACTION = "satisfaction"
LATE = "late"
LATE_SENTENCES = {
    Gap.BELOW: "Celles et ceux qui répondent tard sont moins satisfaits : les personnes qui n’ont pas répondu le sont "
    "peut-être moins aussi.",
    Gap.ABOVE: "Celles et ceux qui répondent tard sont plus satisfaits que les autres.",
    Gap.UNCLEAR: "Celles et ceux qui répondent tard ne se distinguent pas nettement des autres.",
}


@dataclass(frozen=True)
class Rate:
    """answered: None under the threshold. share: from 0 to 1, None where it has no meaning.

    That is, where nobody was invited, or where more answered than were invited: paper was handed out beside the mails.
    """

    invited: int
    answered: int | None
    threshold: int

    @property
    def share(self):
        if self.answered is None or not 0 < self.answered <= self.invited:
            return None
        return self.answered / self.invited

    @property
    def words(self):
        """Return « 43 réponses, soit 86 % », or as much of it as may be said."""
        if self.answered is None:
            return f"moins de {self.threshold} réponses"
        if self.share is None:
            return f"{self.answered} réponses"
        return f"{self.answered} réponses, soit {self.share:.0%}".replace("%", "\u00a0%")


@dataclass(frozen=True)
class Rates:
    """of_sessions: {id of a session: Rate}; of_lists: of all sendings to lists, whose answers are not told apart.

    whole: of all whose number may be told, so that it never gives away the others; is_partial: some are left out.
    """

    of_sessions: dict
    of_lists: Rate
    whole: Rate
    is_partial: bool = False


def rates_of(survey):
    """Return the Rates of a questionnaire, in two statements. Only sendings that have begun count."""
    return rates_of_all([survey])[survey.pk]


def rates_of_all(surveys):
    """Return {key of a questionnaire: its Rates}, in two statements whatever their number."""
    begun = Sending.objects.filter(survey__in=surveys, last_sent_on__isnull=False).order_by()
    invited, answered = defaultdict(dict), defaultdict(lambda: defaultdict(int))
    for survey, session, number in begun.values_list("survey", "session").annotate(number=Sum("invited")):
        invited[survey][session] = number
    for survey, session, number in answers_of(surveys):
        answered[survey][session] = number
    return {survey.pk: _rates(survey, invited[survey.pk], answered[survey.pk]) for survey in surveys}


def _rates(survey, invited, answered):
    floor = survey.publish_from
    groups = {session: answered[session] for session in invited} or dict(answered)
    seen = visible(groups, publish_from=floor)
    alone = set(seen.alone)
    each = {
        session: Rate(invited.get(session, 0), count if session in alone else None, floor)
        for session, count in groups.items()
    }
    reached = sum(invited.get(session, 0) for session in seen.counted)
    whole = Rate(reached or sum(invited.values()), seen.total if seen.total >= floor else None, floor)
    of_lists = each.pop(None, Rate(0, None, floor))
    return Rates(each, of_lists, whole, is_partial=bool(seen.total) and len(seen.counted) < len(groups))


def answers_of(surveys):
    """Return (questionnaire, session or None, how many answers) up to last night; imports were not asked for here."""
    responses = Response.objects.filter(survey__in=surveys, day__lt=timezone.localdate())
    asked = responses.exclude(source=ResponseSource.IMPORT).order_by()
    return asked.values_list("survey", "session").annotate(number=Count("pk"))


# --- Late answers ---------------------------------------------------------------------------------


def late_sentence(survey):
    """Return what may be said of the satisfaction of those who answered after a reminder, or "" under 11 on a side.

    Only the words; kept until five more answers have come on one side, or a change of them would tell the last answer.
    Written under the questionnaire's lock, from marks counted under it.
    """
    question = survey.questions.filter(kind=QuestionKind.SCALE, national_key=SATISFACTION).first()
    if question is None:
        return ""
    kept, fresh = _late(survey, question)
    return LATE_SENTENCES.get((_renewed(survey, question) if fresh else kept)["gap"], "")


@transaction.atomic
def _renewed(survey, question):
    lock_survey(survey)
    kept, fresh = _late(survey, question)
    if not fresh:
        return kept
    values = {"n": fresh["early"] + fresh["late"], "content": fresh, "made_on": timezone.localdate()}
    ResultSnapshot.objects.update_or_create(survey=survey, scope=LATE, defaults=values)
    return fresh


def _late(survey, question):
    """Return what is kept, and what should be kept instead where five more answers have come on one side, or None."""
    snapshot = ResultSnapshot.objects.filter(survey=survey, scope=LATE).first()
    kept = snapshot.content if snapshot else {"early": 0, "late": 0, "gap": ""}
    early, late = marks_of(question)
    if early.total() < kept["early"] + RENEWED_BY and late.total() < kept["late"] + RENEWED_BY:
        return kept, None
    gap = compare_late(list(late.elements()), list(early.elements())).gap
    return kept, {"early": early.total(), "late": late.total(), "gap": gap.value}


def marks_of(question):
    """Return {mark: how many} of those given online before any reminder, and after one, up to last night."""
    online = Answer.objects.filter(
        question=question,
        comment=False,
        value__isnull=False,
        response__source=ResponseSource.WEB,
        response__day__lt=timezone.localdate(),
    ).order_by()
    early, late = Counter(), Counter()
    for wave, value, count in online.values_list("response__wave", "value").annotate(number=Count("pk")):
        (late if wave else early)[value] += count
    return early, late
