"""Plain counts in a list, for a page, for paper and for a file: the newsletters, and what a CPTS reports for its ACI.

Numbers alone. The share of a profession comes from classes already merged: none has fewer than five people.
"""

from dataclasses import dataclass
from decimal import Decimal

from cafe.board.headlines import outsiders, rounded
from cafe.charts import NBSP, number
from evaluation.participation import TOO_FEW


@dataclass(frozen=True)
class Fact:
    """A number under its label; value: as it is shown, None where it may not be told, and then note says why."""

    label: str
    value: int | Decimal | None
    unit: str = ""
    note: str = ""

    @property
    def shown(self):
        return number(self.value, unit=self.unit)


def letters(totals):
    """Return the Facts of newsletters.services.figures.totals_between; none where none left and nobody subscribes."""
    if not totals["letters"] and not totals["active"]:
        return []
    unknown = f"Sort inconnu pour {number(totals['unknown'])} autres, jamais renvoyés." if totals["unknown"] else ""
    return [
        Fact("Lettres envoyées", totals["letters"]),
        Fact("Courriels partis", totals["sent"], note=unknown),
        Fact("Courriels refusés", totals["refused"], note="La messagerie de la personne n’en a pas voulu."),
        Fact("Désabonnements", totals["departures"], note="Pendant la période."),
        Fact("Personnes abonnées", totals["active"], note="Aujourd’hui."),
        Fact("Adresses suspendues", totals["suspended"], note="Aujourd’hui, après des refus répétés."),
    ]


def indicators(figures, by_profession):
    """Return the Facts of the mission « accompagner les professionnels de santé ».

    Hours of listening are not among them: nothing that the cell publishes tells them. by_profession: merged Classes.
    """
    share = outsiders(figures)
    came = sum(one.attendances for one in by_profession)
    professions = [
        Fact(f"Présences{NBSP}: {one.label}", rounded(100 * one.attendances / came, 0), "%") for one in by_profession
    ]
    return [
        Fact("Actions tenues", figures.sessions, note="Séances marquées tenues."),
        Fact("Présences", figures.attendances),
        Fact("Personnes différentes", figures.people, note="Venues au moins une fois."),
        Fact(
            "Présences de non-adhérents",
            None if share is None else rounded(share, 0),
            "%",
            TOO_FEW if share is None else "Parmi celles dont l’adhésion est connue.",
        ),
        *(professions or [Fact("Présences par profession", None, note=TOO_FEW)]),
    ]
