"""Activities in order of what was thought of them: from the means that each session's answers let be shown."""

from dataclasses import dataclass, replace

from activities.seasons import season_of
from evaluation.catalogue import SATISFACTION
from evaluation.enums import QuestionKind, SurveyKind, SurveyState
from evaluation.models import Survey
from evaluation.services.results import local_day, results_of_all, session_place
from evaluation.specs import spec_of
from evaluation.statistics import Ranked, rank
from evaluation.thresholds import Shown, shown_together


@dataclass(frozen=True)
class Satisfaction:
    """What may be told of the mark out of ten given after sessions. pots: {name: what is told of one session}.

    names: {session: its names there, one for each questionnaire that was sent after it}. spec: None without question.
    """

    sessions: dict
    names: dict
    pots: dict
    spec: object = None

    @property
    def seasons(self):
        """The seasons of the sessions, the latest first."""
        return sorted({season_of(local_day(one)) for one in self.sessions.values()}, reverse=True)

    def of(self, sessions):
        """Return the Shown (n and mean) of several sessions together, from what is told of each alone."""
        names = [name for pk in sessions for name in self.names.get(pk, ())]
        return shown_together(self.spec, {"blocks": self.pots}, names) if names else Shown()


@dataclass(frozen=True)
class Ranking:
    """ranked: Ranked, best first, their keys the titles of activities. waiting: titles of those nothing is told of."""

    ranked: list[Ranked]
    waiting: list[str]


def satisfaction(*, today=None, found=None):
    """Read the mark after sessions from every questionnaire that asks it, whatever its version.

    found: {key: Results} of those questionnaires at least, where they were read already.
    """
    surveys = Survey.objects.filter(kind=SurveyKind.SESSION).exclude(state=SurveyState.DRAFT)
    found = results_of_all(surveys, today=today) if found is None else found
    sessions, names, pots, spec = {}, {}, {}, None
    for survey, results in found.items():
        question = None if results.survey.state == SurveyState.DRAFT else mark_of(results)
        if question is None:
            continue
        spec = spec_of(question)
        blocks = results.ledgers[question.pk]["blocks"]
        for pk in results.listed:
            name = f"{survey}/{pk}"
            sessions[pk] = results.sessions[pk]
            names.setdefault(pk, []).append(name)
            pots[name] = blocks[session_place(pk)]
    return Satisfaction(sessions, names, pots, spec)


def mark_of(results):
    marks = (one for one in results.questions if (one.national_key, one.kind) == (SATISFACTION, QuestionKind.SCALE))
    return next(marks, None)


def ranking_between(found, start, end):
    """Return the Ranking of the activities after the sessions from one moment to another, which is left out."""
    inside = {pk: session for pk, session in found.sessions.items() if start <= session.starts_at < end}
    return ranking(replace(found, sessions=inside))


def ranking(found, *, season=None):
    """Return the Ranking of the activities of a Satisfaction, over all seasons or over one whole Season."""
    by_activity = {}
    for pk, session in found.sessions.items():
        if season in (None, season_of(local_day(session))):
            by_activity.setdefault(session.activity.title, []).append(pk)
    told = {title: found.of(keys) for title, keys in by_activity.items()}
    return Ranking(
        rank({title: (one.n, one.mean.value) for title, one in told.items() if one.n}),
        sorted(title for title, one in told.items() if not one.n),
    )
