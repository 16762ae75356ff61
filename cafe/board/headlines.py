"""The six headline figures of the board, each with a sentence that reads it and what it was in the period before.

Pure. What is about too few people is told of neither period. Of the cell there is what it published, and no trend: its
counts are made so that none is compared with another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cafe.charts import NBSP, number
from evaluation import participation
from evaluation.figures import Share
from evaluation.participation import Figure

NO_SESSION = f"Avant{NBSP}: aucune séance."
NOT_TOLD = f"Avant{NBSP}: trop peu de réponses pour le dire."
CELL_ALONE = "Comptes d’une année entière, que la cellule arrête une fois pour toutes."


@dataclass(frozen=True)
class Headline:
    """A Figure; trend: what it was in the period before and how far it moved, or why that is not told.

    value, before: the numbers alone, as they are shown; None where they are not told.
    """

    figure: Figure
    trend: str
    value: Decimal | int | None = None
    before: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True)
class Measure:
    """How a headline is read from Figures: its Figure, and its bare value, None where it may not be told."""

    figure: Callable
    value: Callable
    decimals: int = 0
    unit: str = ""
    name: str = ""

    def number(self, value):
        return number(value, self.decimals, self.unit)

    def rounded(self, value):
        """Return the number that is shown, to reckon with."""
        return None if value is None else rounded(value, self.decimals)


def headlines(figures, before, publication):
    """Return the six Headlines of the Figures of a period, of those before, and of a cell's publication or None."""
    found = [headline(measure, figures, before) for measure in MEASURES]
    counted = publication.requests if publication else None
    return [*found, Headline(cell_of(publication), CELL_ALONE if publication else "", counted)]


def headline(measure, figures, before):
    old = measure.value(before) if before.sessions else None
    if not before.sessions:
        trend = NO_SESSION
    elif old is None:
        trend = NOT_TOLD
    else:
        trend = f"Avant{NBSP}: {measure.number(old)}{change(measure, measure.value(figures), old)}."
    new = measure.value(figures)
    return Headline(measure.figure(figures), trend, measure.rounded(new), measure.rounded(old), measure.unit)


def change(measure, new, old):
    """Return how far a figure moved, between the numbers as they are shown: « , soit 2 points de plus »."""
    if new is None:
        return ""
    moved = rounded(new, measure.decimals) - rounded(old, measure.decimals)
    if not moved:
        return ", soit autant"
    points = f"{NBSP}point{'s' if abs(moved) > 1 else ''}" if measure.unit else ""
    return f", soit {number(abs(moved), measure.decimals)}{points} de {'plus' if moved > 0 else 'moins'}"


def rounded(value, decimals):
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def others_of(share):
    return Share(share.known - share.count, share.known)


def outsiders(figures):
    """The share of the attendances by people who are not members, or None where the board may not read it."""
    return others_of(figures.members).percent if figures.members_told else None


def outsiders_of(figures):
    share, people = others_of(figures.members), others_of(figures.members_people)
    told = participation.share_of(share, people, "de non-adhérents de la CPTS", "l’adhésion est connue")
    if not people.told:
        return told
    reading = f"{told.reading} Présences d’adhérents{NBSP}: {number(figures.members.count)}."
    return Figure(told.shown, told.label, reading)


def satisfaction(figures):
    return figures.satisfaction.mean.value if figures.satisfaction.mean else None


def cell_of(publication):
    if publication is None:
        return Figure("–", "à la cellule d’écoute", "La cellule n’a rien publié pour ces années.")
    word = "demande" if publication.requests == 1 else "demandes"
    return Figure(number(publication.requests), f"{word} à la cellule d’écoute", f"Publié pour {publication.year}.")


MEASURES = (
    Measure(participation.attendances_of, lambda one: one.attendances, name="Présences"),
    Measure(participation.people_of, lambda one: one.people, name="Personnes différentes"),
    Measure(participation.filling_of, lambda one: one.filling, unit="%", name="Remplissage"),
    Measure(outsiders_of, outsiders, unit="%", name="Non-adhérents"),
    Measure(
        lambda one: participation.satisfaction_of(one.satisfaction), satisfaction, decimals=1,
        name="Satisfaction sur 10",
    ),
)  # fmt: skip
