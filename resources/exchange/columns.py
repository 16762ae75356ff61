"""The columns of the directory as a table: one list, for its exports, its template and its imports."""

from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from django.db import models

from members.enums import Profession
from resources.enums import AreaKind, Cost, ResourceKind, ResourceState, Verification, Visibility
from resources.models import Resource
from resources.needs import NEEDS
from resources.services.words import plain

EXAMPLE = "(Exemple)"  # begins the name in the template's row, which no import takes
INTERNAL_MARK = "interne"
TOLD_MARK = "pour information"
SEPARATOR = " ; "


class Kind(Enum):
    """How the cells of a column are written and read."""

    LINE = auto()  # a text on one line
    TEXT = auto()  # a text, line breaks kept
    CHOICE = auto()  # one of the labels
    YES_NO = auto()  # empty is no
    MAYBE = auto()  # empty is unknown
    DATE = auto()
    NUMBER = auto()
    CODES = auto()  # several of the values, SEPARATOR between
    NAMES = auto()  # several texts, SEPARATOR between


@dataclass(frozen=True, eq=False)
class Column:
    """name: a field of Resource, or « needs ». internal: never leaves the portal. told: written, never read back."""

    name: str
    kind: Kind
    label: str
    choices: tuple = ()
    internal: bool = False
    told: bool = False
    help: str = ""
    example: str = ""

    @property
    def header(self):
        """The title of the column, which says aloud what stays inside and what is only told."""
        marks = [mark for mark, holds in ((INTERNAL_MARK, self.internal), (TOLD_MARK, self.told)) if holds]
        return f"{self.label} ({', '.join(marks)})" if marks else self.label

    @property
    def several(self):
        return self.kind in {Kind.CODES, Kind.NAMES}

    @cached_property
    def by_word(self):
        """Return {plain words: value} of what may be written: labels, and values as they are stored."""
        return {plain(word): value for value, label in self.choices for word in (label, value)}


KINDS = [
    (models.DateField, Kind.DATE),
    (models.BooleanField, Kind.YES_NO),
    (models.FloatField, Kind.NUMBER),
    (models.TextField, Kind.TEXT),
]


def of_field(name, **details):
    """Return the column of a field; its title and its choices are the field's own."""
    field = Resource._meta.get_field(name)
    kind = next((kind for base, kind in KINDS if isinstance(field, base)), Kind.LINE)
    if field.choices:
        kind = Kind.CHOICE
    if kind is Kind.YES_NO and field.null:
        kind = Kind.MAYBE
    label = str(field.verbose_name)
    given = {"kind": kind, "label": label[:1].upper() + label[1:], "choices": tuple(field.flatchoices or ())}
    return Column(name, **(given | details))


ADDRESS = Column(
    "slug", Kind.LINE, "Adresse de la fiche", example="",
    help="Vide pour une nouvelle fiche. C’est elle qui dit quelle fiche modifier : ne la changez pas.",
)  # fmt: skip
SEVERAL = "Plusieurs valeurs possibles, séparées par un point-virgule. "
COLUMNS = [
    ADDRESS,
    of_field("name", help="Obligatoire.", example=f"{EXAMPLE} Permanence juridique du port"),
    of_field("kind", choices=tuple(ResourceKind.choices), help="Obligatoire.", example="Service"),
    of_field("summary", help="Ce que lit une personne pressée.", example="Un avocat répond aux soignants, le mardi."),
    Column(
        "needs", Kind.CODES, "Besoins", choices=tuple((need.slug, need.label) for need in NEEDS), help=SEVERAL,
        example="droit--avocat ; droit--plainte",
    ),
    of_field("offers", example="Un premier entretien de trente minutes."),
    of_field("offers_not", help="Par exemple : ni ordonnance, ni urgence.", example="Ni défense au tribunal."),
    of_field(
        "professions", kind=Kind.CODES, choices=tuple(Profession.choices), help=f"{SEVERAL}Vide : toutes.",
        example="infirmier ; sage-femme",
    ),
    of_field("own_access", example="Appelez le mardi, de 12 h à 14 h."),
    of_field("referral_access", example="Donnez-lui le numéro."),
    of_field("phone", example="02 61 91 00 20"),
    of_field("email", example="permanence@port.example"),
    of_field("website", example="https://permanence.example"),
    of_field("hours", example="Mardi, 12 h - 14 h"),
    of_field("delay", example="Deux jours"),
    of_field("priority_access", help="oui ou non.", example="oui"),
    of_field("cost", choices=tuple(Cost.choices), help="Vide : à demander.", example="Gratuit"),
    of_field("cost_words", example="Premier entretien gratuit"),
    of_field("vouchers", help="oui, non, ou vide si vous ne savez pas.", example="non"),
    of_field("languages", example="français, anglais"),
    of_field("accessibility", example="De plain-pied"),
    of_field("on_site", help="oui ou non. Sur place, à distance, ou les deux.", example="oui"),
    of_field("remote", help="oui ou non.", example="oui"),
    of_field("address", example="2 quai des Brumes"),
    of_field("postcode", help="Cinq chiffres.", example="76990"),
    of_field("commune", example="Port-Sauvel"),
    of_field("latitude", help="En degrés. Avec la longitude, ou aucune des deux.", example="49,50"),
    of_field("longitude", help="En degrés.", example="0,10"),
    of_field("area_kind", choices=tuple(AreaKind.choices), help="Vide : France entière.", example="Communes"),
    of_field("area", help="Inutile pour la France entière.", example="Le port"),
    of_field("area_communes", kind=Kind.NAMES, help=SEVERAL, example="Port-Sauvel ; Montclaret"),
    of_field("charter_signed_on", help="Une date : 31/12/2026.", example="15/01/2026"),
    of_field("diu_trained", help="oui ou non.", example="non"),
    of_field("alert_note", help="Montré en tête de fiche. Par exemple : fermé en août.", example=""),
    of_field("source", help="D’où viennent ces informations.", example="Site de la permanence"),
    of_field("source_date", help="Une date : 31/12/2026.", example="15/01/2026"),
    of_field("verified_on", told=True),
    of_field("verification", choices=tuple(Verification.choices), told=True),
    of_field("state", choices=tuple(ResourceState.choices), internal=True, told=True),
    of_field(
        "visibility", choices=tuple(Visibility.choices), internal=True, help="Obligatoire si la colonne est là.",
        example="Tout le monde",
    ),
    of_field(
        "contact_agreed_on", internal=True,
        help="Pour une personne : sans date, ses coordonnées ne sont pas montrées.",
    ),
    of_field("verification_email", internal=True, help="Jamais montrée : la demande de vérification y est envoyée."),
    of_field("internal_note", internal=True, help="Jamais montrée hors de la coordination."),
]  # fmt: skip
SHARED_COLUMNS = [column for column in COLUMNS if not column.internal]
READ_COLUMNS = [column for column in COLUMNS if not column.told]


def known_columns(headers):
    """Return ({index: Column} of the headers that are understood, [headers that are not]).

    A title is understood as it is exported, without its marks, or as the name of the field. The first column of a
    title is the one that is read.
    """
    names = {plain(word): column for column in COLUMNS for word in (column.label, column.header, column.name)}
    found, unknown = {}, []
    for index, header in enumerate(headers):
        column = names.get(plain(header))
        if column and column not in found.values():
            found[index] = column
        elif header:
            unknown.append(header)
    return found, unknown
