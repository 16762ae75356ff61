"""Written answers under headings, by one coder or by two who read blind and then compare."""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from cafe.errors import Refusal
from evaluation.models import Coding, Heading
from evaluation.services.answering import lock_survey
from evaluation.services.verbatims import NOTHING, agreement_of, codings_of
from evaluation.statistics import kappa
from members.models import User

MAX_HEADINGS = 40
TWO = 2
# J. R. Landis, G. G. Koch, Biometrics 33 (1977) 159-174: bounds that its authors call arbitrary.
STRENGTHS = (
    (0.0, "inférieur au hasard"),
    (0.2, "très faible"),
    (0.4, "faible"),
    (0.6, "modéré"),
    (0.8, "fort"),
    (1.0, "presque parfait"),
)


@dataclass(frozen=True)
class Agreement:
    """On one heading: Cohen's kappa of « under it, or not », and how many answers both put there, or one alone."""

    label: str
    kappa: float | None
    both: int
    first: int
    second: int


@dataclass(frozen=True)
class Disagreement:
    """An answer that two coders did not put under the same headings; labels of each."""

    answer: int
    first: tuple
    second: tuple


@transaction.atomic
def code_answer(*, answer, headings, coder, new=""):
    """Put an answer under these headings and no other, for this coder; `new` is a heading to make, or one that exists.

    Without any, the answer is not classified. Raises Refusal where « Rien à classer » is not alone.
    """
    lock_survey(answer.question.survey)
    chosen = set(answer.question.headings.filter(pk__in=headings))
    if new:
        chosen.add(_heading(answer.question, new))
    if len(chosen) > 1 and any(one.label == NOTHING for one in chosen):
        raise Refusal(f"« {NOTHING} » ne va pas avec une autre rubrique : décochez l’un ou l’autre.")
    Coding.objects.filter(answer=answer, coder=coder).delete()
    Coding.objects.bulk_create(Coding(answer=answer, heading=one, coder=coder) for one in chosen)


def _heading(question, label):
    """Return the heading of that name, capitals set aside, or a new one. Raises Refusal past MAX_HEADINGS."""
    existing = list(question.headings.all())
    for one in existing:
        if one.label.casefold() == label.casefold():
            return one
    if len(existing) >= MAX_HEADINGS:
        raise Refusal(f"Il y a déjà {MAX_HEADINGS} rubriques : fusionnez-en avant d’en ajouter.")
    return Heading.objects.create(question=question, label=label)


@transaction.atomic
def rename_heading(*, heading, label):
    """Give a heading another name, unless it is taken. Raises Refusal."""
    lock_survey(heading.question.survey)
    _refuse_nothing(heading.label, label)
    others = heading.question.headings.exclude(pk=heading.pk)
    if any(one.label.casefold() == label.casefold() for one in others):
        raise Refusal("Cette rubrique existe déjà. Pour n’en faire qu’une, fusionnez-les.")
    heading.label = label
    heading.save(update_fields=["label"])


@transaction.atomic
def merge_headings(*, source, target):
    """Move what is under `source` to `target`, once for each coder, and delete `source`. Raises Refusal."""
    lock_survey(source.question.survey)
    if source == target or source.question_id != target.question_id:
        raise Refusal("Choisissez une autre rubrique de la même question.")
    _refuse_nothing(source.label, target.label)
    already = set(target.codings.values_list("answer_id", "coder_id"))
    moved = [one for one in source.codings.all() if (one.answer_id, one.coder_id) not in already]
    for one in moved:
        one.heading = target
    Coding.objects.bulk_update(moved, ["heading"])
    source.delete()


@transaction.atomic
def delete_heading(*, heading):
    """Delete a heading under which nobody put anything. Raises Refusal."""
    lock_survey(heading.question.survey)
    if heading.codings.exists():
        raise Refusal("Des réponses y sont classées : fusionnez cette rubrique avec une autre.")
    heading.delete()


def _refuse_nothing(*labels):
    if any(label.casefold() == NOTHING.casefold() for label in labels):
        raise Refusal(f"« {NOTHING} » dit qu’une réponse est lue : cette rubrique ne change pas.")


@transaction.atomic
def forget_codings(*, corpus, coder):
    """Give up one's own classifying of a corpus; another coder's stays."""
    lock_survey(corpus.question.survey)
    codings_of(corpus).filter(coder=coder).delete()


def labels_by(corpus, coder):
    """Return {id of an answer: set of the labels that this coder gave it}; what she has not classified is not there."""
    found = {}
    rows = codings_of(corpus).filter(coder=coder)
    for answer, label in rows.values_list("answer_id", "heading__label"):
        found.setdefault(answer, set()).add(label)
    return found


def finished_coders(corpus):
    """Return the keys of those who have classified all that may be read."""
    read = {}
    for answer, coder in codings_of(corpus).values_list("answer_id", "coder_id").distinct():
        read.setdefault(coder, set()).add(answer)
    return sorted(coder for coder, answers in read.items() if answers >= set(corpus.ids))


def why_not_comparing(corpus, user):
    """Return why this person may not see two readings side by side, or None: she must have finished hers first."""
    if agreement_of(corpus):
        return None
    finished = finished_coders(corpus)
    if len(finished) < TWO:
        return "La comparaison s’ouvre quand deux personnes ont tout classé, chacune de son côté."
    if user.pk not in finished and labels_by(corpus, user):
        return "Terminez d’abord votre propre lecture : vous comparerez ensuite."
    return None


@transaction.atomic
def compare(*, corpus, by):
    """Measure the agreement of the first two who have finished, once, before they see each other's work; keep it.

    Raises Refusal (see why_not_comparing).
    """
    lock_survey(corpus.question.survey)
    kept = agreement_of(corpus)
    if kept:
        return kept
    refusal = why_not_comparing(corpus, by)
    if refusal:
        raise Refusal(refusal)
    pair = finished_coders(corpus)[:TWO]
    first, second = (labels_by(corpus, coder) for coder in pair)
    content = {"coders": pair} | measure(first, second)
    values = {"scope": f"agreement:{corpus.scope}", "n": len(corpus.ids), "made_on": timezone.localdate()}
    return corpus.question.survey.snapshots.create(content=content, **values)


def measure(first, second):
    """Return the agreement of two coders, {answer: labels} each, on what both classified, as plain values.

    headings: on each; overall: kappa of all the yes-or-no of all headings together, since one answer may be under
    several.
    """
    answers = sorted(first.keys() & second.keys())
    labels = sorted({label for one in (first, second) for key in answers for label in one[key]})
    pairs = {label: [(label in first[key], label in second[key]) for key in answers] for label in labels}
    every = [pair for label in labels for pair in pairs[label]]
    headings = [
        Agreement(label, _kappa(told), told.count((True, True)), told.count((True, False)), told.count((False, True)))
        for label, told in pairs.items()
    ]
    return {"overall": _kappa(every), "headings": [asdict(one) for one in headings], "answers": len(answers)}


def _kappa(pairs):
    value = kappa([one for one, _ in pairs], [other for _, other in pairs])
    return None if value is None else round(value, 2)


def strength(value):
    """Return how Landis and Koch call a kappa, or None where there is none."""
    if value is None:
        return None
    if value < 0:
        return STRENGTHS[0][1]
    return next(word for bound, word in STRENGTHS[1:] if value <= bound)


def disagreements(corpus, pair):
    """Return the Disagreements left between two coders, in the shuffled order."""
    first, second = (labels_by(corpus, coder) for coder in pair)
    return [
        Disagreement(pk, tuple(sorted(first[pk])), tuple(sorted(second[pk])))
        for pk in corpus.ids
        if pk in first and pk in second and first[pk] != second[pk]
    ]


@transaction.atomic
def settle(*, corpus, answer, choice):
    """Settle a disagreement: as the first coder, as the second, or under the headings of both; both then have the same.

    choice: "first", "second" or "both". Raises Refusal where they have not compared, or nothing is left to settle.
    """
    lock_survey(corpus.question.survey)
    kept = agreement_of(corpus)
    pair = kept.content["coders"] if kept else []
    left = {one.answer: one for one in disagreements(corpus, pair)} if pair else {}
    if answer not in left or choice not in ("first", "second", "both"):
        raise Refusal("Ce désaccord est déjà tranché.")
    one = left[answer]
    labels = set({"first": one.first, "second": one.second, "both": one.first + one.second}[choice])
    labels -= {NOTHING} if len(labels) > 1 else set()
    headings = list(corpus.question.headings.filter(label__in=labels))
    Coding.objects.filter(answer_id=answer, coder__in=pair, heading__question=corpus.question).delete()
    Coding.objects.bulk_create(Coding(answer_id=answer, heading=one, coder_id=pk) for one in headings for pk in pair)


def coders_named(keys):
    """Return the full names of coders, in this order; one who left is said to have."""
    found = User.objects.in_bulk(keys)
    return [found[key].get_full_name() if key in found else "une personne partie" for key in keys]
