"""Comparisons put into charts and sentences, which never say more than a gap: neither a cause, nor an equality."""

from dataclasses import dataclass

from cafe.charts import NBSP, Chart, Dot, Dots, number
from evaluation.enums import QuestionKind
from evaluation.national import figures
from evaluation.services.comparing import Compared
from evaluation.statistics import COMPARED_FROM, Gap
from evaluation.telling import OUT_OF, between


def spaced(text):
    """Return a sentence with the spaces that a line may not break, before its colons and semicolons."""
    return text.replace(" :", f"{NBSP}:").replace(" ;", f"{NBSP};")


FRANCE = "En France"
HERE = "Sur le territoire"
NO_CAUSE = "Le hasard seul donnerait rarement un tel écart ; il ne dit pas d’où il vient."
NO_DETAIL = spaced("Pas assez de détail pour comparer : des réponses des deux côtés de la limite sont encore réunies.")
SAID = {
    Gap.ABOVE: spaced(f"Écart significatif, au-dessus. {NO_CAUSE}"),
    Gap.BELOW: spaced(f"Écart significatif, en dessous. {NO_CAUSE}"),
    Gap.UNCLEAR: spaced(
        "Écart non significatif : le hasard suffit à l’expliquer. Cela ne veut pas dire que c’est pareil."
    ),
    Gap.TOO_FEW: spaced(f"Trop peu de réponses pour comparer : il en faut {COMPARED_FROM}, et assez de chaque sorte."),
}


@dataclass(frozen=True)
class Told:
    """A comparison as it is told. chart: None where nothing may be drawn; label: what the figure is about."""

    compared: Compared
    label: str
    sentence: str
    chart: Chart | None = None

    @property
    def figure(self):
        return self.compared.figure

    @property
    def here(self):
        return ranged(self.compared, self.compared.here) if self.compared.here else "–"

    @property
    def there(self):
        """The other value: of the country as its source says it, of an earlier wave with its interval."""
        if self.figure:
            return self.figure.said
        return ranged(self.compared, self.compared.there) if self.compared.there else "–"

    @property
    def gap(self):
        return str(self.compared.gap).capitalize() if self.compared.gap else "Pas assez de détail"


def percent_or_mark(found, value):
    return number(100 * value, 0, "%") if found.is_share else number(value, 1)


def scaled(found, interval):
    """Return (value, low, high) as drawn: hundredths of a share, the mean as it is, cut at the ends of its scale."""
    if interval is None:
        return None
    factor = 100 if found.is_share else 1
    end = end_of(found)
    return tuple(min(max(factor * bound, 0), end) for bound in (interval.value, interval.low, interval.high))


def end_of(found):
    return 100 if found.is_share else OUT_OF[found.question.kind]


def told_with_nation(found):
    """Return what is told of a question beside the national figure."""
    label = found.figure.label
    there = found.figure.said
    if found.here is None:
        return Told(found, label, f"{FRANCE}, {there}. {untold(found)}")
    chart = dots(found, label, (Dot(HERE, *scaled(found, found.here)),), found.there.value)
    return Told(found, label, f"{here_sentence(found)}{NBSP}; en France, {there}. {SAID[found.gap]}", chart)


def told_with_wave(found, now, before):
    """Return what is told of a question beside itself in an earlier wave; now, before: how the waves are called."""
    label = wave_title(found)
    if found.here is None:
        return Told(found, label, untold(found))
    rows = (Dot(before, *scaled(found, found.there)), Dot(now, *scaled(found, found.here)))
    there = percent_or_mark(found, found.there.value)
    sentence = f"{here_sentence(found)}{NBSP}; auparavant, {there}. {SAID[found.gap]}"
    return Told(found, label, sentence, dots(found, label, rows))


def untold(found):
    return NO_DETAIL if found.gap is None else SAID[Gap.TOO_FEW]


def wave_title(found):
    """Return what is compared from one wave to the other: a share is always the share of something."""
    figure = figures().get(found.question.national_key)
    if figure and figure.is_share:
        return figure.label
    share = {QuestionKind.YES_NO: f"part de «{NBSP}oui{NBSP}»", QuestionKind.AGREEMENT: "part d’accord"}
    return f"{found.question.text} ({share.get(found.question.kind, 'moyenne')})"


def ranged(found, interval):
    """Return « 41 % (33 à 49 %) » or « 6,6 (6,1 à 7,1) »."""
    value, low, high = scaled(found, interval)
    decimals, unit = (0, "%") if found.is_share else (1, "")
    return f"{number(value, decimals, unit)} ({between(low, high, decimals, unit)})"


def here_sentence(found):
    return f"Ici, {ranged(found, found.here)}, sur {found.n} réponses"


def dots(found, label, rows, reference=None):
    factor = 100 if found.is_share else 1
    return Dots(
        title=label, desc="Un point par valeur, entre les bornes de son intervalle à 95 %.", rows=rows,
        unit="%" if found.is_share else "", decimals=0 if found.is_share else 1, end=end_of(found),
        reference=None if reference is None else factor * reference, reference_label=FRANCE,
        first="Où" if reference is not None else "Quand", measure="Part" if found.is_share else "Moyenne",
    )  # fmt: skip
