"""Which numbers answer a question, and the words for each; see the docstring of Answer for what is kept.

WHO-5: WHO (Five) Well-Being Index, World Health Organization, 1998 version, in its published French wording, which may
be used freely. Each answer counts 0 to 5; the index is their sum times 4, from 0 to 100.
"""

from evaluation.enums import QuestionKind

OTHER = 99
SCALE = tuple((value, str(value)) for value in range(11))
AGREEMENT = (
    (1, "Pas du tout d’accord"),
    (2, "Plutôt pas d’accord"),
    (3, "Plutôt d’accord"),
    (4, "Tout à fait d’accord"),
)
YES_NO = ((1, "Oui"), (0, "Non"), (2, "Je ne sais pas"))
VISUAL_MOST = 100
WHO5_FACTOR = 4
WHO5_ITEMS = (
    "Je me suis senti(e) bien et de bonne humeur",
    "Je me suis senti(e) calme et tranquille",
    "Je me suis senti(e) plein(e) d’énergie et vigoureux(se)",
    "Je me suis réveillé(e) en me sentant frais(che) et dispos(e)",
    "Ma vie quotidienne a été remplie de choses intéressantes",
)
WHO5_ANSWERS = (
    (5, "Tout le temps"),
    (4, "La plupart du temps"),
    (3, "Plus de la moitié du temps"),
    (2, "Moins de la moitié du temps"),
    (1, "De temps en temps"),
    (0, "Jamais"),
)
FIXED = {QuestionKind.SCALE: SCALE, QuestionKind.AGREEMENT: AGREEMENT, QuestionKind.YES_NO: YES_NO}


def choices_of(question):
    """Return [(value, label)] of a closed question in the order shown, or [] for the other kinds.

    The written options are numbered from 1, in their order; « autre » is 99.
    """
    if question.kind in FIXED:
        return list(FIXED[question.kind])
    if question.kind not in QuestionKind.with_options:
        return []
    written = [(rank, option["label"]) for rank, option in enumerate(question.options, start=1)]
    return [*written, (OTHER, "Autre")] if question.with_other else written
