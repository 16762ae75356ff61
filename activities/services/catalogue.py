from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from cafe.errors import Refusal


def known_or_new(rows, *, field, value, **details):
    """Return the first of these rows with this title or name, whatever its capitals, or a new one.

    The name is unique: of two who write it at the same moment, the second is given the row of the first.
    """
    same = rows.filter(**{f"{field}__iexact": value})
    if known := same.first():
        return known
    try:
        with transaction.atomic():
            return rows.create(**{field: value}, **details)
    except IntegrityError:
        return same.get()


def save_new(item):
    """Save an activity, a place or a facilitator just typed. Raises Refusal where somebody was faster with its name."""
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError as error:
        raise Refusal(f"« {item} » vient d’être ajouté par quelqu’un d’autre : choisissez-le dans la liste.") from error


@transaction.atomic
def delete_unused(*, item):
    """Delete an activity, a place or a facilitator that no session uses. Raises Refusal otherwise."""
    try:
        item.delete()
    except ProtectedError as error:
        count = len(error.protected_objects)
        sentence = "une séance s’en sert" if count == 1 else f"{count} séances s’en servent"
        raise Refusal(f"« {item} » ne peut pas être supprimé : {sentence}.") from error
