"""A list of addresses gathered elsewhere: looked at first, then imported with the proof that these people agreed.

The file waits for a day as a Document of one person alone. Who is subscribed already stays as she is; who has left is
never brought back.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from activities.services.import_columns import guess_columns, read_member, read_profession
from cafe import drafts
from cafe.errors import Refusal
from cafe.spreadsheets import MIB, Limits, read_lines
from cafe.text import normalise_email, without_controls
from newsletters.enums import Origin, SubscriberState
from newsletters.models import Subscriber
from newsletters.services.departures import departed
from newsletters.services.leaving import leave

KIND = "letters_import"
LIMITS = Limits(size=5 * MIB, inflated=30 * MIB, rows=10_000, columns=60)
ADDRESS_LENGTH, NAME_LENGTH = 254, 80
CHUNK = 500
CONSENT_LASTS = timedelta(days=3 * 365.25)
NO_ADDRESS = "Aucune colonne d’adresses : donnez à l’une d’elles le titre « Adresse e-mail »."
EMPTY = "Ce fichier n’a aucune adresse."
NOBODY = "Il n’y a personne à ajouter : ces personnes sont déjà sur la liste, ou l’ont quittée."


class Outcome(StrEnum):
    NEW = "new"
    KNOWN = "known"
    LEFT = "left"
    TWICE = "twice"
    WRONG = "wrong"

    @property
    def label(self):
        return LABELS[self]


LABELS = {
    Outcome.NEW: "à ajouter",
    Outcome.KNOWN: "déjà sur la liste",
    Outcome.LEFT: "s’est désabonnée : ne sera pas ajoutée",
    Outcome.TWICE: "déjà plus haut dans le fichier",
    Outcome.WRONG: "adresse illisible",
}


@dataclass(frozen=True)
class Row:
    """A line of the file: its number in the sheet, and what it says of somebody."""

    number: int
    email: str
    first_name: str = ""
    profession: str = ""
    commune: str = ""
    cpts_member: bool | None = None


# --- The file that waits --------------------------------------------------------------------------


def drafts_of(user):
    return drafts.drafts_of(user, KIND)


def start_import(*, upload, user):
    """Read an uploaded list and keep it as this person's draft, in place of an earlier one. Raises Refusal."""
    rows = read_rows(read_lines(upload, LIMITS))
    if not rows:
        raise Refusal(EMPTY)
    return drafts.keep_draft(kind=KIND, upload=upload, params={"rows": [asdict(row) for row in rows]}, user=user)


def read_rows(lines):
    """Return the Rows that have an address, be there titles or addresses alone. Raises Refusal."""
    lines = [[without_controls(" ".join(cell.split())) for cell in line] for line in lines]
    if not lines:
        return []
    untitled = next((index for index, cell in enumerate(lines[0]) if "@" in cell), None)
    columns = guess_columns(lines[0]) if untitled is None else {"email": untitled}
    if "email" not in columns:
        raise Refusal(NO_ADDRESS)
    start = 1 if untitled is None else 0
    rows = [read_row(number, line, columns) for number, line in enumerate(lines[start:], start=start + 1)]
    return [row for row in rows if row.email]


def read_row(number, line, columns):
    def cell(field):
        index = columns.get(field)
        return line[index] if index is not None and index < len(line) else ""

    return Row(
        number=number,
        email=normalise_email(cell("email"))[: ADDRESS_LENGTH + 1],
        first_name=cell("first_name")[:NAME_LENGTH],
        profession=read_profession(cell("profession")) or "",
        commune=cell("commune")[:NAME_LENGTH],
        cpts_member=read_member(cell("cpts_member")),
    )


def discard(*, key, user):
    drafts.discard(kind=KIND, key=key, user=user)


def examine(draft):
    """Return [(Row, Outcome)] as things stand now."""
    rows = [Row(**row) for row in draft.params["rows"]]
    readable = [row.email for row in rows if is_address(row.email)]
    known, left, seen = subscribed(readable), departed(readable), set()
    judged = []
    for row in rows:
        judged.append((row, judge(row.email, known=known, left=left, seen=seen)))
        seen.add(row.email)
    return judged


def judge(email, *, known, left, seen):
    if not is_address(email):
        return Outcome.WRONG
    if email in seen:
        return Outcome.TWICE
    if email in known:
        return Outcome.KNOWN
    return Outcome.LEFT if email in left else Outcome.NEW


def is_address(email):
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= ADDRESS_LENGTH


def subscribed(emails):
    found = set()
    for start in range(0, len(emails), CHUNK):
        rows = Subscriber.objects.filter(email__in=emails[start : start + CHUNK])
        found |= set(rows.values_list("email", flat=True))
    return found


# --- Importing ------------------------------------------------------------------------------------


@transaction.atomic
def import_list(*, key, by, accepted, agreed_on):
    """Subscribe the new people of a draft, and forget it; return how many. Raises Refusal.

    accepted: the words these people agreed to; agreed_on: the day, less than three years ago.
    """
    draft = drafts.hold_draft(kind=KIND, key=key, user=by)
    new = [row for row, outcome in examine(draft) if outcome == Outcome.NEW]
    if not new:
        raise Refusal(NOBODY)
    proof = {
        "state": SubscriberState.ACTIVE,
        "origin": Origin.IMPORT,
        "accepted": accepted,
        "asked_at": noon(agreed_on),
        "confirmed_at": noon(agreed_on),
        "last_sign_on": agreed_on,
    }
    people = [Subscriber(**values_of(row), **proof) for row in new]
    Subscriber.objects.bulk_create(people, batch_size=CHUNK, ignore_conflicts=True)
    draft.delete()
    return len(people)


def noon(day):
    return timezone.make_aware(datetime.combine(day, time(12)))


def values_of(row):
    values = asdict(row)
    values.pop("number")
    return values


# --- Removing -------------------------------------------------------------------------------------


def remove(*, subscriber):
    """Unsubscribe somebody who asked the coordination to; return whether she was still there."""
    return leave(pk=subscriber.pk) is not None
