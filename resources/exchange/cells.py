"""One cell: what the export writes of a sheet, and what a text typed there means. Writes nothing, asks nothing."""

import math
import re
from datetime import date, datetime

from django.core.exceptions import ValidationError

from cafe.text import without_controls
from resources.exchange.columns import SEPARATOR, Kind
from resources.models import Resource
from resources.services.words import plain

# A text that a spreadsheet would run carries an apostrophe (cafe.exports); so that it comes back the same, a text that
# begins with apostrophes before such a character carries one more.
QUOTED = re.compile(r"'+[=+\-@\t\r]")
# Tabs separate words; the two others are no characters at all, and no XLSX may hold them.
CHANGED = {ord("\t"): " ", ord("\f"): " ", ord("\v"): " ", 0xFFFE: None, 0xFFFF: None}
BLANKS = re.compile(" +")
FEW = 8
DATES = ["%d/%m/%Y", "%Y-%m-%d", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y"]
TRUE, FALSE = {"oui", "o", "x", "vrai", "true", "1", "yes"}, {"non", "n", "faux", "false", "0", "no"}
SHORT_POSTCODE, SHORT_PHONE = re.compile(r"\d{4}"), re.compile(r"[1-9]\d{8}")
SHOWN = 60
FIRST_YEAR = 1900  # no spreadsheet has a date before
DECIMALS = 9


class Fault(Exception):
    """What is wrong with a cell, as a French sentence."""


# --- Texts ----------------------------------------------------------------------------------------


def tidy(text):
    """Return a text as it can travel: no control character, no blank at the ends of its lines, \\n between them."""
    if text.isprintable() and "  " not in text:  # most are: the rest takes five times as long
        return text.strip()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(CHANGED).split("\n")
    return "\n".join(BLANKS.sub(" ", without_controls(line)).strip() for line in lines).strip()


def unquoted(text):
    return text[1:] if QUOTED.match(text) else text


def one_line(text):
    return " ".join(text.split("\n"))


# --- Writing --------------------------------------------------------------------------------------


def written(resource, column, needs):
    """Return what the export writes: a text, a date, a number, True, False, or None where there is nothing."""
    value = needs if column.name == "needs" else getattr(resource, column.name)
    if column.kind is Kind.CHOICE:
        return dict(column.choices).get(value, value)
    if column.kind in {Kind.CODES, Kind.NAMES}:
        return SEPARATOR.join(map(str, value))
    return value


def exported(value):
    """Return a written value ready for cafe.exports: texts tidied, and marked where they would lose an apostrophe."""
    if isinstance(value, date) and value.year < FIRST_YEAR:
        return day(value)
    if not isinstance(value, str):
        return value
    text = tidy(value)
    return f"'{text}" if QUOTED.match(text) else text


def day(value):
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def told(value, column):
    """Return a written value as the text that its cell gives back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return day(value)
    return same_number(str(value)) if column.kind is Kind.NUMBER else tidy(value)


def same_number(text):
    """Return one spelling of a number: 49,50 and 49.5 are the same, and so are two that no map tells apart."""
    text = text.replace(",", ".").strip()
    try:
        number = round(float(text), DECIMALS)
    except ValueError:
        return text
    return str(number)


# --- Reading --------------------------------------------------------------------------------------


def received(cell, column):
    """Return the text of a cell that came with a file, as told() says it. Raises Fault for a formula."""
    if cell.startswith("="):
        raise Fault("c’est une formule ; écrivez sa valeur à la place.")
    text = tidy(unquoted(cell))
    if column.kind is Kind.NUMBER:
        return same_number(text)
    return text


def read(text, column):
    """Return the value that a received text means. Raises Fault."""
    return READERS[column.kind](text, column)


def read_line(text, column):
    text = one_line(text)
    if column.name == "postcode" and SHORT_POSTCODE.fullmatch(text):
        text = f"0{text}"  # a spreadsheet that took it for a number
    if column.name == "phone" and SHORT_PHONE.fullmatch(text):
        text = f"0{text}"
    if column.name == "website" and text and "://" not in text:
        text = f"https://{text}"
    return checked(text, column)


def checked(text, column):
    """Return a text that its field accepts. Raises Fault."""
    field = Resource._meta.get_field(column.name)
    if field.max_length and len(text) > field.max_length:
        raise Fault(f"le texte est trop long ({len(text)} caractères, {field.max_length} au plus).")
    if not text and not field.blank:
        raise Fault("il manque une valeur.")
    try:
        return field.clean(text, None)
    except ValidationError as error:
        raise Fault(f"« {text[:SHOWN]} » n’est pas accepté. {error.messages[0]}") from None


def read_choice(text, column):
    field = Resource._meta.get_field(column.name)
    if not text and column.name in {"cost", "area_kind"}:
        return field.default
    return chosen(one_line(text), column)


def chosen(text, column):
    if not text:
        raise Fault("il manque une valeur.")
    value = column.by_word.get(plain(text))
    if value is None:
        raise Fault(f"« {text[:SHOWN]} » n’est pas une valeur possible. {possible(column)}")
    return value


def possible(column):
    """Return the sentence that says what may be written."""
    if len(column.choices) > FEW:
        return "L’onglet « Valeurs » du modèle les donne toutes."
    return f"Écrivez : {' ; '.join(label for _, label in column.choices)}."


def read_yes_no(text, column):
    return bool(read_maybe(text, column))


def read_maybe(text, column):
    word = plain(text)
    if not text:
        return None
    if word not in TRUE | FALSE:
        raise Fault(f"« {text[:SHOWN]} » : écrivez oui ou non.")
    return word in TRUE


def read_date(text, column):
    for form in DATES if text else []:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    if text:
        raise Fault(f"« {text[:SHOWN]} » n’est pas une date : écrivez 31/12/2026.")
    return None


def read_number(text, column):
    try:
        number = float(text) if text else None
    except ValueError:
        number = math.nan
    if number is not None and not math.isfinite(number):
        raise Fault(f"« {text[:SHOWN]} » n’est pas un nombre.")
    return number


def parts(text):
    found = (part.strip() for part in re.split(r"[;|\n]", text))
    return list(dict.fromkeys(part for part in found if part))


def read_codes(text, column):
    """Return the values named, in the order of the list; a text that is itself one label may hold commas."""
    wanted = {chosen(part, column) for part in parts(text)}
    return [value for value, _ in column.choices if value in wanted]


def read_names(text, column):
    return parts(text)


READERS = {
    Kind.LINE: read_line,
    Kind.TEXT: checked,
    Kind.CHOICE: read_choice,
    Kind.YES_NO: read_yes_no,
    Kind.MAYBE: read_maybe,
    Kind.DATE: read_date,
    Kind.NUMBER: read_number,
    Kind.CODES: read_codes,
    Kind.NAMES: read_names,
}
