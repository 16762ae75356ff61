"""Results: answers read as counts, and what thresholds lets be shown of them, kept in one ledger a questionnaire.

Pages, charts, reports, comparisons and exports all take their figures from a Results, never from answers. Answers enter
the day after they were given, once the night's shuffle has passed, and a questionnaire or a sending that is closed
counts as finished from the next day too. So a look at noon never tells who answered in the morning, and the answers of
the last day are there when the total is told in its finer classes.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from activities.models import Session
from activities.seasons import season_of
from evaluation.blocks import Place
from evaluation.enums import QuestionKind, SurveyState
from evaluation.models import Answer, Question, Response, ResultSnapshot, Sending, Survey
from evaluation.specs import counted_as, spec_of
from evaluation.thresholds import EVERYBODY, NOT_ASKED, PEOPLE, Shown, advance, below_of, rider, shown
from evaluation.values import OTHER

TOTAL = "all"
SCOPE = "all"


def session_place(pk):
    return f"session:{pk}"


def season_place(season):
    return f"season:{season.year}"


@dataclass(frozen=True)
class Results:
    """What may be told of one questionnaire. ledgers: {key of a question: its ledger}, for the closed ones.

    sessions: {key: Session} of those with answers or a sending; sent: the keys of the latter.
    """

    survey: Survey
    questions: tuple
    places: tuple = (Place(TOTAL),)
    sessions: dict = field(default_factory=dict)
    sent: frozenset = frozenset()
    ledgers: dict = field(default_factory=dict)

    def shown(self, question, place=TOTAL):
        """Return the Shown of a question in a place (TOTAL, season_place(…), session_place(…)); empty if unknown."""
        ledger = self.ledgers.get(question.pk)
        if ledger is None or place not in self.place_names:
            return Shown()
        return shown(spec_of(question), ledger, self.places, place, publish_from=self.survey.publish_from)

    @property
    def place_names(self):
        return {place.name for place in self.places}

    @cached_property
    def listed(self):
        """The keys of the sessions that may be named, in order: to be there for one answer alone would tell of it."""
        told = {name for ledger in self.ledgers.values() for name, pot in ledger["blocks"].items() if pot["shown"]}
        named = [pk for pk in self.sessions if pk in self.sent or session_place(pk) in told]
        return sorted(named, key=lambda pk: (self.sessions[pk].starts_at, pk))

    @property
    def seasons(self):
        """The seasons of these sessions, the latest first."""
        return sorted({season_of(local_day(self.sessions[pk])) for pk in self.listed}, reverse=True)


def local_day(session):
    return timezone.localtime(session.starts_at).date()


def results_of(survey, *, today=None):
    """Return the Results of one questionnaire as they may be told today."""
    return results_of_all([survey], today=today)[survey.pk]


def results_of_all(surveys, *, today=None):
    """Return {key: Results} of several questionnaires, in as many statements as of one.

    Nothing is written unless five more answers, or the end of something, let more be told: then the ledger is moved
    on under the lock of its questionnaire.
    """
    today = today or timezone.localdate()
    surveys = {survey.pk: survey for survey in surveys}
    found = _read(surveys, today)
    return {pk: _renewed(read, today) if read.moved else read.results for pk, read in found.items()}


@transaction.atomic
def _renewed(read, today):
    """Keep a ledger that was moved on, and return the Results; of two who look at once, the second begins anew.

    Under the lock the ledger must still be the one that was moved on: two that went each their way would undo both.
    """
    survey = Survey.objects.select_for_update(of=("self",), no_key=True).get(pk=read.results.survey.pk)
    kept = ResultSnapshot.objects.filter(survey=survey, scope=SCOPE).first()
    if (kept and kept.content) != (read.kept and read.kept.content):
        read = _read({survey.pk: survey}, today)[survey.pk]
    if read.moved:
        values = {"n": read.people, "content": _plain(read.results), "made_on": today}
        ResultSnapshot.objects.update_or_create(survey=survey, scope=SCOPE, defaults=values)
    return read.results


@dataclass(frozen=True)
class Read:
    """Results, of how many responses, and whether they tell more than the snapshot that is kept (None: none is)."""

    results: Results
    people: int
    kept: ResultSnapshot | None
    moved: bool = False


def _plain(results):
    ledgers = {str(pk): ledger for pk, ledger in results.ledgers.items()}
    return {"places": _plain_places(results.places), "questions": ledgers}


def _plain_places(places):
    return [[place.name, place.parent, place.finished] for place in places]


def _read(surveys, today):
    """Return {key: Read} of several questionnaires."""
    questions, people = _questions(surveys), _people(surveys, today)
    sendings = Sending.objects.filter(survey__in=surveys, session__isnull=False).order_by()
    sendings = list(sendings.values_list("survey_id", "session_id", "closed_on", named=True))
    sessions = _sessions({one.session_id for one in sendings} | {key for _, key in people if key})
    kept = {one.survey_id: one for one in ResultSnapshot.objects.filter(survey__in=surveys, scope=SCOPE)}
    blank = {}
    for pk, survey in surveys.items():
        sent = [one for one in sendings if one.survey_id == pk]
        sent_after = frozenset(one.session_id for one in sent)
        own = {key for known, key in people if known == pk and key} | sent_after
        here = {key: sessions[key] for key in sorted(own)}
        blank[pk] = Results(survey, tuple(questions[pk]), _places(survey, here, sent, today), here, sent_after)
    count = Counter()
    for (pk, _), n in people.items():
        count[pk] += n
    fresh = {pk for pk, results in blank.items() if _is_fresh(kept.get(pk), results, count[pk])}
    live = _tallies([one for pk in surveys if pk not in fresh for one in questions[pk]], people, today)
    reads = {}
    for pk, results in blank.items():
        move = _told if pk in fresh else partial(_advanced, live=live)
        told, moved = move(results, kept.get(pk))
        reads[pk] = Read(told, count[pk], kept.get(pk), moved)
    return reads


def _questions(surveys):
    found = {pk: [] for pk in surveys}
    for question in Question.objects.filter(survey__in=surveys).order_by("position", "pk"):
        found[question.survey_id].append(question)
    return found


def _people(surveys, today):
    """Return {(survey, session or None): how many responses}."""
    rows = Response.objects.filter(survey__in=surveys, day__lt=today).order_by()
    return {
        (survey, session): n for survey, session, n in rows.values_list("survey", "session").annotate(n=Count("pk"))
    }


def _sessions(keys):
    return {one.pk: one for one in Session.objects.filter(pk__in=keys).select_related("activity")}


def _places(survey, sessions, sendings, today):
    """Return the total, the seasons and the sessions of a questionnaire, each finished or not.

    A session is finished the day after its sending was closed, a season when it is over and all its sessions are.
    """
    over = survey.state == SurveyState.CLOSED and survey.closed_on < today
    closed = {one.session_id for one in sendings if one.closed_on and one.closed_on < today}
    by_season = {}
    for pk, session in sessions.items():
        by_season.setdefault(season_of(local_day(session)), []).append(pk)
    places = [Place(TOTAL, None, over)]
    for season, keys in sorted(by_season.items()):
        done = over or (season_of(today) > season and closed.issuperset(keys))
        places.append(Place(season_place(season), TOTAL, done))
        places += [Place(session_place(pk), season_place(season), over or pk in closed) for pk in keys]
    return tuple(places)


def _is_fresh(snapshot, results, people):
    """Whether nothing came and nothing ended since the ledger was kept: its answers need not be counted again.

    Where a response was deleted and another came, the look after the next one sees it.
    """
    if snapshot is None:
        return False
    asked = {str(question.pk) for question in results.questions if spec_of(question)}
    known = snapshot.content["questions"].keys() == asked
    return known and (snapshot.n, snapshot.content["places"]) == (people, _plain_places(results.places))


def _told(results, snapshot):
    ledgers = {int(pk): ledger for pk, ledger in snapshot.content["questions"].items()}
    return replace(results, ledgers=ledgers), False


def _advanced(results, snapshot, *, live):
    """Return the results once today's answers are looked at, and whether they tell more than the snapshot."""
    before = snapshot.content["questions"] if snapshot else {}
    ledgers = {}
    for question in results.questions:
        if spec := spec_of(question):
            given = (
                told_above(replace(results, ledgers=ledgers), question) if question.condition_id else live[question.pk]
            )
            ledgers[question.pk] = advance(
                spec, given, results.places, before.get(str(question.pk)), publish_from=results.survey.publish_from
            )
    moved = any(_tells_more(ledger, before.get(str(pk), {})) for pk, ledger in ledgers.items())
    return replace(results, ledgers=ledgers), moved


def told_above(results, question):
    """Return {place: tally} of the answers to a conditional question that are in the table of the one it hangs on."""
    streams = [numbers_of(question), texts_of(question)]
    streams += [stream for one in below(results.questions, question) for stream in (numbers_of(one), texts_of(one))]
    return _riding(results, question.condition_id, question.condition_values, streams)


def told_texts(results, question, *, other=False):
    """Return the tally, by id, of the texts of a question that are in the table of the answer that they hang on.

    other: those of « autre », which hang on that very answer. EVERYBODY: how many people those in the table are.
    """
    above, awaited = (question.pk, [OTHER]) if other else (question.condition_id, question.condition_values)
    return sum(_riding(results, above, awaited, [texts_of(question)]).values(), Counter())


def _riding(results, key, awaited, streams):
    above = next((one for one in results.questions if one.pk == key), None)
    if above is None or key not in results.ledgers:
        return {}
    return below_of(spec_of(above), results.ledgers[key], awaited, streams, TOTAL)


def numbers_of(question):
    return 2 * question.pk


def texts_of(question):
    return 2 * question.pk + 1


def below(questions, question):
    """Return the questions that hang on one, directly or not."""
    direct = [one for one in questions if one.condition_id == question.pk]
    return [one for child in direct for one in (child, *below(questions, child))]


def _tells_more(ledger, before):
    """Whether a ledger holds more than the one that is kept; pots and tables that are empty are nothing."""
    return any(
        held(ledger.get(part, {})) != held(before.get(part, {}))
        for part, held in (("blocks", _filled_pots), ("tables", _filled_tables))
    )


def _filled_pots(pots):
    return {name: pot for name, pot in pots.items() if pot["shown"] or pot["taken"]}


def _filled_tables(tables):
    return {key: table for key, table in tables.items() if table}


# --- Counting -------------------------------------------------------------------------------------


def _tallies(questions, people, today):
    """Return {question: {place: Counter of the values given there}}, counted by the database in two statements."""
    by_key = {question.pk: question for question in questions if spec_of(question)}
    known = {pk: {value for group in spec_of(one).classes for value in group} for pk, one in by_key.items()}
    live = {pk: {} for pk in by_key}
    # By way of the responses: both databases then read each answer once, in the order in which it lies.
    surveys = {question.survey_id for question in questions}
    given = Answer.objects.filter(response__survey__in=surveys, response__day__lt=today)
    answers = given.filter(comment=False, value__isnull=False)
    counted = answers.order_by().values_list("question", "response__session")
    for pk, session, value, n in counted.values_list("question", "response__session", "value").annotate(n=Count("pk")):
        shown_as = counted_as(by_key[pk], value)  # an open question has no value
        if shown_as in known[pk]:
            _tally(live[pk], session)[shown_as] += n
    several = [pk for pk, question in by_key.items() if question.kind == QuestionKind.CHOICES]
    ticked = counted.filter(question__in=several).annotate(n=Count("response", distinct=True))
    for pk, session, n in ticked if several else ():
        _tally(live[pk], session)[PEOPLE] = n
    for pk, question in by_key.items():
        if question.condition_id:
            _count_not_asked(live[pk], question, people)
    _ride_along(live, questions, people, today)
    return live


def _ride_along(live, questions, people, today):
    """Put what hangs on an answer beside that answer; see thresholds.below_of."""
    by_key = {question.pk: question for question in questions}
    hanging = [question for question in questions if question.condition_id or question.with_other]
    numbers = {question.pk: live.get(question.pk, {}) for question in hanging}
    # Copied before anything rides along: what a question carries for others is not its own.
    numbers = {pk: {name: dict(tally) for name, tally in places.items()} for pk, places in numbers.items()}
    texts = _texts(hanging, today)
    for question in hanging:
        riding = [
            (name, rider(stream, value), n)
            for stream, places in (
                (numbers_of(question), numbers[question.pk]),
                (texts_of(question), texts.get(question.pk, {})),
                (texts_of(question), _everybody(question, people)),
            )
            for name, tally in places.items()
            for value, n in tally.items()
        ]
        # Up to the first question of the chain: each table must carry all that is told through it.
        above = question if question.with_other else by_key.get(question.condition_id)
        while above and above.pk in live:
            for name, key, n in riding:
                _at(live[above.pk], name)[key] = n
            above = by_key.get(above.condition_id)


def _texts(questions, today):
    """Return {question: {place: Counter of the ids of its texts}}."""
    found = {}
    given = Answer.objects.filter(question__in=questions, response__day__lt=today).exclude(text="").order_by()
    for pk, session, answer in given.values_list("question", "response__session", "pk") if questions else ():
        _tally(found.setdefault(pk, {}), session)[answer] = 1
    return found


def _everybody(question, people):
    places = {}
    for (survey, session), n in people.items():
        if survey == question.survey_id:
            _tally(places, session)[EVERYBODY] = n
    return places


def _tally(places, session):
    return _at(places, session_place(session) if session else TOTAL)


def _at(places, name):
    return places.setdefault(name, Counter())


def _count_not_asked(places, question, people):
    several = question.kind == QuestionKind.CHOICES
    for (survey, session), n in people.items():
        if survey == question.survey_id:
            tally = _tally(places, session)
            tally[NOT_ASKED] = n - (tally[PEOPLE] if several else sum(tally.values()))
