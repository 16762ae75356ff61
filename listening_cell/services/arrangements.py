"""How the cell receives: what its referent sets for everybody."""

from django.db import transaction

from listening_cell.models import CellSettings
from listening_cell.services import audit

FIELDS = ("answer_days", "daily_cap", "notice_hours", "place", "phone_words")


@transaction.atomic
def set_arrangements(**values):
    """Keep these of FIELDS. The key of the statistics, in the same row, is left as it is."""
    audit.lock_cell()
    cell = CellSettings(pk=1, **values)
    cell.save(update_fields=FIELDS)
    return cell
