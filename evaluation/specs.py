"""Questions as the thresholds see them: which values there are, in which classes, and how a class is called."""

from dataclasses import replace

from evaluation.enums import QuestionKind
from evaluation.national import figures
from evaluation.thresholds import Shape, Spec
from evaluation.values import OTHER, VISUAL_MOST, WHO5_FACTOR, choices_of

# Of the WHO-5 index, cut at the two usual thresholds, 50 and 28 (C. W. Topp et al., Psychother. Psychosom. 84 (2015)
# 167-176): an index is never shown as a diagnosis.
WELLBEING = ((0, 28), (32, 48), (52, 72), (76, 100))
VISUAL_STEP = 10
MOST_NAMED = 3
YES = frozenset({1})
# Ready-made choices whose options are degrees.
GRADED = ("health_not_good", "burnout")


def spec_of(question):
    """Return the Spec of a question, or None of an open one.

    A mean has a meaning for a mark, a visual scale and WHO-5; of agreement, in words, only how many said each.
    """
    make = SPECS.get(question.kind)
    return make(question) if make else None


def _one_by_one(question):
    return tuple((value,) for value, _ in choices_of(question))


def _spec(question, shape, classes, unit=0):
    return Spec(shape, tuple(classes), unit, conditional=question.condition_id is not None)


def _yes_no(question):
    """A rare « je ne sais pas » joins the answer that no share counts: the share of « oui » can still be told.

    Or of « non », where it is the one that a national figure counts.
    """
    figure = figures().get(question.national_key)
    counted = figure.counted(question) if figure else None
    classes = sorted(_one_by_one(question), key=lambda values: not set(values) <= (counted or YES))
    return _spec(question, Shape.ORDERED, classes)


def choice_shape(question):
    """Choices that go from better to worse join their neighbours, as marks do; others join one another."""
    return Shape.ORDERED if question.national_key in GRADED else Shape.NOMINAL


def _several(question):
    """One choice is never told: « autre », which is read in its own words, where there is one."""
    untold = OTHER if question.with_other else None
    return replace(_spec(question, Shape.SEVERAL, _one_by_one(question)), untold=untold)


def _visual(question):
    return _spec(question, Shape.ORDERED, ((n,) for n in range(0, VISUAL_MOST + 1, VISUAL_STEP)), VISUAL_STEP)


def _who5(question):
    classes = (tuple(range(low, high + 1, WHO5_FACTOR)) for low, high in WELLBEING)
    return _spec(question, Shape.ORDERED, classes, WHO5_FACTOR)


SPECS = {
    QuestionKind.SCALE: lambda question: _spec(question, Shape.ORDERED, _one_by_one(question), 1),
    QuestionKind.AGREEMENT: lambda question: _spec(question, Shape.ORDERED, _one_by_one(question)),
    QuestionKind.YES_NO: _yes_no,
    QuestionKind.CHOICE: lambda question: _spec(question, choice_shape(question), _one_by_one(question)),
    QuestionKind.CHOICES: _several,
    QuestionKind.VISUAL: _visual,
    QuestionKind.WHO5: _who5,
}


def counted_as(question, value):
    """Return the value under which an answer is counted.

    On a visual scale it is the nearest ten: its hundred marks would tell more of a person than the eleven of a note.
    """
    if question.kind == QuestionKind.VISUAL:
        return VISUAL_STEP * ((value + VISUAL_STEP // 2) // VISUAL_STEP)
    return value


def label_of(question, values):
    """Return what a class is called: « 7 ou 8 », « de 0 à 6 », « Non ou je ne sais pas », « 5 autres réponses »."""
    if question.kind in QuestionKind.numeric:
        return _range_label(sorted(values))
    labels = [label for value, label in choices_of(question) if value in values]
    if len(labels) > MOST_NAMED:
        return f"{len(labels)} autres réponses" if question.kind != QuestionKind.AGREEMENT else "Toutes les réponses"
    return " ou ".join([labels[0], *(label[:1].lower() + label[1:] for label in labels[1:])])


def _range_label(values):
    if len(values) == 1:
        return str(values[0])
    return f"{values[0]} ou {values[1]}" if values[1:] == [values[-1]] else f"de {values[0]} à {values[-1]}"
