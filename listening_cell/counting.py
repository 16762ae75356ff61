"""What a closed case counts for, and the one publication of a year: pure functions (cell's promises, Count).

A slip is made of closed lists only. Every combination of answers is possible: no list of boxes has to be ticked, none
of its boxes excludes or implies another (so no « aucune orientation »), and how one heard of the cell says nothing of
for whom one asked. That is not for comfort: were « par un collègue » a part of « pour un collègue », the difference of
two published counts would be the count of a third group.

What is published of a year: the total; one table for each exclusive list, whose rows are all LEAST or more; and for
each list of boxes those whose count and complement are both LEAST or more. So every printed number splits the year
into groups of LEAST or more; two lists never bound what they have in common to a single number; and years share no
slip, since slips are deleted once published. Sums and differences therefore give no count from 1 to LEAST - 1, and
a zero is not told from them either. The tests hold this against 10,000 histories and against every set of slips of a
small world, for a reader who knows these very rules.
"""

import struct
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import chain

LEAST = 11
MOST_RESOURCES = 6
RESOURCE_BYTES = 16
OTHERS = "autres"
OTHERS_LABEL = "Autres"


class ClosedList(Enum):
    """A closed list: key and French label. Sealed slips hold a member's rank: append, never reorder nor remove."""

    def __new__(cls, key, label):
        member = object.__new__(cls)
        member._value_, member.label, member.rank = key, label, len(cls.__members__)
        return member

    # Members are alone of their kind: their identity is hash enough, and counting them takes half the time.
    __hash__ = object.__hash__

    @classmethod
    def choices(cls):
        """Return (key, label) pairs, for a form."""
        return [(member.value, member.label) for member in cls]


class Motive(ClosedList):
    """Groups of life events that put professionals at risk, wide enough to be counted; several may be ticked."""

    WORKLOAD = "charge", "Charge et organisation du travail"
    VIOLENCE = "agression", "Agression, violence au travail"
    ERROR = "erreur", "Erreur, plainte ou sanction"
    PRACTICE = "pratique", "Doutes sur sa pratique, besoin de connaissances"
    PATIENTS = "patients", "Fin de vie ou décès de patients"
    COLLEAGUES = "collegues", "Relations entre collègues ou associés"
    STRUCTURE = "structure", "Statut, structure, mode d’exercice"
    MONEY = "finances", "Finances"
    HEALTH = "sante", "Santé de la personne"
    ADDICTION = "addictions", "Addictions"
    FAMILY = "famille", "Couple, famille, entourage"
    OTHER = "autre", "Un autre motif"


class ProfessionGroup(ClosedList):
    """Professions and functions of a territory, in groups wide enough to be counted."""

    PHYSICIANS = "medecins", "Médecins"
    NURSING = "soins", "Infirmiers, aides-soignants, auxiliaires"
    REHABILITATION = "reeducation", "Rééducation : kinésithérapeutes, orthophonistes, pédicures-podologues…"
    BIRTH_AND_TEETH = "sages-femmes-dentistes", "Sages-femmes et chirurgiens-dentistes"
    PRODUCTS_AND_TESTS = "pharmacie-biologie", "Pharmacie, biologie, imagerie, appareillage"
    STUDENTS = "etudiants", "Étudiants et internes"
    OTHER = "autre", "Une autre profession ou fonction"


class Orientation(ClosedList):
    """What the pair advised to turn to; several may be ticked, whatever sheets of the directory were handed over."""

    PHYSICIAN = "medecin", "Médecin traitant ou autre médecin"
    PSYCHOLOGY = "psychologie", "Psychologue ou psychiatre"
    ADDICTION = "addictologie", "Addictologie"
    OCCUPATIONAL = "sante-travail", "Santé au travail"
    LEGAL = "juridique", "Conseil juridique"
    SOCIAL = "social", "Aide sociale ou économique"
    HELPLINE = "ligne-aide", "Ligne d’aide, entraide entre professionnels"
    ORGANISATION = "organisation", "Organisation du cabinet, remplacement"
    ACTIVITIES = "activites", "Activités et formations du programme"
    EMERGENCY = "urgence", "Urgences"
    OTHER = "autre", "Une autre orientation"


class Talks(ClosedList):
    """How many talks the case took; none where nobody came, or each was put off."""

    ONE = "1", "1 entretien"
    TWO_OR_THREE = "2-3", "2 ou 3 entretiens"
    FOUR_TO_SIX = "4-6", "4 à 6 entretiens"
    SEVEN_OR_MORE = "7+", "7 entretiens ou plus"
    NONE = "0", "Aucun entretien"


class Beneficiary(ClosedList):
    """For whom the cell was asked."""

    SELF = "soi", "Pour soi"
    COLLEAGUE = "collegue", "Pour un ou plusieurs collègues"


class Through(ClosedList):
    """How whoever asked had heard of the cell, for oneself or for another alike."""

    PORTAL = "portail", "Le portail, une recherche sur Internet"
    PAPER = "papier", "Une affiche, un dépliant, une carte"
    LETTER = "lettre", "La lettre d’information"
    ACTIVITY = "activite", "Une activité, un référent de séance"
    COLLEAGUE = "collegue", "Un collègue ou un responsable"
    CARE = "soin", "Un soignant, une ligne d’aide, un Ordre"
    OTHER = "autre", "Un autre chemin"


EXCLUSIVE = {
    "profession": ("Profession", ProfessionGroup),
    "talks": ("Nombre d’entretiens", Talks),
    "beneficiary": ("Pour qui", Beneficiary),
    "through": ("Comment la cellule a été connue", Through),
}
SEVERAL = {"motives": ("Motifs", Motive), "orientations": ("Orientations", Orientation)}
RESOURCES_LABEL = "Fiches de l’annuaire remises"
LABELS = {
    name: dict(members.choices()) | {OTHERS: OTHERS_LABEL} for name, (_, members) in (EXCLUSIVE | SEVERAL).items()
}


@dataclass(frozen=True)
class Slip:
    """What is counted of a closed case, members or their keys; raises ValueError on anything outside the lists.

    resources: up to MOST_RESOURCES keys of the sheets handed over, RESOURCE_BYTES bytes of UTF-8 each at most. They are
    kept sorted, so that the order in which they were given is forgotten.
    """

    profession: ProfessionGroup
    talks: Talks
    beneficiary: Beneficiary
    through: Through
    motives: frozenset[Motive] = frozenset()
    orientations: frozenset[Orientation] = frozenset()
    resources: tuple[str, ...] = ()

    def __post_init__(self):
        for name, (_, members) in EXCLUSIVE.items():
            object.__setattr__(self, name, members(getattr(self, name)))
        for name, (_, members) in SEVERAL.items():
            object.__setattr__(self, name, frozenset(members(one) for one in getattr(self, name)))
        object.__setattr__(self, "resources", tuple(sorted(set(self.resources))))
        if len(self.resources) > MOST_RESOURCES or not all(fits(key) for key in self.resources):
            raise ValueError(f"At most {MOST_RESOURCES} resources, each printable, of 1 to {RESOURCE_BYTES} bytes")


def fits(key: str) -> bool:
    """Tell whether a resource's key fits the fixed length of a slip: printable, 1 to RESOURCE_BYTES bytes of UTF-8."""
    return key.isprintable() and 0 < len(key.encode()) <= RESOURCE_BYTES


# --- Fixed length ---------------------------------------------------------------------------------

VERSION = 1
# Version, the four exclusive lists, the two lists of boxes as bits, the resources padded with NUL.
PACKED = struct.Struct(f">B4B2H{MOST_RESOURCES * RESOURCE_BYTES}s")
PACKED_BYTES = PACKED.size


def pack(slip: Slip) -> bytes:
    """Return a slip as PACKED_BYTES bytes, whatever it holds: sealed, its length tells nothing (cell's promises, 9)."""
    ranks = [getattr(slip, name).rank for name in EXCLUSIVE]
    boxes = [sum(1 << member.rank for member in getattr(slip, name)) for name in SEVERAL]
    resources = b"".join(key.encode().ljust(RESOURCE_BYTES, b"\0") for key in slip.resources)
    return PACKED.pack(VERSION, *ranks, *boxes, resources)


def unpack(packed: bytes) -> Slip:
    """Return the slip of these bytes. Raises ValueError on another length or version, or a rank outside the lists."""
    if len(packed) != PACKED_BYTES:
        raise ValueError(f"A slip is {PACKED_BYTES} bytes, not {len(packed)}")
    version, *numbers, resources = PACKED.unpack(packed)
    if version != VERSION:
        raise ValueError(f"Unknown version of a slip: {version}")
    ranks, boxes = numbers[: len(EXCLUSIVE)], numbers[len(EXCLUSIVE) :]
    answers = {name: at(EXCLUSIVE[name][1], rank) for name, rank in zip(EXCLUSIVE, ranks, strict=True)}
    ticked = {name: ticks(SEVERAL[name][1], bits) for name, bits in zip(SEVERAL, boxes, strict=True)}
    cut = (resources[start : start + RESOURCE_BYTES] for start in range(0, len(resources), RESOURCE_BYTES))
    return Slip(**answers, **ticked, resources=tuple(key.rstrip(b"\0").decode() for key in cut if key.strip(b"\0")))


def at(members, rank):
    if rank >= len(members):
        raise ValueError(f"{members.__name__} has no rank {rank}")
    return list(members)[rank]


def ticks(members, bits):
    if bits >> len(members):
        raise ValueError(f"{members.__name__} has no such bits: {bits}")
    return frozenset(member for member in members if bits >> member.rank & 1)


# --- Publication ----------------------------------------------------------------------------------


def publication(slips: Iterable[Slip], year: int) -> dict | None:
    """Return what may be published of a year's slips, as plain JSON, or None when they are fewer than LEAST.

    {"year", "total", "lists": [{"key", "label", "several", "rows": [{"key", "label", "count"}]}]}: all the lists are
    there, always in one order, with no row where nothing may be said. Rows follow the list's order, « Autres » last;
    resources, whose label is their key, follow their count. The rule holds over years only if these slips are then
    deleted and never counted again; and it holds with no other cut (cell's promises, 9).
    """
    slips = list(slips)
    if len(slips) < LEAST:
        return None
    return {"year": year, "total": len(slips), "lists": [*exclusive_lists(slips), *lists_of_boxes(slips)]}


def exclusive_lists(slips):
    for name, (label, members) in EXCLUSIVE.items():
        found = Counter(getattr(slip, name) for slip in slips)
        rows = exclusive_rows({member.value: found[member] for member in members})
        yield as_list(name, label, rows, several=False)


def lists_of_boxes(slips):
    for name, (label, members) in SEVERAL.items():
        found = Counter(chain.from_iterable(getattr(slip, name) for slip in slips))
        rows = box_rows({member.value: found[member] for member in members}, len(slips))
        yield as_list(name, label, rows, several=True)
    found = Counter(chain.from_iterable(slip.resources for slip in slips))
    yield as_list("resources", RESOURCES_LABEL, resource_rows(found, len(slips)), several=True)


def as_list(key, label, rows, *, several):
    labels = LABELS.get(key, {})
    printed = [{"key": row, "label": labels.get(row, row), "count": count} for row, count in rows.items()]
    return {"key": key, "label": label, "several": several, "rows": printed}


def exclusive_rows(counts: Mapping[str, int], least: int = LEAST) -> dict[str, int]:
    """Return the rows of an exclusive one-way table, {key or OTHERS: count}, each `least` or more; empty for no table.

    Classes under `least`, those at zero too, merge into « Autres », which absorbs the next smallest as long as it
    betrays what it merges. Fewer than two rows are no table: the total says it all.
    """
    shown = {key: count for key, count in counts.items() if count >= least}
    merged = {key: count for key, count in counts.items() if count < least}
    while merged and shown and betrays(merged.values(), least):
        # All the smallest at once: to choose among equals by their place in the list would tell which was chosen, and
        # (11, 11, 10) would give away the 10.
        smallest = min(shown.values())
        merged |= {key: count for key, count in shown.items() if count == smallest}
        shown = {key: count for key, count in shown.items() if count > smallest}
    rows = shown | ({OTHERS: sum(merged.values())} if merged else {})
    return rows if len(rows) > 1 else {}


def betrays(merged: Collection[int], least: int = LEAST) -> bool:
    """Tell whether the sum of these merged classes gives one of them away (cell's promises, 9, and one step further).

    Under `least`, it is itself such a count. And when each is just below `least` their sum is the greatest that merged
    classes can have: whoever knows the rule would divide it.
    """
    return sum(merged) < least or all(count == least - 1 for count in merged)


def box_rows(counts: Mapping[str, int], total: int, least: int = LEAST) -> dict[str, int]:
    """Return the boxes of a multiple choice that may be printed, {key: count}."""
    return {key: count for key, count in counts.items() if is_printable(count, total, least)}


def is_printable(count: int, total: int, least: int = LEAST) -> bool:
    """Tell whether a count may be printed beside its total: both it and its complement are `least` or more.

    The same rule serves how often the contact details of a sheet were opened (cell's promises, 9).
    """
    return count >= least and total - count >= least


def resource_rows(counts: Mapping[str, int], total: int, least: int = LEAST) -> dict[str, int]:
    """Return the resources most often handed over that may be printed, {key: count}, the most frequent first.

    No more of them than a slip can hold: a longer list could leave so little room that its sum would tell how many
    slips were not full.
    """
    rows = box_rows(counts, total, least)
    return dict(sorted(rows.items(), key=lambda row: (-row[1], row[0]))[:MOST_RESOURCES])
