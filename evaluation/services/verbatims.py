"""Written answers: which may be read, in which words they may be quoted, and what of them leaves these pages.

Nobody reads an answer of today: the night's shuffle passes first. Eleven are shown at once, then five more at a time,
in an order that tells nothing. Only cleared words leave, in a report or a file.
"""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from activities.models import Activity, Facilitator, Place, Registration
from cafe.errors import Refusal
from cafe.models import Portal
from evaluation import names
from evaluation.blocks import Place as Pot
from evaluation.blocks import release
from evaluation.enums import QuestionKind
from evaluation.models import Answer, Coding, Question, Reading, ResultSnapshot
from evaluation.services.answering import lock_survey
from evaluation.services.results import results_of, told_texts
from evaluation.thresholds import DETAILED_FROM, EVERYBODY, NOT_ASKED, texts_shown
from members.enums import Profession
from members.models import User

# What fits no heading is classified too: a coder has then read everything.
NOTHING = "Rien à classer"
TOTAL = "all"
PLACES = (Pot(TOTAL),)
TOLD_FROM = 5
PARTS = {False: "reponses", True: "commentaires"}
SCOPES = {False: "texts", True: "comments"}


@dataclass(frozen=True)
class Corpus:
    """The written answers to a question, or (comment) to the open question attached to it; ids: of those shown."""

    question: Question
    comment: bool = False
    ids: tuple = ()

    @property
    def scope(self):
        return f"{SCOPES[self.comment]}:{self.question.pk}"

    @property
    def title(self):
        if self.comment:
            return self.question.comment
        is_open = self.question.kind in QuestionKind.open
        return self.question.text if is_open else f"{self.question.text} (réponse «\u00a0autre\u00a0»)"

    @property
    def part(self):
        """What its address says."""
        return PARTS[self.comment]

    def answers(self, ids=None):
        """Return those shown, or these of them, in their order and with their reading."""
        found = Answer.objects.select_related("reading").in_bulk(self.ids if ids is None else ids)
        return [found[pk] for pk in (self.ids if ids is None else ids) if pk in found]


@dataclass(frozen=True)
class Quotation:
    """Words that may be quoted; headings: those of its question that five answers share."""

    question: Question
    comment: bool
    words: str
    headings: tuple = ()
    quoted: bool = True

    @property
    def title(self):
        return Corpus(self.question, self.comment).title


@dataclass(frozen=True)
class HeadingCount:
    """count: how many answers are under it, 5 at least; n: of how many classified. An answer may be under several."""

    label: str
    count: int
    n: int


def corpora(survey):
    """Return the corpora of a questionnaire, in the order of its questions, with what may be read today.

    Written only where five more answers came: under the questionnaire's lock, from answers read under that lock.
    """
    found, changed = _advanced(survey)
    return _kept(survey) if changed else found


@transaction.atomic
def _kept(survey):
    lock_survey(survey)
    found, changed = _advanced(survey)
    for corpus, content in changed.items():
        values = {"n": len(_ids(corpus, content)), "content": content, "made_on": timezone.localdate()}
        survey.snapshots.update_or_create(scope=corpus.scope, defaults=values)
    return found


def _advanced(survey):
    """Return the corpora, and {corpus: new ledger} of those that tell more than what is stored."""
    today = timezone.localdate()
    given = Answer.objects.filter(response__survey=survey, response__day__lt=today).exclude(text="")
    live = {}
    for question, comment, pk in given.values_list("question_id", "comment", "pk"):
        live.setdefault((question, comment), Counter())[pk] = 1
    people = survey.responses.filter(day__lt=today).count()
    asked = written(survey)
    told = results_of(survey) if any(map(_hangs, asked)) else None
    ledgers = dict(survey.snapshots.values_list("scope", "content"))
    found, changed = [], {}
    for corpus in asked:
        before = ledgers.get(corpus.scope, {})
        tally = live.get((corpus.question.pk, corpus.comment), Counter())
        after = _released(corpus, *_above(told, corpus, tally, people), before, survey.publish_from)
        still_there = tuple(pk for pk in _ids(corpus, after) if pk in tally)
        found.append(Corpus(corpus.question, corpus.comment, still_there))
        if len(_ids(corpus, after)) > len(_ids(corpus, before)):
            changed[corpus] = after
    return found, changed


def _above(results, corpus, tally, people):
    """Return which texts may be counted on, and of how many people: all, or those in the table of what they hang on.

    It is so where the question hangs on an answer, and of « autre »: texts that came at other moments than the table
    would tell, with it, what the last ones answered. Of several choices « autre » has no table to be set beside.
    """
    question, other = corpus.question, _is_other(corpus)
    if not _hangs(corpus):
        return tally, people
    told = told_texts(results, question, other=other)
    return Counter({pk: 1 for pk in tally if pk in told}), told[EVERYBODY]


def _is_other(corpus):
    return not corpus.comment and corpus.question.kind == QuestionKind.CHOICE


def _hangs(corpus):
    return bool(_is_other(corpus) or corpus.question.condition_id)


def written(survey):
    """Return the corpora of a questionnaire without their ids: its open questions, « autre », attached questions."""
    found = []
    for question in survey.questions.all():
        if question.kind in QuestionKind.open or question.with_other:
            found.append(Corpus(question))
        if question.comment:
            found.append(Corpus(question, comment=True))
    return found


def _released(corpus, tally, people, before, publish_from):
    """Move a ledger on. Where writing at all tells what somebody ticked, those who did not write are counted too.

    It is so of « autre », and of a question that hangs on an earlier one: in each block five people must have written
    and five others not.
    """
    first = max(DETAILED_FROM, publish_from)
    is_tick = corpus.question.condition_id or not (corpus.comment or corpus.question.kind in QuestionKind.open)
    if is_tick:
        tally = tally | Counter({NOT_ASKED: max(0, people - tally.total())})

    def is_ready(old, new):
        texts = new.total() - new[NOT_ASKED]
        return texts >= (publish_from if old else first) and (not is_tick or new[NOT_ASKED] >= publish_from)

    return release({TOTAL: tally}, before, PLACES, is_ready)


def _ids(corpus, ledger):
    if not ledger:
        return ()
    salt = f"{corpus.question.survey_id}:{corpus.scope}"
    return tuple(pk for pk in texts_shown(ledger, PLACES, TOTAL, salt=salt) if pk > 0)


def known_words():
    """Return the names and places that the portal knows; professions and titles of activities are no names."""
    first, last = set(), set()
    for people in (User.objects, Registration.objects):
        for one, other in people.values_list("first_name", "last_name").distinct():
            first.add(one)
            last.add(other)
    last.update(Facilitator.objects.values_list("name", flat=True))
    places = {*Portal.load().commune_list(), *User.objects.values_list("commune", flat=True).distinct()}
    for name, commune in Place.objects.values_list("name", "commune"):
        places |= {name, commune}
    plain = [*Profession.labels, Portal.load().name, Portal.load().cpts]
    plain += Activity.objects.values_list("title", flat=True)
    return names.known_words(first_names=first, last_names=last, places=places, plain=plain)


@transaction.atomic
def decide(*, answer, words, cleared, quoted):
    """Keep what was decided of a verbatim: the words in which it may leave, and whether a report quotes it.

    Raises Refusal: words without an e-mail address, a link or a number alone are cleared, and only these are quoted.
    """
    lock_survey(answer.question.survey)
    if quoted and not cleared:
        raise Refusal("Avant de citer, vérifiez qu’aucun nom ni lieu ne désigne quelqu’un.")
    if cleared and not words:
        raise Refusal("Écrivez les mots qui pourront être montrés.")
    left = next((one for one in names.flags(words, names.Known()) if one.kind in names.SURE), None)
    if cleared and left:
        raise Refusal(f"Il reste quelque chose à retirer : « {words[left.start : left.end]} » ({left.kind}).")
    values = {"words": words, "cleared": cleared, "quoted": quoted}
    return Reading.objects.update_or_create(answer=answer, defaults=values)[0]


def quotations(survey, question=None, *, quoted_only=True):
    """Return the words that may leave, in the shuffled order: those chosen to be quoted, or all cleared ones.

    Only of answers that may be read (11 at first), and in the words of the coordination, never as they were written.
    """
    about = {"answer__question__survey": survey, "cleared": True} | ({"quoted": True} if quoted_only else {})
    readings = {one.answer_id: one for one in Reading.objects.filter(**about).exclude(words="")}
    found = []
    for corpus in corpora(survey) if readings else []:
        if question in (None, corpus.question) and not readings.keys().isdisjoint(corpus.ids):
            found += _quotations(corpus, readings)
    return found


def _quotations(corpus, readings):
    under = headings_of(corpus)
    told = {one.label for one in _counts(under)}

    def quotation(pk):
        labels = tuple(sorted(under.get(pk, frozenset()) & told))
        return Quotation(corpus.question, corpus.comment, readings[pk].words, labels, readings[pk].quoted)

    return [quotation(pk) for pk in corpus.ids if pk in readings]


def heading_counts(question, *, comment=False):
    """Return the HeadingCounts of a question, the largest first: headings of five answers or more.

    An answer is under a heading where everyone who classified it put it there. While a blind reading by two people is
    not compared, there are none.
    """
    for corpus in corpora(question.survey):
        if (corpus.question, corpus.comment) == (question, comment):
            return _counts(headings_of(corpus))
    return []


def headings_told(survey):
    """Return {title: HeadingCounts} of the open questions of a questionnaire of which some heading may be told."""
    found = {corpus.title: _counts(headings_of(corpus)) for corpus in corpora(survey) if corpus.ids}
    return {title: counts for title, counts in found.items() if counts}


def headings_of(corpus):
    """Return {id of an answer: labels that all its coders gave it}, or {} while two read blind."""
    by_answer, coders = {}, set()
    for answer, label, coder in codings_of(corpus).values_list("answer_id", "heading__label", "coder_id"):
        by_answer.setdefault(answer, {}).setdefault(coder, set()).add(label)
        coders.add(coder)
    if len(coders) > 1 and not agreement_of(corpus):
        return {}
    return {answer: frozenset.intersection(*map(frozenset, sets.values())) for answer, sets in by_answer.items()}


def codings_of(corpus):
    """Return the codings of the answers that may be read: none of another corpus of the same question."""
    about = {"heading__question": corpus.question, "answer__comment": corpus.comment}
    return Coding.objects.filter(**about, answer_id__in=corpus.ids)


def agreement_of(corpus):
    """Return what two coders agreed on before they saw each other's work, as compare kept it, or None."""
    kept = ResultSnapshot.objects.filter(survey=corpus.question.survey_id, scope=f"agreement:{corpus.scope}")
    return kept.first()


def _counts(under):
    tally = Counter(label for labels in under.values() for label in labels if label != NOTHING)
    return [HeadingCount(label, count, len(under)) for label, count in tally.most_common() if count >= TOLD_FROM]
