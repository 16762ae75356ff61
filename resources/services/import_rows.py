"""What each row of an imported table says, what is wrong with it, and what importing it would do. Writes nothing."""

from collections import defaultdict
from copy import copy
from dataclasses import dataclass, field

from django.conf import settings
from django.db import models

from resources.exchange.cells import Fault, read, received, told, written
from resources.exchange.columns import ADDRESS, COLUMNS, EXAMPLE, known_columns
from resources.history import label, words
from resources.models import Resource, ResourceNeed
from resources.services.rules import broken_rule
from resources.services.sheets import differences, in_order
from resources.services.words import plain

FIRST_ROW = 2  # the first line of the sheet carries the titles
BY_NAME = {column.name: column for column in COLUMNS}


class Outcome(models.TextChoices):
    ERROR = "error", "À corriger"
    NEW = "new", "Nouvelle fiche"
    CHANGED = "changed", "Fiche modifiée"
    TWIN = "twin", "Même nom qu’une autre fiche"
    SAME = "same", "Rien ne change"
    EMPTY = "empty", "Ligne vide ou d’exemple, ignorée"


@dataclass
class Row:
    """One line of the table.

    resource and needs: the sheet as it would be; changes: {name of a field: [before, after]}, for one that is known.
    """

    number: int
    name: str = ""
    resource: Resource | None = None
    needs: list = field(default_factory=list)
    changes: dict = field(default_factory=dict)
    errors: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    outcome: str = Outcome.ERROR

    @property
    def label(self):
        return Outcome(self.outcome).label

    @property
    def lines(self):
        """What changes in words, each (name of the field, before, after)."""
        return [(label(name), words(name, old), words(name, new)) for name, (old, new) in self.changes.items()]

    def told(self):
        """Return what the preview shows, as JSON keeps it."""
        names = ("number", "name", "outcome", "label", "lines", "errors", "notes")
        return {name: getattr(self, name) for name in names} | {"slug": self.resource.slug if self.resource else ""}


class Directory:
    """The sheets there are, read once: two statements."""

    def __init__(self):
        self.sheets = {one.slug: one for one in Resource.objects.defer("search_text")}
        self.needs = defaultdict(list)
        for key, need in ResourceNeed.objects.values_list("resource_id", "need"):
            self.needs[key].append(need)
        self.names = {plain(one.name): one for one in self.sheets.values()}

    def needs_of(self, resource):
        return in_order(self.needs[resource.pk])


def columns_problem(headers):
    """Return what is missing before rows can be read at all, as a French sentence, or None."""
    names = {column.name for column in known_columns(headers)[0].values()}
    if not names & {"name", "slug"}:
        return "Aucune colonne « Nom » ni « Adresse de la fiche » : reprenez les titres du modèle, ou ceux d’un export."
    return None


def examine(headers, rows):
    """Return a Row for each line of the table, in its order, with what importing it would do."""
    columns, _ = known_columns(headers)
    directory, seen, found = Directory(), {}, []
    for number, cells in enumerate(rows, start=FIRST_ROW):
        row = Row(number)
        given = {columns[index]: cell for index, cell in enumerate(cells) if index in columns}
        if is_filled(given):
            places = {column: f"{letters(index)}{number}" for index, column in columns.items()}
            Reader(row, given, places, directory, seen).decide()
        else:
            row.outcome = Outcome.EMPTY
        found.append(row)
    return found


def first_error(rows):
    """Return the sentence that names the first row in error, or None."""
    bad = [row for row in rows if row.errors]
    if not bad:
        return None
    sentence = f"Ligne {bad[0].number} : {bad[0].errors[0]}"
    return sentence if len(bad) == 1 else f"{sentence} {len(bad)} lignes sont à corriger en tout."


def letters(index):
    """Return the name that spreadsheets give a column: A, Z, AA…"""
    return (letters(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)  # noqa: PLR2004


def is_filled(given):
    """Whether a line says anything, and is not the example of the template."""
    name = given.get(BY_NAME["name"], "")
    return any(cell.strip() for cell in given.values()) and not plain(name).startswith(plain(EXAMPLE))


class Reader:
    """Reads one row. given: {Column: text of its cell}; places: {Column: « C12 »}; seen: {key: number of the row}."""

    def __init__(self, row, given, places, directory, seen):
        self.row, self.given, self.places, self.directory, self.seen = row, given, places, directory, seen

    def decide(self):
        known = self.known_sheet()
        if known:
            self.read_change(known)
        elif not self.row.errors:
            self.read_new()
        self.row.name = self.row.name or (self.row.resource.name if self.row.resource else "")
        if self.row.errors:
            self.row.outcome = Outcome.ERROR

    def fault(self, column, sentence):
        self.row.errors.append(f"« {column.label} » (cellule {self.places[column]}) : {sentence}")

    def text(self, column):
        """Return the text of a cell, or None where it is a formula, which is noted."""
        try:
            return received(self.given[column], column)
        except Fault as fault:
            self.fault(column, str(fault))
            return None

    def known_sheet(self):
        """Return the sheet whose address the row gives, or None for a new one; an address of another site is none."""
        address = (self.text(ADDRESS) or "") if ADDRESS in self.given else ""
        # A neighbour's sheet may have the same last word in its address: it must not overwrite ours.
        if "://" in address and not address.startswith(f"{settings.SITE_URL}/"):
            self.row.notes.append("Vient d’un autre portail.")
            return None
        slug = address.rstrip("/").rpartition("/")[2]
        if not slug:
            return None
        known = self.directory.sheets.get(slug)
        if known is None:
            self.fault(ADDRESS, f"aucune fiche n’a l’adresse « {slug[:60]} ». Videz cette cellule pour en créer une.")
        elif self.seen.setdefault(slug, self.row.number) != self.row.number:
            self.fault(ADDRESS, f"cette fiche est déjà à la ligne {self.seen[slug]}.")
        return known

    # --- A sheet that is known --------------------------------------------------------------------

    def read_change(self, known):
        """Keep what differs from what the export writes for this sheet: a cell that says the same changes nothing."""
        before = self.directory.needs_of(known)
        values = {}
        for column in self.given:
            text = self.text(column) if column is not ADDRESS else None
            if text is None or text == told(written(known, column, before), column):
                continue
            # Silence would let one believe that it was imported.
            if column.told:
                self.row.notes.append(f"« {column.label} » ne s’importe pas : changez-le sur la fiche.")
                continue
            self.keep(column, text, values)
        self.row.name = known.name
        self.row.needs = values.pop("needs", before)
        self.row.changes = differences(known, values)
        self.row.resource = with_values(known, {name: values[name] for name in self.row.changes})
        if self.row.needs != before:
            self.row.changes["needs"] = [before, self.row.needs]
        self.row.outcome = Outcome.CHANGED if self.row.changes else Outcome.SAME
        if self.row.changes:
            self.check_rules()

    def keep(self, column, text, values):
        try:
            values[column.name] = read(text, column)
        except Fault as fault:
            self.fault(column, str(fault))

    # --- A new one --------------------------------------------------------------------------------

    def read_new(self):
        values = {}
        for column in self.given:
            text = self.text(column) if column is not ADDRESS and not column.told else None
            if text is not None:
                self.keep(column, text, values)
        self.row.name = values.get("name", "")
        self.row.needs = values.pop("needs", [])
        for name in ("name", "kind"):
            if BY_NAME[name] not in self.given:
                self.row.errors.append(
                    f"Il manque la colonne « {BY_NAME[name].label} », nécessaire à une nouvelle fiche."
                )
        if self.row.errors:
            return
        self.row.resource = Resource(**values)
        self.check_rules()
        self.row.outcome = Outcome.NEW
        self.flag_twin()

    def flag_twin(self):
        """Note a name that another sheet has, or an earlier row: most often the same resource."""
        key = plain(self.row.name)
        twin = self.directory.names.get(key)
        first = self.seen.setdefault(("name", key), self.row.number)
        if twin:
            self.row.notes.append(f"Une fiche s’appelle déjà ainsi. Pour la modifier, donnez son adresse : {twin.slug}")
        elif first != self.row.number:
            self.row.notes.append(f"Même nom qu’à la ligne {first}.")
        else:
            return
        self.row.outcome = Outcome.TWIN

    def check_rules(self):
        broken = broken_rule(self.row.resource)
        if broken:
            self.row.errors.append(broken)


def with_values(resource, values):
    """Return a copy of the sheet with these values."""
    changed = copy(resource)
    for name, value in values.items():
        setattr(changed, name, value)
    return changed
