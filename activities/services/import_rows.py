"""What each row of an imported sheet says, what is wrong with it, and what importing it would do. Writes nothing."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils import timezone

from activities.enums import Presence, RegistrationState
from activities.models import Attendance, Registration
from activities.permissions import why_not_for
from activities.services.import_columns import (
    FIELDS,
    plain,
    read_member,
    read_moment,
    read_phone,
    read_profession,
    split_name,
)
from cafe.text import normalise_email
from members.enums import Profession

FIRST_ROW = 2  # the first line of the sheet carries the headers
LENGTHS = {
    name: Registration._meta.get_field(name).max_length
    for name in ("email", "first_name", "last_name", "phone", "commune", "remarks")
}


ADDED_PRESENT = "À ajouter, et à noter présente"


class Purpose(models.TextChoices):
    REGISTRATIONS = "inscriptions", "Des inscriptions"
    ATTENDANCES = "presences", "Des personnes qui sont venues"


class Outcome(models.TextChoices):
    ERROR = "error", "À corriger"
    NEW = "new", "Nouvelle inscription"
    CAME = "came", "Déjà inscrite, à noter présente"
    KNOWN = "known", "Déjà dans la séance : rien ne change"
    CANCELLED = "cancelled", "A annulé : laissée telle quelle"
    TWIN = "twin", "Doublon dans le fichier, ignoré"
    EMPTY = "empty", "Ligne vide, ignorée"

    def said_of(self, purpose):
        """Return what would happen, as the coordinator reads it: who is new to a session that was held also came."""
        return ADDED_PRESENT if self is Outcome.NEW and purpose == Purpose.ATTENDANCES else self.label


@dataclass
class Row:
    """One line of the sheet. values: fields of a Registration; known: the registration that it speaks of, if any."""

    number: int
    purpose: str = Purpose.REGISTRATIONS
    values: dict = field(default_factory=dict)
    moment: object = None
    errors: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    outcome: str = Outcome.ERROR
    known: int | None = None

    @property
    def label(self):
        return Outcome(self.outcome).said_of(self.purpose)

    @property
    def full_name(self):
        return f"{self.values.get('first_name', '')} {self.values.get('last_name', '')}".strip()

    @property
    def profession(self):
        return Profession(self.values["profession"]).label if self.values else ""

    @property
    def name_key(self):
        return name_key(self.values["first_name"], self.values["last_name"], self.values["profession"])


def name_key(first_name, last_name, profession):
    """What tells a person who gave no address from another, within one session. Word order does not count."""
    return frozenset(plain(f"{first_name} {last_name}").split()), profession


def columns_problem(columns, purpose):
    """Return what is missing before rows can be read at all, as a French sentence, or None."""
    if "last_name" not in columns and "full_name" not in columns:
        return "Indiquez la colonne du nom."
    if purpose == Purpose.REGISTRATIONS and "email" not in columns:
        return "Indiquez la colonne de l’adresse e-mail : une inscription en demande une."
    return None


def read_row(number, cells, *, columns, headers, purpose):
    """Return the Row that these cells make: what they say, and every fault in French."""
    raw = {name: cells[index] if index < len(cells) else "" for name, index in columns.items()}
    row = Row(number, purpose)
    if not any(raw.values()):
        row.outcome = Outcome.EMPTY
        return row
    for name, text in raw.items():
        if text.startswith("="):
            row.errors.append(f"« {FIELDS[name]} » contient une formule : écrivez sa valeur à la place.")
            raw[name] = ""
    first_name, last_name = read_names(raw, columns, headers)
    row.values = {
        "email": normalise_email(raw.get("email", "")),
        "first_name": first_name,
        "last_name": last_name,
        "profession": read_profession_of(row, raw.get("profession", "")),
        "phone": read_phone(raw.get("phone", "")),
        "cpts_member": read_member(raw.get("cpts_member", "")),
        "commune": raw.get("commune", ""),
        "remarks": raw.get("remarks", ""),
    }
    row.moment = read_moment_of(row, raw.get("timestamp", ""))
    check_values(row, purpose)
    return row


def read_names(raw, columns, headers):
    if raw.get("full_name") and not raw.get("last_name"):
        first, last = split_name(raw["full_name"], headers[columns["full_name"]])
        return raw.get("first_name") or first, last
    return raw.get("first_name", ""), raw.get("last_name", "")


def read_profession_of(row, text):
    found = read_profession(text) if text else None
    if found is None:
        row.notes.append(f"Profession « {text} » non reconnue : comptée « autre »." if text else "Profession inconnue.")
    elif plain(text) in {"medecin", "docteur"}:
        row.notes.append("Médecin, sans autre précision : compté généraliste.")
    return found or Profession.OTHER


def read_moment_of(row, text):
    if not text:
        return None
    moment = read_moment(text)
    if moment is None:
        row.errors.append(f"« {text[:40]} » n’est pas une date : attendu 21/09/2023 18:04:12 ou 2023-09-21 18:04:12.")
    elif moment > timezone.now():
        row.errors.append(f"L’horodateur « {text[:40]} » est dans l’avenir.")
    return moment


def check_values(row, purpose):
    email = row.values["email"]
    if email:
        try:
            validate_email(email)
        except ValidationError:
            row.errors.append(f"« {email[:60]} » n’est pas une adresse e-mail.")
    elif purpose == Purpose.REGISTRATIONS:
        row.errors.append("Il manque l’adresse e-mail.")
    if not row.values["last_name"]:
        row.errors.append("Il manque le nom.")
    for name, longest in LENGTHS.items():
        if len(row.values[name]) > longest:
            row.errors.append(f"« {FIELDS[name]} » est trop long : {longest} caractères au plus.")


@dataclass
class Present:
    """Who is in the session already: registrations by address and by name, and those noted present."""

    by_email: dict
    by_name: dict
    came: set


def who_is_there(session):
    """Read the session's registrations (those of its cycle) and attendances, in two statements."""
    fields = ("pk", "state", "email", "first_name", "last_name", "profession")
    # Cancelled ones first, so that a live registration of the same person takes their place.
    found = Registration.objects.filter(session_id=session.registering_session_id).values(*fields)
    found = sorted(found, key=lambda one: (one["state"] != RegistrationState.CANCELLED, -one["pk"]))
    came = Attendance.objects.filter(session=session, presence=Presence.PRESENT)
    return Present(
        by_email={one["email"]: one for one in found if one["email"]},
        by_name={name_key(one["first_name"], one["last_name"], one["profession"]): one for one in found},
        came=set(came.values_list("registration_id", flat=True)),
    )


def examine(*, session, headers, rows, columns, purpose):
    """Return a Row for each line of the sheet, in its order, with what importing it into this session would do."""
    present, seen = who_is_there(session), {}
    found = []
    for number, cells in enumerate(rows, start=FIRST_ROW):
        row = read_row(number, cells, columns=columns, headers=headers, purpose=purpose)
        if row.values:
            decide(row, session=session, purpose=purpose, present=present, seen=seen)
        found.append(row)
    return found


def decide(row, *, session, purpose, present, seen):
    """Set the row's outcome. seen: {address or name: number of the row that came first in the file}."""
    if purpose == Purpose.REGISTRATIONS and session.starts_at > timezone.now():
        refusal = why_not_for(session, row.values["profession"])
        row.errors += [refusal] if refusal else []
    if row.errors:
        return
    email = row.values["email"]
    first = seen.get(email or row.name_key)
    seen.setdefault(row.name_key, row.number)
    if email:
        seen.setdefault(email, row.number)
    if first:
        row.outcome = Outcome.TWIN
        row.notes.append(f"Même personne qu’à la ligne {first}.")
        return
    known = present.by_email.get(email) if email else present.by_name.get(row.name_key)
    row.outcome = outcome_of(row, known, purpose, present)


def outcome_of(row, known, purpose, present):
    if known is None:
        return Outcome.NEW
    cancelled = known["state"] == RegistrationState.CANCELLED
    if purpose == Purpose.REGISTRATIONS:
        return Outcome.CANCELLED if cancelled else Outcome.KNOWN
    if cancelled:
        row.notes.append("Avait annulé, mais est venue : une nouvelle inscription garde sa présence.")
        return Outcome.NEW
    row.known = known["pk"]
    return Outcome.KNOWN if known["pk"] in present.came else Outcome.CAME
