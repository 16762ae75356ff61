"""A list of addresses, pasted or from a sheet: which are right, which to correct, and on which line."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from cafe.errors import Refusal
from cafe.spreadsheets import MIB, Limits, read_lines
from cafe.text import normalise_email, without_controls
from evaluation.services.sending import invited_to

MAX_LINES = 2000
LIMITS = Limits(size=MIB, inflated=10 * MIB, rows=MAX_LINES, columns=40)
LONGEST = 254
TOO_MANY = f"Cette liste compte plus de {MAX_LINES} lignes. Partagez-la en plusieurs envois."
BETWEEN = re.compile(r"[\s,;<>()\"']+")


@dataclass(frozen=True)
class Line:
    """Where something stands in the list, counted from 1, and what stands there."""

    number: int
    text: str


@dataclass(frozen=True)
class Examined:
    """What a list holds. new: normalised addresses to invite; invalid, doubled, known: Lines left aside."""

    new: tuple[str, ...]
    invalid: tuple[Line, ...]
    doubled: tuple[Line, ...]
    known: tuple[Line, ...]


def text_of(upload):
    """Return an uploaded CSV or XLSX as text, one line for each line of the sheet. Raises Refusal."""
    return "\n".join(" ; ".join(" ".join(cell.split()) for cell in line if cell) for line in read_lines(upload, LIMITS))


def examine(text, *, survey):
    """Sort what is on each line of a text. Raises Refusal where it is too long.

    A line may hold several addresses, with names around; one without any is to correct, unless it is the first, which
    is the title of a column.
    """
    lines = text.splitlines()
    if len(lines) > MAX_LINES + 1:
        raise Refusal(TOO_MANY)
    invited, new, invalid, doubled, known = invited_to(survey), {}, [], [], []
    for number, line in enumerate(lines, start=1):
        for word in words_of(line, is_first=number == 1):
            email = normalise_email(without_controls(word))
            where = Line(number, email[:80])
            if not is_address(email):
                invalid.append(where)
            elif email in new:
                doubled.append(where)
            elif email in invited:
                known.append(where)
            else:
                new[email] = where
    return Examined(tuple(new), tuple(invalid), tuple(doubled), tuple(known))


def words_of(line, *, is_first):
    """Return what looks like an address on a line; all of it where nothing does."""
    found = [word.removeprefix("mailto:").strip(".") for word in BETWEEN.split(line) if "@" in word]
    if found or is_first or not line.strip():
        return found
    return [line.strip()]


def is_address(email):
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= LONGEST
