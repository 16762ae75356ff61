from django.db import IntegrityError, transaction

from cafe.errors import Refusal


def save_unique(row, sentence):
    """Save a row. Raises Refusal with the sentence where another has just taken what it must have alone.

    A form says it first; a button pressed twice sends two forms that both find nothing.
    """
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refusal(sentence) from error
