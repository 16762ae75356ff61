"""What the columns of somebody's answers mean: which are dropped, what kind of question each of the others is."""

import re
from collections import Counter
from dataclasses import dataclass, field

from django.db import models

from activities.services.import_columns import plain, read_moment
from evaluation.enums import QuestionKind
from evaluation.models.surveys import PUBLISHED_FROM
from evaluation.values import AGREEMENT, OTHER, YES_NO

MOST_OPTIONS = 30
FEW = 12  # distinct answers: more are not taken for the choices of a list
SHORT_TITLE = 40
LONGEST_OPTION = 100
FIVE = 5
PERSONAL_PART = 5  # one cell in five that is an address or a number makes a column personal
SAMPLE = 500

# Bounded: without its bounds it would take minutes on a sheet of long cells.
EMAIL = re.compile(r"[^\s@;,<>]{1,64}@[^\s@;,<>]{1,255}\.[a-zA-Z]{2,24}")
PHONE = re.compile(r"(?<!\d)(?:\+33[\s.-]?|0)[1-9](?:[\s.-]?\d{2}){4}(?!\d)")
TIMESTAMP = re.compile(r"^(horodat|timestamp|date et heure|submitted at|heure de (debut|fin))")
PERSONAL_TITLE = re.compile(
    r"\bmails?\b|\bemails?\b|courriel|nom d utilisateur|username|telephone|\btel\b|\brpps\b|\badeli\b|identifiant"
    r"|date de naissance|\bprenoms?\b|\badresse ip\b"
)
PERSONAL_SHORT_TITLE = re.compile(r"\bnoms?\b|\badresse\b|\bportable\b|\bmobile\b|\bname\b")
YES_NO_WORDS = {plain(label): value for value, label in YES_NO} | {
    "o": 1, "vrai": 1, "yes": 1, "n": 0, "faux": 0, "no": 0,
    "nsp": 2, "ne sait pas": 2, "ne sais pas": 2, "sans avis": 2, "peut etre": 2,
}  # fmt: skip
AGREEMENT_WORDS = {plain(label): value for value, label in AGREEMENT}
REMOVED = "[retiré]"


class Use(models.TextChoices):
    """What a column becomes: a kind of question, the day of the answer, or nothing."""

    NOTHING = "", "Ne pas importer"
    DAY = "day", "La date de la réponse"
    SCALE = QuestionKind.SCALE.value, QuestionKind.SCALE.label
    AGREEMENT = QuestionKind.AGREEMENT.value, QuestionKind.AGREEMENT.label
    YES_NO = QuestionKind.YES_NO.value, QuestionKind.YES_NO.label
    CHOICE = QuestionKind.CHOICE.value, QuestionKind.CHOICE.label
    CHOICES = QuestionKind.CHOICES.value, QuestionKind.CHOICES.label
    LONG = QuestionKind.LONG.value, "Réponse écrite"


@dataclass
class Column:
    """A column once read. options: labels in their order; values: for each line, the numbers, or the text, it says.

    unread: how many cells do not fit the kind and are left out. rare: how many labels were too rare to be options.
    """

    index: int
    title: str
    use: str
    answered: int = 0
    unread: int = 0
    rare: int = 0
    options: list = field(default_factory=list)
    values: list = field(default_factory=list)
    problem: str = ""

    @property
    def has_other(self):
        return self.rare > 0


def is_personal(title, cells):
    """Tell whether a column says who answered: from its title, or because its cells are addresses or numbers.

    « Une ligne par téléphone, est-ce utile ? » answered by yes or no says nothing of the kind.
    """
    words = plain(title)
    if {plain(cell) for cell in cells if cell} <= set(YES_NO_WORDS) and any(cells):
        return False
    if PERSONAL_TITLE.search(words) or (len(words) <= SHORT_TITLE and PERSONAL_SHORT_TITLE.search(words)):
        return True
    said = [cell for cell in cells if cell]
    found = sum(bool(EMAIL.fullmatch(cell) or PHONE.fullmatch(cell)) for cell in said)
    return found * PERSONAL_PART >= len(said) > 0 and found > 0


def guess(title, cells):
    """Return the most likely use of a column, the coordination having the last word.

    Marks from 1 to 5 are taken for choices: a mean out of ten would belittle them.
    """
    said = [cell for cell in cells if cell]
    if not said:
        return Use.NOTHING
    if TIMESTAMP.search(plain(title)) and all(read_moment(cell) for cell in said[:SAMPLE]):
        return Use.DAY
    marks = [mark_of(cell) for cell in said]
    if None not in marks:
        return Use.CHOICE if min(marks) >= 1 and max(marks) <= FIVE else Use.SCALE
    words = {plain(cell) for cell in said}
    if words <= set(YES_NO_WORDS):
        return Use.YES_NO
    if words <= set(AGREEMENT_WORDS):
        return Use.AGREEMENT
    return guess_words(said)


def guess_words(said):
    whole = set(said)
    pieces = Counter(piece for cell in said for piece in split(cell))
    is_split = any(len(split(cell)) > 1 for cell in said)
    if is_split and len(pieces) <= FEW and len(pieces) <= len(whole) and max(map(len, pieces)) <= LONGEST_OPTION:
        return Use.CHOICES
    if len(whole) <= FEW and 2 * len(whole) <= len(said) and max(map(len, whole)) <= LONGEST_OPTION:
        return Use.CHOICE
    return Use.LONG


def mark_of(cell):
    """Return the whole mark out of ten that a cell says (« 8 », « 8/10 », « 8,0 »), or None."""
    found = re.fullmatch(r"(\d{1,2})(?:[.,]0)?(?:\s*/\s*10)?", cell)
    return int(found[1]) if found and int(found[1]) <= 10 else None  # noqa: PLR2004


def split(cell):
    """Return the choices of a cell: Google parts them with « ; » in one kind of file, with « , » in the other."""
    parted = cell.split(";") if ";" in cell else cell.split(", ")
    return list(dict.fromkeys(piece.strip() for piece in parted if piece.strip()))


def read_column(index, title, use, cells):
    """Return the Column that these cells make when it is used so."""
    column = Column(index, title or f"Colonne {index + 1}", use)
    column.answered = sum(map(bool, cells))
    if use in (Use.CHOICE, Use.CHOICES):
        read_options(column, cells)
    elif use in (Use.SCALE, Use.YES_NO, Use.AGREEMENT):
        column.values = [[value] if (value := number_of(use, cell)) is not None else [] for cell in cells]
        column.unread = column.answered - sum(map(bool, column.values))
    elif use == Use.LONG:
        column.values = [without_addresses(cell) for cell in cells]
    elif use == Use.DAY:
        column.values = [moment.date() if (moment := read_moment(cell)) else None for cell in cells]
        column.unread = column.answered - sum(map(bool, column.values))
    return column


def number_of(use, cell):
    if use == Use.SCALE:
        return mark_of(cell)
    return (YES_NO_WORDS if use == Use.YES_NO else AGREEMENT_WORDS).get(plain(cell))


def read_options(column, cells):
    """Number the options; what fewer than five people said is « autre », and stays among the written answers.

    An option is shown as a label wherever results are: words that one person typed must not become one. A mark may.
    """
    taken = [split(cell) if column.use == Use.CHOICES else [cell] if cell else [] for cell in cells]
    counts = Counter(label for labels in taken for label in labels)
    kept = sorted(
        (label for label, n in counts.items() if n >= PUBLISHED_FROM or mark_of(label) is not None), key=in_order
    )
    column.rare = len(counts) - len(kept)
    if len(kept) > MOST_OPTIONS:
        column.problem = f"{len(kept)} réponses différentes : c’est trop pour une liste de choix."
        return
    column.options = [label[:LONGEST_OPTION] for label in kept]
    ranks = {label: rank for rank, label in enumerate(kept, start=1)}
    column.values = [[(ranks.get(label, OTHER), label) for label in labels] for labels in taken]


def in_order(label):
    """Numbers by size, then words by letter: never the order in which people answered."""
    mark = mark_of(label)
    return (mark is None, mark or 0, plain(label), label)


def without_addresses(text):
    """Return a written answer without the e-mail addresses and telephone numbers that it holds."""
    return PHONE.sub(REMOVED, EMAIL.sub(REMOVED, text))
