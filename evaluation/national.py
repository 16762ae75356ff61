"""The national figures that a territory is compared with: what was asked, of whom, and how our answers count.

Plain data in `data/national.json`, kept with the code so that a change of figure is a change that one can read.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cafe.charts import number
from evaluation.enums import QuestionKind
from evaluation.values import SCALE

FILE = Path(__file__).parent / "data" / "national.json"
YES_NO = {"yes": 1, "no": 0}


@dataclass(frozen=True)
class Source:
    """Who asked, when (None where it is not known), and whom; n: how many answered, None where it is not known."""

    title: str
    year: int | None
    population: str
    n: int | None
    caution: str
    approximate: bool = False


@dataclass(frozen=True)
class Figure:
    """One national figure. value: a share from 0 to 1, or a mean out of 10. wording: what it says, in our words.

    counts: which answers of a territory count in the share; a « don't know » counts among all, never in the share.
    """

    key: str
    source: Source
    kind: str
    value: float
    label: str
    wording: str
    population: str
    n: int | None
    cautions: tuple[str, ...]
    counts: dict
    approximate: bool = False

    @property
    def is_share(self):
        return self.kind == "share"

    @property
    def said(self):
        """The figure in words: « environ 33 % », « 6,6 sur 10 »."""
        about = "environ " if self.approximate else ""
        return about + (number(100 * self.value, 0, "%") if self.is_share else f"{number(self.value, 1)} sur 10")

    @property
    def answers(self):
        """How many answered, in words; empty where it is not known."""
        about = "environ " if self.source.approximate else ""
        return f"{about}{number(self.n)} réponses" if self.n else ""

    def counted(self, question):
        """Return the values of a question's answers that count in the share, or None where its kind does not fit."""
        how, wanted = next(iter(self.counts.items()), ("", None))
        match how, question.kind:
            case "answer", QuestionKind.YES_NO:
                return frozenset({YES_NO[wanted]})
            case "options", QuestionKind.CHOICE:
                return ranks_of(question, wanted)
            case "below", QuestionKind.SCALE:
                return frozenset(mark for mark, _ in SCALE if mark < wanted)
            case "at_most", QuestionKind.SCALE:
                return frozenset(mark for mark, _ in SCALE if mark <= wanted)
            case "above", QuestionKind.SCALE:
                return frozenset(mark for mark, _ in SCALE if mark > wanted)
        return None


@dataclass(frozen=True)
class Burnout:
    """Shares of one profession, from 0 to 1; those who are pathological are among those who have symptoms."""

    profession: str
    label: str
    symptoms: float
    pathological: float
    severe: float

    @property
    def cells(self):
        """The three shares in words, each with its heading."""
        named = (("Symptômes", self.symptoms), ("Pathologique", self.pathological), ("Sévère", self.severe))
        return [(heading, number(100 * share, 1, "%")) for heading, share in named]


def ranks_of(question, keys):
    """Return the ranks of these options, as answers keep them, or None where one of them is no longer offered."""
    ranks = {option["key"]: rank for rank, option in enumerate(question.options, start=1)}
    return frozenset(ranks[key] for key in keys) if set(keys) <= set(ranks) else None


@cache
def _data():
    return json.loads(FILE.read_text(encoding="utf-8"))


@cache
def sources():
    return {key: Source(**fields) for key, fields in _data()["sources"].items()}


@cache
def figures():
    """Return {key: Figure}. A figure keeps the population and number of its source unless it says otherwise."""
    return {fields["key"]: _figure(dict(fields)) for fields in _data()["figures"]}


def _figure(fields):
    source = sources()[fields.pop("source")]
    caution = fields.pop("caution", "")
    own = {"population": source.population, "n": source.n, "counts": {}}
    return Figure(source=source, cautions=tuple(filter(None, (caution, source.caution))), **(own | fields))


@cache
def burnout():
    """Return (source, wording, shares profession by profession)."""
    kept = _data()["burnout"]
    return sources()[kept["source"]], kept["wording"], tuple(Burnout(**one) for one in kept["professions"])
